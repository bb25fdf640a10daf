"""Documents are parsed, validated and compiled once and kept: what comes again is ready to be called."""

from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from graphql.execution import get_directive_values, get_variable_values

from graphql_api.compiling.parts import RecordParts
from graphql_api.compiling.plan import Plans
from graphql_api.conduct.costs import Cost
from graphql_api.conduct.counting import cost_of
from graphql_api.conduct.tags import is_repeatable
from graphql_api.keeping import Recent
from graphql_api.limits import DEPTH, LENGTH, LONGEST, MOST_ERRORS, MOST_TOKENS, RULES, TOKENS, broken_limits, told
from graphql_api.problems import UnknownOperation
from graphql_api.schema.directives import AT_LEAST
from services.events.contracts.position import Position

_KEPT_CHARACTERS = 400_000
"""Of documents that are kept: fronts send a few dozen of a few hundred characters, the rest is people trying things.

A character takes about 100 bytes once it is parsed and compiled.
"""
_LEAST_CHARACTERS = 400
"""What each document counts at least."""


class Refused(Exception):  # noqa: N818 - an outcome of the language, told as errors
    """The document or its variables are wrong: `errors` says where."""

    def __init__(self, code: str, errors: list[GraphQLError]) -> None:
        super().__init__(code)
        self.code = code
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a valid document."""

    schema: GraphQLSchema
    document: DocumentNode
    node: OperationDefinitionNode
    plans: Plans
    """The operation compiled; only queries are asked for their data."""
    cost: Cost
    is_repeatable: bool
    """Whether answers are the same as long as the position is, so that they have tags."""

    @property
    def is_query(self) -> bool:
        """Whether it only reads."""
        return self.node.operation is OperationType.QUERY

    @property
    def reads(self) -> bool:
        """Whether it writes nothing."""
        return self.node.operation is not OperationType.MUTATION

    @property
    def is_subscription(self) -> bool:
        """Whether it is answered again and again."""
        return self.node.operation is OperationType.SUBSCRIPTION

    def at_least(self, variables: dict[str, Any] | None) -> Position | None:
        """The position that the directive `@atLeast` asks for. Raises Refused for variables of the wrong type."""
        if not self.node.directives:
            return None
        coerced = get_variable_values(self.schema, self.node.variable_definitions or (), variables or {})
        if isinstance(coerced, list):
            raise Refused("VARIABLES_INVALID", coerced)
        directive = self.schema.get_directive(AT_LEAST)
        values = directive and get_directive_values(directive, self.node, coerced)
        return values.get("position") if values else None


class Operations:
    """The documents that were sent lately, ready to be executed."""

    def __init__(self, schema: GraphQLSchema, kept_bytes: int) -> None:
        """`kept_bytes` bounds what plans keep of records."""
        self._schema = schema
        self._parts = RecordParts(kept_bytes)
        self._documents: Recent[str, DocumentNode] = Recent(_KEPT_CHARACTERS, _weight)
        self._operations: Recent[tuple[str, str | None], Operation] = Recent(
            _KEPT_CHARACTERS, lambda key: _weight(key[0])
        )

    def find(self, text: str, name: str | None) -> Operation:
        """The operation of that name. Raises Refused and UnknownOperation."""
        found = self.known(text, name)
        if found is None:
            document = self._document(text)
            node = _named(document, name)
            plans = Plans(self._schema, document, node, self._parts)
            cost = cost_of(self._schema, document, node)
            found = Operation(self._schema, document, node, plans, cost, is_repeatable(document))
            self._operations.put((text, name), found)
        return found

    def known(self, text: str, name: str | None) -> Operation | None:
        """The same where it was found lately; else none, and nothing is looked for."""
        found: Operation | None = self._operations.get((text, name))
        return found

    def knows(self, text: str) -> bool:
        """Whether the document was sent lately, so that finding an operation in it is no work."""
        return self._documents.get(text) is not None

    def _document(self, text: str) -> DocumentNode:
        """The document. Raises Refused."""
        if len(text) > LONGEST:
            raise Refused(LENGTH, [GraphQLError(f"A document has {LONGEST} characters at most.")])
        document: DocumentNode | None = self._documents.get(text)
        if document is None:
            document = self._prepare(text)
            self._documents.put(text, document)
        return document

    def _prepare(self, text: str) -> DocumentNode:
        """The document. Raises Refused, and what is refused is not kept."""
        try:
            document = parse(text, max_tokens=MOST_TOKENS)
        except GraphQLSyntaxError as error:
            raise Refused(TOKENS if _is_too_long(error) else "GRAPHQL_PARSE_FAILED", [error]) from None
        except RecursionError:
            raise Refused(DEPTH, [GraphQLError("The document is nested too deeply.")]) from None
        errors = broken_limits(self._schema, document) or validate(
            self._schema, document, RULES, max_errors=MOST_ERRORS
        )
        if errors:
            raise Refused("GRAPHQL_VALIDATION_FAILED", [told(error) for error in errors])
        return document


def _weight(text: str) -> int:
    return max(len(text), _LEAST_CHARACTERS)


def _is_too_long(error: GraphQLSyntaxError) -> bool:
    """Whether parsing ended at the limit on tokens, which the library tells by its message alone."""
    return f"more than {MOST_TOKENS} tokens" in error.message


def _named(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    names = [node.name.value if node.name else "" for node in found]
    if name is None and len(found) == 1:
        return found[0]
    if name in names:
        return found[names.index(name)]
    known = ", ".join(filter(None, names))
    raise UnknownOperation(f"Give operationName, one of: {known}." if known else "The document has no operation.")
