"""Which fields are asked of a type: CollectFields of the GraphQL specification (6.3.2), for known conditions."""

from collections.abc import Iterable, Iterator, Mapping

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)
from graphql.language import BooleanValueNode

from graphql_api.compiling.problems import NotCovered
from graphql_api.fragments import Fragment, Fragments, every_selection

_CONDITIONS = frozenset(("skip", "include"))

Switches = Mapping[str, bool]
"""The variables that `@skip` and `@include` ask, with their values: each combination is a plan of its own."""

Fields = dict[str, list[FieldNode]]
"""By response key, in the order of the answer; the nodes of one key are merged."""


class Selections:
    """The selections of one document under one combination of switches."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, switches: Switches) -> None:
        self._schema = schema
        self._switches = switches
        self._fragments = Fragments(document)

    def fields(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode | None]) -> Fields:
        """The fields that the selection sets ask of an object of that type."""
        found: Fields = {}
        spread: set[str] = set()
        for selection_set in sets:
            if selection_set is not None:
                for node in self._nodes(kind, selection_set, spread):
                    found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        return found

    def _nodes(self, kind: GraphQLObjectType, selection_set: SelectionSetNode, spread: set[str]) -> Iterator[FieldNode]:
        for node in selection_set.selections:
            if not self._is_included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
                continue
            fragment = self._fragments.spread(node, spread)
            if fragment is not None and self._applies(fragment, kind):
                yield from self._nodes(kind, fragment.selection_set, spread)

    def _applies(self, fragment: Fragment, kind: GraphQLObjectType) -> bool:
        if fragment.type_condition is None:
            return True
        condition = self._schema.type_map[fragment.type_condition.name.value]
        return condition is kind or (is_abstract_type(condition) and self._schema.is_sub_type(condition, kind))

    def _is_included(self, node: SelectionNode) -> bool:
        asked = {directive.name.value: self._condition(directive) for directive in node.directives or ()}
        return not asked.get("skip", False) and asked.get("include", True)

    def _condition(self, directive: DirectiveNode) -> bool:
        value = _asked_value(directive)
        if isinstance(value, VariableNode):
            return self._switches[value.name.value]
        return value.value


def switches_of(document: DocumentNode, operation: OperationDefinitionNode) -> frozenset[str]:
    """The operation's variables that `@skip` and `@include` ask anywhere in the document."""
    directives = (directive for node in every_selection(document) for directive in node.directives or ())
    asked = [_asked_value(directive) for directive in directives if directive.name.value in _CONDITIONS]
    names = frozenset(value.name.value for value in asked if isinstance(value, VariableNode))
    return names & {node.variable.name.value for node in operation.variable_definitions or ()}


def _asked_value(directive: DirectiveNode) -> VariableNode | BooleanValueNode:
    value = (directive.arguments or ())[0].value
    if isinstance(value, VariableNode | BooleanValueNode):
        return value
    raise NotCovered
