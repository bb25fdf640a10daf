"""Where an argument of a field comes from: the document alone, a variable, or a value with variables in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from inspect import signature
from itertools import count
from typing import Any

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLNonNull,
    Undefined,
    ValueNode,
    VariableNode,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.values import VariableValues
from graphql.language import Visitor, visit
from graphql.utilities import coerce_input_literal
from strawberry.types.arguments import StrawberryArgument

from graphql_api.compiling.problems import NotCovered
from graphql_api.keeping import PerObject, Recent
from graphql_api.schema.schema import arguments_by_name, as_resolvers_take_it

_KEPT = 1_000
"""Objects with variables in them that are kept as read, of all documents: fronts ask the same again and again."""
_LONG = object()
_LONGEST_LIST = 10
_LONGEST_KEPT = 128
"""Characters of a variable in such an object."""

Values = Mapping[str, Any]
"""The request's variables, as read."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a field."""

    name: str
    """The resolver's parameter."""
    get: Callable[[Values], Any]
    """Its value in a request with these variables. Raises NotCovered."""
    origin: tuple[Any, ...] | None
    """Two arguments of the same origin have the same value in every request; none for a constant."""
    leaf: bool
    """Whether it is a plain value, which can be part of a key."""


def arguments_of(definition: GraphQLField, node: FieldNode) -> list[Argument]:
    """The arguments that the field was given. Those left out are left to the resolver's own defaults."""
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    if not given:
        return []
    field = definition.extensions["strawberry-definition"]
    defaults = _defaults(field.base_resolver.wrapped_func)
    return [
        _argument(declared, definition.args[name], given[name], defaults[declared.python_name])
        for name, declared in arguments_by_name(field).items()
        if name in given
    ]


@cache
def _defaults(resolver: Callable[..., Any]) -> dict[str, Any]:
    return {name: one.default for name, one in signature(resolver).parameters.items()}


def _argument(declared: StrawberryArgument, argument: GraphQLArgument, node: ValueNode, default: Any) -> Argument:
    name, leaf = declared.python_name, is_leaf_type(get_nullable_type(argument.type))
    if isinstance(node, VariableNode):
        origin = node.name.value, str(argument.type), default
        return Argument(name, _of_variable(declared, argument, node.name.value, default), origin, leaf)
    if _variables_in(node):
        return Argument(name, _with_variables_inside(declared, argument, node), (id(node),), leaf)
    return Argument(name, _constant(_converted(declared, coerce_input_literal(node, argument.type))), None, leaf)


def _constant(value: Any) -> Callable[[Values], Any]:
    return lambda _values: value


def _of_variable(
    declared: StrawberryArgument, argument: GraphQLArgument, name: str, default: Any
) -> Callable[[Values], Any]:
    known = PerObject(lambda value: _converted(declared, value), f"as {argument.type}")
    nullable = not isinstance(argument.type, GraphQLNonNull)
    plain = is_leaf_type(get_nullable_type(argument.type))

    def get(values: Values) -> Any:
        value = values.get(name, Undefined)
        if value is Undefined:
            return default
        if value is None and not nullable:
            raise NotCovered
        return value if plain or value is None else known.get(value)

    return get


def _with_variables_inside(
    declared: StrawberryArgument, argument: GraphQLArgument, node: ValueNode
) -> Callable[[Values], Any]:
    """The same object again for the same values, where these are plain ones."""
    names, place = _variables_in(node), next(_PLACES)

    def read(values: Values) -> Any:
        return _converted(declared, coerce_input_literal(node, argument.type, VariableValues({}, dict(values))))

    def get(values: Values) -> Any:
        key = place, *[_part_of_key(values.get(name, Undefined)) for name in names]
        if _LONG in key:
            return read(values)
        found = _known.get(key, Undefined)
        if found is Undefined:
            found = read(values)
            _known.put(key, found)
        return found

    return get


def _converted(declared: StrawberryArgument, value: Any) -> Any:
    if value is Undefined:
        raise NotCovered
    return as_resolvers_take_it(declared, value)


def _part_of_key(value: Any) -> Any:
    """The value as part of a key; `_LONG` for what would take much memory there, or can be no part."""
    if isinstance(value, list):
        parts = tuple([_part_of_key(one) for one in value[: _LONGEST_LIST + 1]])
        return _LONG if len(parts) > _LONGEST_LIST or _LONG in parts else parts
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_KEPT else _LONG
    return value if value is None or value is Undefined or isinstance(value, int | float | Enum) else _LONG


def _variables_in(node: ValueNode) -> tuple[str, ...]:
    finder = _VariableFinder()
    visit(node, finder)
    return tuple(finder.found)


class _VariableFinder(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, None] = {}

    def enter_variable(self, node: VariableNode, *_rest: object) -> None:
        self.found[node.name.value] = None


_PLACES = count()
_known: Recent[tuple[Any, ...], Any] = Recent(_KEPT)
"""By place in a document and values of the variables."""
