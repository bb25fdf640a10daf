"""A schema with what the registry's own does not have in queries: fields of several possible types.

They are resolved from objects of the types themselves and, areas, from others. Whoever may not read figures is refused
some fields of some places: such that may be null and such that must not, alone, in lists and in lists of lists.
"""

from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

import strawberry
from graphql import GraphQLSchema

from graphql_api.schema.context import Info
from services.access.rules import Action, require
from services.problems import FieldError, InvalidInput

_MOST = 5
"""Places in a list."""


def _closed(place: Any, info: Info, kind: str) -> None:
    """Refuse those without the right what some of the places have."""
    if kind in place.closed:
        require(info.context.caller, Action.READ_FIGURES)


def _near(root: strawberry.Parent[Any], info: Info, first: int = 2) -> Any:
    _closed(root, info, "near")
    if not 0 <= first <= _MOST:
        raise InvalidInput("first is out of range.", errors=[FieldError("argument:first", "out_of_range", f"{_MOST}")])
    at = _PLACES.index(root)
    return [_PLACES[(at + step * step + 1) % len(_PLACES)] for step in range(first)]


def _rows(root: strawberry.Parent[Any], info: Info) -> Any:
    _closed(root, info, "rows")
    return [[*_near(root, info), None], [], [root]]


def _neighbour(root: strawberry.Parent[Any], info: Info) -> Any:
    _closed(root, info, "neighbour")
    return _PLACES[_PLACES.index(root) - 1]


def _remark(root: strawberry.Parent[Any], info: Info, loud: bool = False) -> str | None:  # noqa: FBT002 - an argument of a field
    _closed(root, info, "remark")
    return root.name.upper() if loud else None


def _secret(root: strawberry.Parent[Any], info: Info) -> str:
    _closed(root, info, "secret")
    return f"{root.name} is quiet"


def _length(root: strawberry.Parent[Any]) -> int:
    return len(root.name)


@strawberry.interface
class Place:
    """A place."""

    name: str
    closed: strawberry.Private[str] = ""
    length: int = strawberry.field(resolver=_length)
    near: list["Place"] = strawberry.field(resolver=_near)
    rows: list[list["Place | None"]] | None = strawberry.field(resolver=_rows)
    neighbour: "Place" = strawberry.field(resolver=_neighbour)
    remark: str | None = strawberry.field(resolver=_remark)
    secret: str = strawberry.field(resolver=_secret)


@strawberry.type
class Town(Place):
    """A town."""

    inhabitants: int | None = None


@strawberry.type
class Station(Place):
    """A station."""

    lines: list[str] = strawberry.field(default_factory=list)
    after: Annotated["Found", strawberry.lazy(__name__)] | None = strawberry.field(resolver=_neighbour)


@strawberry.type
class Area(Place):
    """An area, resolved from a field."""

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Whether it is one."""
        return isinstance(source, _Field)


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    name: str
    closed: str = ""


@strawberry.type
class Person:
    """No place."""

    name: str
    home: Place | None


Found: TypeAlias = Annotated[Town | Station | Area | Person, strawberry.union("Found")]

_PLACES: list[Any] = [
    Town(name="Namur", inhabitants=114_000),
    Station(name="Jambes", lines=["161", "162"]),
    _Field("Le Champ", closed="near rows"),
    Town(name="Huy", closed="secret"),
    Station(name="Statte", closed="neighbour remark"),
    _Field("La Prairie"),
    Town(name="Dinant", closed="remark"),
]


def _place(info: Info, name: str) -> Any:
    if not name.strip():
        raise InvalidInput("Give a name.")
    return next((place for place in _PLACES if place.name.startswith(name)), _nearest(info))


def _nearest(info: Info) -> Any:
    return _PLACES[info.context.today.day % 7]


def _found(info: Info, names: list[str] | None = None) -> Any:
    places = [_place(info, name) for name in names or ["Namur", "Huy"]]
    return [Person(name="Marie", home=places[0]), *places, None]


@strawberry.type
class Query:
    """The root."""

    place: Place | None = strawberry.field(resolver=_place)
    found: list[Found | None] = strawberry.field(resolver=_found)
    nearest: Place = strawberry.field(resolver=_nearest)
    towns: list[Town] | None = strawberry.field(resolver=lambda: [one for one in _PLACES if isinstance(one, Town)])


def several_kinds() -> GraphQLSchema:
    """The schema."""
    made: GraphQLSchema = strawberry.Schema(query=Query, types=[Town, Station, Area])._schema  # noqa: SLF001 - as ours
    return made
