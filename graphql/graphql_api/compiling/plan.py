"""From an operation to its plans, and from a plan to the bytes of an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

from graphql_api.compiling.arguments import Argument, Values
from graphql_api.compiling.parts import RecordParts
from graphql_api.compiling.problems import NotCovered
from graphql_api.compiling.selections import Selections, switches_of
from graphql_api.compiling.variables import Variables
from graphql_api.compiling.writing import Writer
from graphql_api.schema.context import Context

_MOST_SWITCHES = 4
"""More conditions than that would make more plans than are worth keeping."""


@dataclass(frozen=True, slots=True)
class Information:
    """What resolvers of a compiled plan take for `info`: they use nothing else of it."""

    context: Context


@dataclass(frozen=True, slots=True)
class Plan:
    """An operation under one combination of its conditions, ready to be called."""

    source: str
    """The Python that was written for it, to be read by people."""
    make: Callable[[None, Information, list[Any]], Any]
    arguments: tuple[Argument, ...]

    def data(self, context: Context, values: Values) -> bytes:
        """The JSON of `data`. Raises NotCovered, or whatever a resolver raises."""
        arguments = [argument.get(values) for argument in self.arguments]
        return orjson.dumps(self.make(None, Information(context), arguments))


class Plans:
    """The plans of one operation."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, parts: RecordParts
    ) -> None:
        self._schema = schema
        self._document = document
        self._operation = operation
        self._parts = parts
        self._plans: dict[tuple[bool, ...], Plan | None] = {}
        """None where the compiler does not cover the operation."""

    def data(self, context: Context, given: dict[str, Any] | None) -> bytes | None:
        """The JSON of `data`; none where the ordinary execution has to answer."""
        self._parts.begin(context.today)
        try:
            values = self.variables.read(given or {})
            return self.plan(values).data(context, values)
        except Exception:  # noqa: BLE001 - whatever it is, the ordinary execution meets it too, and tells it
            return None

    @cached_property
    def variables(self) -> Variables:
        """What the operation declares."""
        return Variables(self._schema, self._operation)

    @cached_property
    def _switches(self) -> tuple[str, ...]:
        return tuple(sorted(switches_of(self._document, self._operation)))

    def plan(self, values: Values) -> Plan:
        """The plan for the conditions that the variables state. Raises NotCovered."""
        switches = tuple([values[name] for name in self._switches])
        if None in switches:
            raise NotCovered
        if switches not in self._plans:
            self._plans[switches] = self._compile(dict(zip(self._switches, switches, strict=True)))
        if (plan := self._plans[switches]) is None:
            raise NotCovered
        return plan

    def _compile(self, switches: dict[str, bool]) -> Plan | None:
        root = self._schema.query_type
        if len(switches) > _MOST_SWITCHES or root is None:
            return None
        writer = Writer(self._schema, Selections(self._schema, self._document, switches), self._parts)
        try:
            name = writer.function(root, [self._operation.selection_set]).text
        except NotCovered:
            return None
        source = "\n\n".join(writer.functions)
        exec(compile(source, "<plan>", "exec"), writer.namespace)  # noqa: S102 - all of it was written by the writer
        return Plan(source, writer.namespace[name], tuple(writer.arguments))
