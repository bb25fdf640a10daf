"""The variables of a request, read into the values that resolvers take.

What is plainly right is read here. Anything else, be it wrong or only unusual, raises NotCovered: the ordinary
execution then accepts it or says what is wrong with it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputType,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    Undefined,
    is_input_type,
    type_from_ast,
)
from graphql.utilities import coerce_input_literal, coerce_input_value

from graphql_api.compiling.problems import NotCovered
from graphql_api.keeping import Recent

Read = Callable[[Any], Any]
_LARGEST_INT = 2**31 - 1
_KEPT_BYTES = 2_000_000
"""Of the JSON of values that are kept as read: fronts send the same filters again and again.

A value takes about twenty times as much memory as its JSON, with what is made of it.
"""
_LONGEST_KEPT = 2_048
"""Bytes of JSON of a value that is kept."""
_LEAST_BYTES = 100
"""What each value counts at least."""


@dataclass(frozen=True, slots=True)
class _Variable:
    name: str
    read: Read
    needed: bool
    default: Any
    """Undefined where there is none."""


class Variables:
    """The variables that an operation declares."""

    def __init__(self, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._all = [_variable(schema, definition) for definition in operation.variable_definitions or ()]

    def read(self, given: dict[str, Any]) -> dict[str, Any]:
        """The value of each variable that was given or has a default. Raises NotCovered."""
        values = {}
        for variable in self._all:
            name = variable.name
            if name in given:
                values[name] = variable.read(given[name])
            elif variable.default is not Undefined:
                values[name] = variable.default
            elif variable.needed:
                raise NotCovered
        return values


def _variable(schema: GraphQLSchema, definition: Any) -> _Variable:
    kind = type_from_ast(schema, definition.type)
    if not is_input_type(kind):
        raise NotCovered
    default = Undefined
    if definition.default_value is not None:
        default = _holding(coerce_input_literal(definition.default_value, kind))
    return _Variable(definition.variable.name.value, _reader(kind), isinstance(kind, GraphQLNonNull), default)


def _reader(kind: GraphQLInputType) -> Read:
    if isinstance(kind, GraphQLNonNull):
        return _not_null(_reader(kind.of_type))
    return _READERS.get(kind) or (_enum_reader(kind) if isinstance(kind, GraphQLEnumType) else _any_reader(kind))


def _not_null(read: Read) -> Read:
    def checked(value: Any) -> Any:
        if value is None:
            raise NotCovered
        return read(value)

    return checked


def _text(value: Any) -> Any:
    if value is None or type(value) is str:
        return value
    raise NotCovered


def _int(value: Any) -> Any:
    if value is None or (type(value) is int and -_LARGEST_INT <= value <= _LARGEST_INT):
        return value
    raise NotCovered


def _float(value: Any) -> Any:
    if value is None:
        return None
    if type(value) in {int, float} and math.isfinite(value):
        return float(value)
    raise NotCovered


def _boolean(value: Any) -> Any:
    if value is None or type(value) is bool:
        return value
    raise NotCovered


_READERS: dict[Any, Read] = {
    GraphQLString: _text,
    GraphQLID: _text,
    GraphQLInt: _int,
    GraphQLFloat: _float,
    GraphQLBoolean: _boolean,
}


def _enum_reader(kind: GraphQLEnumType) -> Read:
    values = {name: kind.coerce_input_value(name) for name in kind.values}

    def read(value: Any) -> Any:
        if value is None:
            return None
        if type(value) is not str or value not in values:
            raise NotCovered
        return values[value]

    return read


def _any_reader(kind: GraphQLInputType) -> Read:
    """Reads input objects, lists and scalars of our own: the library does, once for each value."""
    name = str(kind)

    def read(value: Any) -> Any:
        key = name, orjson.dumps(value)
        found = _known.get(key, Undefined)
        if found is Undefined:
            found = _holding(coerce_input_value(value, kind))
            if found is Undefined:
                raise NotCovered
            if len(key[1]) <= _LONGEST_KEPT:
                _known.put(key, found)
        return found

    return read


class _Object(dict[str, Any]):
    """An input object that what is made of it can be kept with."""


class _List(list[Any]):
    """A list that what is made of it can be kept with."""


def _holding(value: Any) -> Any:
    if type(value) is dict:
        return _Object(value)
    return _List(value) if type(value) is list else value


_known: Recent[tuple[str, bytes], Any] = Recent(_KEPT_BYTES, lambda key: max(len(key[1]), _LEAST_BYTES))
"""By type and JSON, for all documents: what people try must not add up."""
