"""Scalars and enums: which values are JSON already, and how the others become so."""

from collections.abc import Callable
from math import isfinite
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLString,
)

_AS_THEY_ARE = (GraphQLString, GraphQLID, GraphQLInt, GraphQLBoolean)
"""Scalars that are in documents, and given by resolvers, as JSON has them."""


def is_as_it_is(kind: GraphQLOutputType) -> bool:
    """Whether JSON has the values of the type as they are, nulls and lists included."""
    if isinstance(kind, GraphQLNonNull | GraphQLList):
        return is_as_it_is(kind.of_type)
    if isinstance(kind, GraphQLEnumType):
        # Documents and resolvers hold the code, or a member of a StrEnum, which encodes as its code.
        return all(name == value.value for name, value in kind.values.items())
    return kind in _AS_THEY_ARE


def conversion_of(kind: GraphQLLeafType) -> Callable[[Any], Any]:
    """What makes JSON of a value of the type. Raises GraphQLError for what is no such value."""
    return _as_float if kind is GraphQLFloat else kind.coerce_output_value


def _as_float(value: Any) -> float:
    # The library's own conversion takes ten times as long, and most numbers need none.
    if type(value) is float and isfinite(value):
        return value
    return float(GraphQLFloat.coerce_output_value(value))
