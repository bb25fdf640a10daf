"""Values for arguments: mostly such that something is found, now and then unknown or refused ones.

They are looked up by the argument's name, and where the name says nothing, made by its type: new arguments have values
without a change here, and better ones with a line in a table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_nullable_type,
    is_required_input_field,
)
from pydantic.alias_generators import to_camel

from tests.graphql_api.criteria_strategy import criteria_json, polygons
from tests.graphql_api.differential.dice import Dice
from tests.graphql_api.differential.ecosystem import COUNT
from tests.graphql_api.documents import COUNTRIES, FRONTS, SECTORS, TECHNOLOGIES, enterprise_number, identifier


@dataclass(frozen=True, slots=True)
class _Known:
    usual: Sequence[Any]
    odd: Sequence[Any] = ()


_IDS = _Known([identifier(number) for number in range(10)], ["org-x", "", identifier(5_000), identifier(1_003)])
_NUMBERS = [enterprise_number(number) for number in range(12)]
_COMMUNES = _Known(("92094", "62063", "52011", "53053", "81001"), ("99999", "54007", ""))
_SIZES = _Known((1, 2, 3, 4, 5), (0, -1, 101, 2_147_483_647))
_TEXTS = _Known(
    ("Meuse", "pixel", "namu", "Robotiqeu", "reseau 12", "données"), (" ", "", "zzzzzz", "x" * 201, 'a"\\b')
)
_COUNTRIES = _Known(COUNTRIES, ("XX", ""))
BY_NAME: Mapping[str, _Known] = {
    "id": _IDS,
    "ids": _IDS,
    "slug": _Known([f"org-{number}" for number in range(10)] + ["former-3"], ("none", "", "Org-1")),
    "enterpriseNumber": _Known([*_NUMBERS, "0400.000.029"], ("0403.227.500", "", "1")),
    "enterpriseNumbers": _Known(_NUMBERS, ("0403.227.500",)),
    "first": _SIZES,
    "last": _SIZES,
    "search": _TEXTS,
    "text": _TEXTS,
    "minCount": _Known((1, 2), (0, -1, 1_000)),
    "naceDigits": _Known((2, 3, 5), (1, 8)),
    "categoryScheme": _Known(("technologies", "markets"), ("none", "")),
    "radiusKm": _Known((8.0, 30, 75.5), (0, -1.5, 1e9)),
    "longitude": _Known((4.87, 5.567, 4.4), (181, 0.0)),
    "latitude": _Known((50.467, 50.633, 50), (-91.5, 0)),
    "communes": _COMMUNES,
    "notInCommunes": _COMMUNES,
    "labels": _Known(("keep_it_secure", "epn_de_wallonie"), ("none_such",)),
    "axes": _Known(("1.1.1", "1.2.2", "3.1.1"), ("9.9", "")),
    "fronts": _Known(FRONTS, ("none",)),
    "activeMarkets": _COUNTRIES,
    "targetedMarkets": _COUNTRIES,
    "workingLanguages": _Known(("fr", "en", "de"), ("", "xx-")),
    "min": _Known((0, 10, 20.5), (-1,)),
    "max": _Known((60, 99.5, 5e6), (-2,)),
}
_BY_TYPE: Mapping[str, _Known] = {
    "Boolean": _Known((False, True)),
    "Date": _Known(("2018-05-04", "2024-02-29", "2026-11-25"), ("2023-02-29", "today")),
    "Float": _Known((1.0, 2, 50.5), (-1, 0.0)),
    "ID": _IDS,
    "Int": _Known((1, 2, 3, 10), (0, -1)),
    "NaceVersion": _Known(("2025", "2008", "2003")),
    "Position": _Known((f"1-{COUNT}", "1-1")),
    "ProvinceCode": _Known(("BE-WNA", "BE-WLG", "BE-WBR", "BE-WHT", "BE-WLX")),
    "String": _TEXTS,
    "JSON": _Known(({}, [1, {"a": None}], "text")),
    "CategoryInput": _Known(
        [{"scheme": "technologies", "code": code} for code in TECHNOLOGIES]
        + [{"scheme": "markets", "code": code} for code in SECTORS],
        [{"scheme": "markets", "code": "none"}, {"scheme": "technologies", "code": "health"}],
    ),
    "NaceCriterionInput": _Known(
        [{"version": version, "code": code} for version in ("2008", "2025") for code in ("62", "70", "63")],
        [{"version": "2025", "code": "62010"}, {"version": "2008", "code": "x"}],
    ),
    "BoxInput": _Known(
        [
            {"west": 4.5, "south": 50.2, "east": 5.2, "north": 50.7},
            {"west": 3, "south": 49.5, "east": 6.5, "north": 51},
        ],
        [{"west": 5, "south": 50, "east": 4, "north": 51}],
    ),
    "OrganisationOrder": _Known(
        [{"field": "title", "direction": "desc"}, {"field": "registered_on"}, {"field": "last_validated_on"}],
        [{"field": "relevance"}, {"field": "distance", "direction": "desc"}],
    ),
}
CHOICES: Mapping[str, Sequence[Sequence[str]]] = {
    "Query.organisation": (("id",), ("slug",), ("enterpriseNumber",)),
    "Query.organisations": (
        ("first",),
        ("first", "filter"),
        ("last", "filter", "orderBy"),
        ("first", "search"),
        ("first", "near"),
        ("first", "orderBy"),
        ("first", "search", "filter"),
        ("first", "near", "filter"),
        ("last", "search", "near"),
        ("first", "after"),
        ("last", "before"),
    ),
    "Query.communes": (("province",),),
}
"""Arguments that are given together; of other fields any of the optional ones are."""
_ODD_PERCENT = 4
_UNKNOWN = _Known(("1",))


class Values:
    """Values as JSON, which a variable takes as they are and a literal states in its own form."""

    def __init__(self, dice: Dice, cursors: Sequence[str]) -> None:
        self._dice = dice
        pages = _Known(cursors, ("forged", "", cursors[0][:-1]))
        self._by_name = {**BY_NAME, "after": pages, "before": pages}

    def of(self, name: str, kind: GraphQLInputType) -> Any:
        """A value for the argument or input field of that name; null only where the caller asks for it."""
        bare = get_nullable_type(kind)
        if isinstance(bare, GraphQLList):
            return [self.of(name, bare.of_type) for _ in range(self._dice.one_of((1, 1, 2, 3)))]
        if isinstance(bare, GraphQLInputObjectType) and bare.name not in _BY_TYPE:
            return self._object(bare)
        if isinstance(bare, GraphQLEnumType):
            return self._dice.one_of(list(bare.values))
        assert not isinstance(bare, GraphQLNonNull)
        return self._known(self._by_name.get(name) or _BY_TYPE.get(bare.name, _UNKNOWN))

    def _known(self, known: _Known) -> Any:
        odd = known.odd and self._dice.chance(_ODD_PERCENT)
        return self._dice.one_of(known.odd if odd else known.usual)

    def _object(self, kind: GraphQLInputObjectType) -> Any:
        if kind.name == "OrganisationFilter" and self._dice.chance(50):
            return self._criteria()
        if kind.name == "PolygonInput":
            return self._dice.of(polygons())
        required = [name for name, field in kind.fields.items() if is_required_input_field(field)]
        optional = self._dice.some_of([name for name in kind.fields if name not in required], 2)
        return {name: self.of(name, kind.fields[name].type) for name in (*required, *optional)}

    def _criteria(self) -> Any:
        few = list(self._dice.of(criteria_json).items())[:2]
        return _in_camel_case(dict(few))


def are_alike(one: str, other: str) -> bool:
    """Whether arguments of these names take the same values."""
    return one == other or (one in BY_NAME and BY_NAME[one] is BY_NAME.get(other))


def _in_camel_case(value: Any) -> Any:
    if isinstance(value, list):
        return [_in_camel_case(part) for part in value]
    if isinstance(value, dict):
        return {to_camel(name): _in_camel_case(part) for name, part in value.items()}
    return value
