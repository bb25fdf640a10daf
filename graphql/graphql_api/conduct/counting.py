"""Counts what an operation can give: a walk over its selections with the schema beside it."""

from collections.abc import Iterable, Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SchemaMetaFieldDef,
    SelectionNode,
    SelectionSetNode,
    TypeMetaFieldDef,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
)

from graphql_api.conduct import weights
from graphql_api.conduct.costs import Cost, Size, Terms, cost_from, length_of, plus, times
from graphql_api.fragments import Fragments

_INTROSPECTION = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
_PAGE_ARGUMENTS = ("first", "last")

Key = tuple[str, str]
"""A type, and a field's name in the answer."""


def cost_of(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Cost:
    """The cost of an operation of a valid document. `@skip` and `@include` are not asked: it may all be wanted."""
    root = schema.get_root_type(operation.operation)
    counter = _Counter(schema, document, operation)
    terms = counter.selected(root, [operation.selection_set], None) if root else {}
    if operation.operation is OperationType.MUTATION:
        terms = plus(terms, {(): weights.MUTATION * len(operation.selection_set.selections)})
    return cost_from(terms)


class _Counter:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._fragments = Fragments(document)
        self._defaults = {
            node.variable.name.value: _constant(node.default_value) for node in operation.variable_definitions or ()
        }
        self._counted: dict[tuple[object, ...], Terms] = {}
        """What was counted already: fragments in fragments would else be walked once for every way to them."""

    def selected(self, kind: GraphQLNamedType, sets: Iterable[SelectionSetNode | None], page: Size | None) -> Terms:
        """What an object of the type gives; `page` is how long its lists are, where a field above it says so."""
        found = [each for each in sets if each is not None]
        key = (kind.name, page, *map(id, found))
        if key not in self._counted:
            total: Terms = {}
            for (name, _), nodes in self._fields(kind, found).items():
                total = plus(total, self._field(self._schema.type_map[name], nodes, page))
            self._counted[key] = total
        return self._counted[key]

    def _fields(self, kind: GraphQLNamedType, sets: Iterable[SelectionSetNode]) -> dict[Key, list[FieldNode]]:
        """The fields asked for, those of the same name in the answer together. Fragments on other types count too."""
        found: dict[Key, list[FieldNode]] = {}
        spread: set[str] = set()
        for selection_set in sets:
            for owner, node in self._nodes(kind, selection_set.selections, spread):
                name = node.alias.value if node.alias else node.name.value
                found.setdefault((owner.name, name), []).append(node)
        return found

    def _nodes(
        self, kind: GraphQLNamedType, nodes: Iterable[SelectionNode], spread: set[str]
    ) -> Iterator[tuple[GraphQLNamedType, FieldNode]]:
        for node in nodes:
            if isinstance(node, FieldNode):
                yield kind, node
            elif (fragment := self._fragments.spread(node, spread)) is not None:
                condition = fragment.type_condition
                inner = self._schema.type_map[condition.name.value] if condition else kind
                yield from self._nodes(inner, fragment.selection_set.selections, spread)

    def _field(self, owner: GraphQLNamedType, nodes: list[FieldNode], page: Size | None) -> Terms:
        node = nodes[0]
        definition = _definition(owner, node.name.value)
        if definition is None:  # __typename
            return {(): 1}
        coordinate = f"{owner.name}.{node.name.value}"
        asked = self._asked_size(coordinate, definition, node)
        is_list = isinstance(get_nullable_type(definition.type), GraphQLList)
        length: Size | float = weights.LISTS.get(coordinate, weights.OTHER_LISTS if is_list else 1)
        if is_list and (asked or page):
            length = asked or page or length
        below = None if is_list else asked
        inner = self.selected(get_named_type(definition.type), (each.selection_set for each in nodes), below)
        return plus(times(inner, length), {(): self._own(coordinate, node)})

    def _own(self, coordinate: str, node: FieldNode) -> float:
        given = {argument.name.value for argument in node.arguments or ()}
        return weights.FIELDS.get(coordinate, 1) + sum(weights.ARGUMENTS.get(name, 0) for name in given)

    def _asked_size(self, coordinate: str, definition: GraphQLField, node: FieldNode) -> Size | None:
        """How long a list the field is asked for, here or in what is selected of it."""
        names = [weights.SIZED_BY[coordinate]] if coordinate in weights.SIZED_BY else _PAGE_ARGUMENTS
        if not any(name in definition.args for name in names):
            return None
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        for name in names:
            if name in given and (size := self._size(given[name])) is not None:
                return size
        defaults = [definition.args[name].default_value for name in names if name in definition.args]
        return Size(next((length_of(value) for value in defaults if isinstance(value, int | list)), 1))

    def _size(self, value: ValueNode) -> Size | None:
        if isinstance(value, VariableNode):
            name = value.name.value
            default = self._defaults.get(name)
            return Size(1 if default is None else default, name)
        constant = _constant(value)
        return None if constant is None else Size(constant)


def _constant(value: ValueNode | None) -> int | None:
    """The length that a value written into the document means; none for null."""
    if isinstance(value, IntValueNode):
        return length_of(int(value.value))
    return length_of(list(value.values)) if isinstance(value, ListValueNode) else None


def _definition(owner: GraphQLNamedType, name: str) -> GraphQLField | None:
    if name in _INTROSPECTION:
        return _INTROSPECTION[name]
    return owner.fields.get(name) if isinstance(owner, GraphQLObjectType | GraphQLInterfaceType) else None
