"""One execution for all subscribers that ask the same of a change: a page that many people have open asks the same.

What a result depends on, besides the change: the document, those of its variables that stand below the change, what the
caller may read, the day, and where the read model stands (relations are shown as they are now).
"""

from collections.abc import Hashable
from typing import Any

import orjson
from graphql import FieldNode, VariableNode
from graphql.language import SKIP, Visitor, visit

from graphql_api.operations import Operation
from graphql_api.requests import Request
from graphql_api.schema.context import Context
from graphql_api.subscriptions.following import Change


class Asked:
    """What one subscriber asks of every change."""

    def __init__(self, operation: Operation, request: Request, context: Context) -> None:
        below = _variables_below_the_change(operation)
        variables = {name: value for name, value in (request.variables or {}).items() if name in below}
        caller = context.caller
        self._key = (
            request.query,
            request.operation_name,
            orjson.dumps(variables, option=orjson.OPT_SORT_KEYS),
            caller.roles,
            caller.front,
        )

    def key(self, change: Change, context: Context) -> Hashable:
        """What has the same key has the same result."""
        return self._key, change.position, change.transition, context.today, context.state.position


class _Below(Visitor):
    """Notes variables, but not in the arguments of the root field: they choose changes and show nothing."""

    def __init__(self, roots: frozenset[int]) -> None:
        super().__init__()
        self.names: set[str] = set()
        self._roots = roots

    def enter_variable(self, node: VariableNode, *_args: Any) -> None:
        self.names.add(node.name.value)

    def enter_variable_definition(self, *_args: Any) -> Any:
        return SKIP

    def enter_argument(self, _node: Any, _key: Any, _parent: Any, _path: Any, ancestors: list[Any]) -> Any:
        return SKIP if any(id(one) in self._roots for one in ancestors[-2:]) else None


def _variables_below_the_change(operation: Operation) -> set[str]:
    fields = operation.node.selection_set.selections
    visitor = _Below(frozenset(id(field) for field in fields if isinstance(field, FieldNode)))
    visit(operation.document, visitor)
    return visitor.names
