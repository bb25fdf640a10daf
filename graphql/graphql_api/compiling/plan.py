"""From an operation to its plans, and from a plan to the bytes of an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from graphql import DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode

from graphql_api.compiling.arguments import Argument, Values
from graphql_api.compiling.failing import told
from graphql_api.compiling.information import Information
from graphql_api.compiling.parts import RecordParts
from graphql_api.compiling.problems import NotCovered
from graphql_api.compiling.selections import Selections, switches_of
from graphql_api.compiling.variables import Variables
from graphql_api.compiling.writing import Place, Writer
from graphql_api.conduct.problems import TimeLimit
from graphql_api.schema.context import Context

_MOST_SWITCHES = 4
"""More conditions than that would make more plans than are worth keeping."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An operation under one combination of its conditions, ready to be called."""

    source: str
    """The Python that was written for it, to be read by people."""
    make: Callable[[None, Information, list[Any]], Any]
    arguments: tuple[Argument, ...]

    def answer(self, context: Context, values: Values) -> bytes | ExecutionResult:
        """The JSON of `data`, or data with errors. Raises NotCovered, TimeLimit, or whatever a pure resolver raises."""
        arguments = [argument.get(values) for argument in self.arguments]
        information = Information(context)
        made = self.make(None, information, arguments)
        return told(made) if information.has_failed else orjson.dumps(made)


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

    def answer(self, context: Context, given: dict[str, Any] | None) -> bytes | ExecutionResult | None:
        """The JSON of `data`, or data with errors of fields; none where the ordinary execution has to answer.

        Raises TimeLimit.
        """
        self._parts.begin(context.today)
        try:
            values = self.variables.read(given or {})
            return self.plan(values).answer(context, values)
        except TimeLimit:
            raise
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
            name = writer.function(root, Place([self._operation.selection_set], 0)).text
        except NotCovered:
            return None
        source = "\n\n".join(writer.functions)
        exec(compile(source, "<plan>", "exec"), writer.names.values)  # noqa: S102 - all of it was written by the writer
        return Plan(source, writer.names.values[name], tuple(writer.arguments))
