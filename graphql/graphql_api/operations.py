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
    specified_rules,
    validate,
)
from graphql.execution import get_directive_values, get_variable_values

from graphql_api.compiling.parts import RecordParts
from graphql_api.compiling.plan import Plans
from graphql_api.keeping import Recent
from graphql_api.limits import MOST_TOKENS, LimitRule
from graphql_api.problems import UnknownOperation
from graphql_api.schema.directives import AT_LEAST
from services.events.contracts.position import Position

_KEPT = 1_000
"""Documents kept; fronts send a few dozen, the rest is people trying things."""

_LONGEST = 32_768
"""Characters of a document: bounds what is kept."""


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

    @property
    def is_query(self) -> bool:
        """Whether it only reads."""
        return self.node.operation is OperationType.QUERY

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
        self._documents: Recent[str, DocumentNode | Refused] = Recent(_KEPT)
        self._operations: Recent[tuple[str, str | None], Operation] = Recent(_KEPT)

    def find(self, text: str, name: str | None) -> Operation:
        """The operation of that name. Raises Refused and UnknownOperation."""
        found: Operation | None = self._operations.get((text, name))
        if found is None:
            document = self._document(text)
            node = _named(document, name)
            found = Operation(self._schema, document, node, Plans(self._schema, document, node, self._parts))
            self._operations.put((text, name), found)
        return found

    def _document(self, text: str) -> DocumentNode:
        """The document. Raises Refused."""
        if len(text) > _LONGEST:
            raise Refused("OPERATION_TOO_LARGE", [GraphQLError(f"A document has {_LONGEST} characters at most.")])
        document: DocumentNode | Refused | None = self._documents.get(text)
        if document is None:
            document = self._prepare(text)
            self._documents.put(text, document)
        if isinstance(document, Refused):
            raise Refused(document.code, document.errors)
        return document

    def _prepare(self, text: str) -> DocumentNode | Refused:
        """The document, or why it is none."""
        try:
            document = parse(text, max_tokens=MOST_TOKENS)
        except GraphQLSyntaxError as error:
            return Refused("GRAPHQL_PARSE_FAILED", [error])
        except RecursionError:
            return Refused("OPERATION_TOO_LARGE", [GraphQLError("The document is nested too deeply.")])
        limits = validate(self._schema, document, [LimitRule])
        errors = limits or validate(self._schema, document, specified_rules)
        return Refused("GRAPHQL_VALIDATION_FAILED", errors) if errors else document


def _named(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    names = [node.name.value if node.name else "" for node in found]
    if name is None and len(found) == 1:
        return found[0]
    if name in names:
        return found[names.index(name)]
    known = ", ".join(filter(None, names))
    raise UnknownOperation(f"Give operationName, one of: {known}." if known else "The document has no operation.")
