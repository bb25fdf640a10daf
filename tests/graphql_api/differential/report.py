"""What a run of the differential test has seen: enough, or the run proves nothing."""

from collections import Counter
from dataclasses import dataclass, field

from graphql_api.operations import Operations, Refused
from graphql_api.problems import UnknownOperation
from graphql_api.schema.schema import executable
from tests.graphql_api.differential.asking import Asked
from tests.graphql_api.differential.coverage import Coverage
from tests.graphql_api.differential.reach import Reach
from tests.graphql_api.differential.sides import Pair

_MOST_INVALID = 0.02
_LEAST_WITHOUT_ERRORS = 0.6
_LEAST_PLANNED = 0.95
"""Of the requests whose variables are right: the others have them in an unusual form."""
_LEAST_PLANNED_WITH_ERRORS = 50
_ERRORS = {
    "INVALID_CONTENT",
    "INVALID_CURSOR",
    "INVALID_INPUT",
    "INVALID_PAGE",
    "INVALID_SEARCH",
    "UNAUTHENTICATED",
    "UNKNOWN_OPERATION",
    "VARIABLES_INVALID",
}
"""What the documents are made to run into, among others."""


@dataclass
class Report:
    """Counts documents and answers."""

    coverage: Coverage = field(default_factory=lambda: Coverage(executable()))
    counts: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def see(self, asked: Asked, operations: Operations) -> None:
        """Look at a document."""
        self.counts["documents"] += 1
        try:
            operation = operations.find(asked.document, asked.operation_name)
        except UnknownOperation:
            return
        except Refused:
            self.counts["invalid documents"] += 1
            return
        self.coverage.see(operation.document, asked.operation_name, asked.variables)

    def count(self, given: Pair) -> None:
        """Count an answer."""
        errors = given.codes
        self.errors.update(errors)
        self.counts["answers"] += 1
        self.counts["answers without errors"] += not errors
        self.counts["answers that plans can give"] += given.can_be_planned
        self.counts["of these from plans"] += given.can_be_planned and given.planned
        self.counts["of these with errors"] += given.can_be_planned and given.planned and bool(errors)

    def check(self) -> None:
        """Fail where the run has not seen enough."""
        counts = self.counts
        assert self.coverage.missing(Reach(executable())) == [], self
        assert set(self.errors) >= _ERRORS, self
        assert counts["invalid documents"] <= _MOST_INVALID * counts["documents"], self
        assert counts["answers without errors"] >= _LEAST_WITHOUT_ERRORS * counts["answers"], self
        assert counts["of these from plans"] >= _LEAST_PLANNED * counts["answers that plans can give"], self
        assert counts["of these with errors"] >= _LEAST_PLANNED_WITH_ERRORS, self

    def __str__(self) -> str:
        return f"{dict(self.counts)} {dict(self.errors)}"
