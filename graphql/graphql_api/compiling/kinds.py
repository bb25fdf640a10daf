"""Of which type an object is, where the schema names an interface or a union of several."""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLNamedType, GraphQLObjectType

from graphql_api.compiling.problems import NotCovered


def kind_finder(abstract: GraphQLNamedType, possible: Sequence[GraphQLObjectType]) -> Callable[[Any], str]:
    """What tells the type of an object by name: the type whose class it has, else the first that says it is its.

    Raises NotCovered for an interface that decides by itself; what is made raises it for an object of no such type.
    """
    if getattr(abstract.extensions["strawberry-definition"], "resolve_type", None) is not None:
        raise NotCovered
    definitions = [kind.extensions["strawberry-definition"] for kind in possible]
    by_class = {one.origin: kind.name for one, kind in zip(definitions, possible, strict=True)}
    asked = [(one.is_type_of, kind.name) for one, kind in zip(definitions, possible, strict=True) if one.is_type_of]

    def kind_of(source: Any) -> str:
        name = by_class.get(type(source))
        if name is None:
            name = next((name for is_type_of, name in asked if is_type_of(source, None)), None)
        if name is None:
            raise NotCovered
        return name

    return kind_of
