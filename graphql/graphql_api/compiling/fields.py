"""What the compiler knows of a field of the schema: how Strawberry reads it, and what that depends on."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache
from inspect import signature
from typing import Any, cast

from graphql import GraphQLField, GraphQLObjectType
from strawberry.types.field import StrawberryField

from graphql_api.schema.clusters import MapClusters
from graphql_api.schema.facets import Facets
from graphql_api.schema.listing import OrganisationConnection
from graphql_api.schema.mirror import is_mirror
from graphql_api.schema.organisation import Organisation

_ANSWERS = frozenset((OrganisationConnection, Facets, MapClusters))
"""Types that are resolved from an `Answered`."""


class Source(Enum):
    """What objects of a type are resolved from."""

    RECORD = "record"
    """A record of the read model; its members are those of its document."""
    DOCUMENT = "document"
    """A part of a document."""
    ANSWER = "answer"
    """What was found at a position: an object that keeps what plans made of it."""
    OBJECT = "object"
    """Any object with attributes."""


def source_of(kind: GraphQLObjectType) -> Source:
    """What objects of the type are resolved from."""
    declared = kind.extensions["strawberry-definition"].origin
    if declared is Organisation:
        return Source.RECORD
    if declared in _ANSWERS:
        return Source.ANSWER
    return Source.DOCUMENT if is_mirror(declared) else Source.OBJECT


@dataclass(frozen=True, slots=True)
class Reading:
    """How a field is read."""

    member: str
    """Its name in the source, where it has no resolver."""
    resolver: Callable[..., Any] | None = None
    takes: tuple[str, ...] = ()
    """What the resolver takes before its arguments: `source` and `info`, in its own order."""

    @property
    def is_pure(self) -> bool:
        """Whether source and arguments alone decide: the caller, the day and the state have no say."""
        return "info" not in self.takes


def reading_of(definition: GraphQLField) -> Reading:
    """How Strawberry reads the field."""
    return _reading(definition.extensions["strawberry-definition"])


@cache
def _reading(field: StrawberryField) -> Reading:
    resolver = field.base_resolver
    if resolver is None:
        return Reading(field.python_name)
    roles = {
        getattr(parameter, "name", None): role
        for parameter, role in (
            (resolver.self_parameter, "source"),
            (resolver.parent_parameter, "source"),
            (resolver.root_parameter, "source"),
            (resolver.info_parameter, "info"),
        )
        if parameter is not None
    }
    function = cast("Callable[..., Any]", resolver.wrapped_func)
    takes = tuple(roles[name] for name in signature(function).parameters if name in roles)
    return Reading(field.python_name, function, takes)
