"""The two ways in which a request is answered: by a compiled plan where there is one, and by graphql-core alone."""

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import httpx
import orjson
from graphql import ExecutionResult, GraphQLSchema

from graphql_api.compiling.plan import Plans
from graphql_api.execution import Answer, answer
from graphql_api.operations import Operation, Operations
from graphql_api.read_model.model import ReadModel
from graphql_api.requests import Request
from graphql_api.schema.context import Context
from graphql_api.schema.schema import executable
from services.access.roles import ANONYMOUS, Caller
from services.settings import Settings
from tests.graphql_api.differential.ecosystem import model
from tests.graphql_api.door import CALLERS

ASKERS: Mapping[str, Caller] = {
    "moderator": CALLERS["moderator"],
    "awex": CALLERS["awex"],
    "anonymous": ANONYMOUS,
}
"""Those who may read most first: what was kept of their answers must not be shown to the others."""
TODAY = date(2026, 11, 25)
DAYS = (TODAY, date(2024, 2, 29), date(2018, 12, 31))
"""Days on which other labels are valid, and other communes exist."""
_ENOUGH_BYTES = 16 * 1024 * 1024


class _NoPlans:
    """Leaves every query to graphql-core."""

    def answer(self, _context: Context, _given: dict[str, Any] | None) -> None:
        return None


class _Ordinary(Operations):
    """The same documents, parsed and validated once for both sides."""

    def __init__(self, compiled: Operations) -> None:
        self._compiled = compiled

    def find(self, text: str, name: str | None) -> Operation:
        return replace(self._compiled.find(text, name), plans=_NoPlans())  # type: ignore[arg-type] # all that is asked


class _Watched:
    """The plans of an operation, and whether one of them gave the last answer."""

    def __init__(self, plans: Plans, seen: list[bool]) -> None:
        self._plans = plans
        self._seen = seen

    def answer(self, context: Context, given: dict[str, Any] | None) -> bytes | ExecutionResult | None:
        made = self._plans.answer(context, given)
        self._seen[0] = made is not None
        return made


class _Compiled(Operations):
    """Says of each request whether a plan answered it."""

    def __init__(self, schema: GraphQLSchema) -> None:
        super().__init__(schema, _ENOUGH_BYTES)
        self.seen = [False]

    def find(self, text: str, name: str | None) -> Operation:
        self.seen[0] = False
        found = super().find(text, name)
        return replace(found, plans=_Watched(found.plans, self.seen))  # type: ignore[arg-type] # all that is asked


@dataclass(frozen=True, slots=True)
class Side:
    """One way of answering, with a read model of its own: neither lives on what the other has computed."""

    operations: Operations
    model: ReadModel

    def answer(
        self,
        document: str,
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
        caller: Caller = ANONYMOUS,
        today: date = TODAY,
    ) -> Answer:
        """The whole answer: body, status, position."""
        context = Context(_SETTINGS, self.model, caller, today, _REGISTRY)
        return _finished(answer(self.operations, Request(document, operation_name, variables, is_get=False), context))

    def data(self, document: str, **variables: Any) -> Any:
        """The data of an answer that must be without errors."""
        body = orjson.loads(self.answer(document, variables).body)
        assert "errors" not in body, body
        return body["data"]


_SETTINGS = Settings()
_REGISTRY = httpx.AsyncClient()
"""Queries do not use it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The answers to one request. Bodies are compared as bytes: the order of members counts."""

    compiled: Answer
    ordinary: Answer
    planned: bool
    """Whether the compiled answer came from a plan indeed."""

    @property
    def codes(self) -> set[str]:
        """The codes of its errors."""
        return {error["extensions"]["code"] for error in orjson.loads(self.ordinary.body).get("errors", ())}

    @property
    def can_be_planned(self) -> bool:
        """Whether it was executed, and no variable was null in a place that takes none."""
        return "data" in orjson.loads(self.ordinary.body) and "VARIABLES_INVALID" not in self.codes


@dataclass(frozen=True, slots=True)
class Sides:
    """Both."""

    compiled: Side
    ordinary: Side
    _seen: list[bool]

    def answers(
        self,
        document: str,
        variables: dict[str, Any] | None,
        operation_name: str | None = None,
        *,
        caller: Caller = ANONYMOUS,
        today: date = TODAY,
    ) -> "Pair":
        """The answers of both."""
        compiled = self.compiled.answer(document, variables, operation_name, caller, today)
        planned = self._seen[0]
        return Pair(compiled, self.ordinary.answer(document, variables, operation_name, caller, today), planned)

    def cursors(self) -> list[str]:
        """Cursors of the list of everything."""
        listed = self.ordinary.data("{ organisations(first: 20) { edges { cursor } } }")["organisations"]
        return [edge["cursor"] for edge in listed["edges"]]


def sides(schema: GraphQLSchema | None = None) -> Sides:
    """Both ways over the same organisations, by our schema or another."""
    operations = _Compiled(schema or executable())
    return Sides(Side(operations, model()), Side(_Ordinary(operations), model()), operations.seen)


def _finished(answering: Coroutine[Any, Any, Answer]) -> Answer:
    """The answer of a query, which never waits for anything."""
    try:
        answering.send(None)
    except StopIteration as done:
        found: Answer = done.value
        return found
    answering.close()
    raise AssertionError("a query has waited")
