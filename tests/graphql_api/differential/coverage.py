"""What the generated documents contained, read off the documents themselves: a generator may not go blind unseen."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    DirectiveLocation,
    DocumentNode,
    FieldNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    Node,
    ObjectFieldNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    VariableNode,
    is_abstract_type,
    visit,
)
from graphql.language import ArgumentNode, DirectiveNode, Visitor

from tests.graphql_api.differential.reach import Reach

KINDS = (
    "alias",
    "one field under two keys",
    "one key twice",
    "__typename",
    "inline fragment without condition",
    "inline fragment on an object type",
    "inline fragment on an interface",
    "fragment on an object type",
    "fragment on an interface",
    "fragment in a fragment",
    "fragment used twice",
    "unnamed operation",
    "named operation",
    "several operations",
    "operation name",
    "several root fields",
    "literal as an argument",
    "variable as an argument",
    "variable in an input object",
    "variable in a list",
    "variable with a default",
    "nullable variable",
    "non-null variable",
    "variable given",
    "variable absent",
    "variable null",
)
"""What has to be met beside fields and directives."""
_PLACES = {
    DirectiveLocation.QUERY: "operation definition",
    DirectiveLocation.FIELD: "field",
    DirectiveLocation.FRAGMENT_SPREAD: "fragment spread",
    DirectiveLocation.INLINE_FRAGMENT: "inline fragment",
}


def directive_uses(schema: GraphQLSchema) -> list[str]:
    """Each directive of queries in each place and form that it can have."""
    return [
        f"@{directive.name} on {_PLACES[location]} by {by}"
        for directive in schema.directives
        for location in directive.locations
        if location in _PLACES
        for by in ("literal", "variable")
    ]


class Coverage:
    """Counts what it was shown."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self.met: Counter[str] = Counter()

    def missing(self, reach: Reach) -> list[str]:
        """What was never met and can be."""
        fields = [f"{step.parent}.{step.field}" for step in reach.fields]
        return [what for what in (*fields, *directive_uses(self._schema), *KINDS) if not self.met[what]]

    def see(
        self, document: DocumentNode, operation_name: str | None, requests: Iterable[Mapping[str, Any] | None]
    ) -> None:
        """Look at a document that is valid, and at the variables that were sent with it."""
        types = TypeInfo(self._schema)
        looker = _Looker(types)
        visit(document, TypeInfoVisitor(types, looker))
        self.met.update(looker.found)
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self.met["several operations"] += len(operations) > 1
        self.met["operation name"] += operation_name is not None
        for variables in requests:
            self.met.update(_states(operations, variables or {}))


def _states(operations: list[OperationDefinitionNode], given: Mapping[str, Any]) -> set[str]:
    declared = {node.variable.name.value for one in operations for node in one.variable_definitions or ()}
    return {
        "variable absent" if name not in given else "variable null" if given[name] is None else "variable given"
        for name in declared
    }


class _Looker(Visitor):
    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._types = types
        self._spread: set[str] = set()
        self._within_fragment = False

    def enter_operation_definition(self, node: OperationDefinitionNode, *_rest: object) -> None:
        self.found.add("named operation" if node.name else "unnamed operation")
        if sum(isinstance(one, FieldNode) for one in node.selection_set.selections) > 1:
            self.found.add("several root fields")

    def enter_fragment_definition(self, *_rest: object) -> None:
        self._within_fragment = True
        self.found.add(f"fragment on {self._condition()}")

    def leave_fragment_definition(self, *_rest: object) -> None:
        self._within_fragment = False

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_rest: object) -> None:
        name = node.name.value
        if name in self._spread:
            self.found.add("fragment used twice")
        self._spread.add(name)
        if self._within_fragment:
            self.found.add("fragment in a fragment")

    def enter_inline_fragment(self, node: InlineFragmentNode, *_rest: object) -> None:
        kind = f"on {self._condition()}" if node.type_condition else "without condition"
        self.found.add(f"inline fragment {kind}")

    def _condition(self) -> str:
        return "an interface" if is_abstract_type(self._types.get_type()) else "an object type"

    def enter_selection_set(self, node: Any, *_rest: object) -> None:
        fields = [one for one in node.selections if isinstance(one, FieldNode)]
        keys = [one.alias.value if one.alias else one.name.value for one in fields]
        if len(keys) > len(set(keys)):
            self.found.add("one key twice")
        if len(set(keys)) > len({one.name.value for one in fields}):
            self.found.add("one field under two keys")

    def enter_field(self, node: FieldNode, *_rest: object) -> None:
        parent = self._types.get_parent_type()
        if node.alias:
            self.found.add("alias")
        if node.name.value == "__typename":
            self.found.add("__typename")
        elif parent is not None:
            self.found.add(f"{parent.name}.{node.name.value}")

    def enter_directive(
        self, node: DirectiveNode, _key: object, _parent: object, _path: object, ancestors: Any
    ) -> None:
        place = next(one for one in reversed(ancestors) if isinstance(one, Node))
        kind = place.kind.replace("_", " ")
        by = "variable" if any(isinstance(one.value, VariableNode) for one in node.arguments or ()) else "literal"
        self.found.add(f"@{node.name.value} on {kind} by {by}")

    def enter_variable_definition(self, node: VariableDefinitionNode, *_rest: object) -> None:
        self.found.add("non-null variable" if node.type.kind == "non_null_type" else "nullable variable")
        if node.default_value is not None:
            self.found.add("variable with a default")

    def enter_argument(self, node: ArgumentNode, *_rest: object) -> None:
        by = "variable" if isinstance(node.value, VariableNode) else "literal"
        self.found.add(f"{by} as an argument")

    def enter_object_field(self, node: ObjectFieldNode, *_rest: object) -> None:
        if isinstance(node.value, VariableNode):
            self.found.add("variable in an input object")

    def enter_list_value(self, node: ListValueNode, *_rest: object) -> None:
        if any(isinstance(one, VariableNode) for one in node.values):
            self.found.add("variable in a list")
