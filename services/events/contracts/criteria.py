"""The criteria language: one JSON object that filters GraphQL, saved searches, webhooks, the feed and exports.

Between criteria stands AND; inside a list stands OR. A criterion that cannot be honoured is an error, never ignored.
Keys are written in snake_case or camelCase, so that the variable of a GraphQL query can be saved as it stands.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Self, TypeVar

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel

from services.events.contracts.export import LanguageTag
from services.events.contracts.organisation import AxisNumber, Category
from services.events.contracts.places import NisCode
from services.events.contracts.rings import Ring, crossing
from services.events.contracts.values import (
    Amount,
    AsciiDigits,
    Code,
    Country,
    Day,
    Flag,
    Model,
    Percent,
    Point,
    Unique,
)
from services.events.contracts.vocabulary import (
    ActivityKind,
    Exports,
    Language,
    LifeCycleStage,
    NaceVersion,
    SizeClass,
)
from services.reference.communes import is_commune
from services.reference.grid import axes, is_axis
from services.reference.identifiers import EnterpriseNumber
from services.reference.nace import begins_a_code
from services.reference.provinces import Province

STORED: Mapping[str, bool] = {"stored": True}
"""Validation context of criteria that were accepted before: they are read even where a list has changed since."""


def _known_axis(number: str) -> str:
    if not is_axis(number):
        raise ValueError(f"the grid has no axis {number}; it has {', '.join(axes())}")
    return number


def _known_commune(code: str, info: ValidationInfo) -> str:
    if info.context != STORED and not is_commune(code):
        raise ValueError(
            f"{code} is not the NIS code of a Walloon commune, of today or before; look it up with "
            "{ communes { nisCode name { text } } } at /graphql"
        )
    return code


KnownAxis = Annotated[AxisNumber, AfterValidator(_known_axis)]
KnownCommune = Annotated[NisCode, AfterValidator(_known_commune)]
Communes = Annotated[tuple[KnownCommune, ...], Field(min_length=1, max_length=300), Unique]


class _Criterion(Model):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, serialize_by_alias=False)

    @cached_property
    def canonical(self) -> bytes:
        """The same bytes for the same criteria, in every process: what keys and tags are made of."""
        return self.model_dump_json(exclude_none=True).encode()


_Range = TypeVar("_Range", bound=_Criterion)

Kinds = Annotated[tuple[ActivityKind, ...], Field(min_length=1), Unique]


class NaceCriterion(_Criterion):
    """Activities whose code starts with `code`, in that version only."""

    version: NaceVersion
    code: Annotated[str, StringConstraints(pattern=r"^\d{2,7}$"), AsciiDigits]

    @field_validator("code")
    @classmethod
    def _begins_a_code(cls, code: str, info: ValidationInfo) -> str:
        version = info.data.get("version")
        if version and info.context != STORED and not begins_a_code(version, code):
            raise ValueError(
                f"no code of NACE-BEL {version} begins with {code}; look it up, or name the version it belongs to"
            )
        return code


class PercentRange(_Criterion):
    """A range with both ends included; an end that is left out is open."""

    min: Percent | None = None
    max: Percent | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        return _check_range(self, self.min, self.max)


class AmountRange(_Criterion):
    """A range of EUR with both ends included; an end that is left out is open."""

    min: Amount | None = None
    max: Amount | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        return _check_range(self, self.min, self.max)


def _check_range(criterion: _Range, low: float | None, high: float | None) -> _Range:
    if low is None and high is None:
        raise ValueError("give min, max or both")
    if low is not None and high is not None and low > high:
        raise ValueError("min is more than max; exchange them")
    return criterion


Countries = Annotated[tuple[Country, ...], Field(min_length=1, max_length=250), Unique]


class ExportCriterion(_Criterion):
    """What is asked of the export profile. Where nothing is known, only `exports: ["unknown"]` is met."""

    exports: Annotated[tuple[Exports, ...], Field(min_length=1), Unique] | None = None
    share_percent: PercentRange | None = None
    """Share of turnover abroad. Unpublished shares count only for callers who may read them."""
    active_markets: Countries | None = None
    targeted_markets: Countries | None = None
    working_languages: Annotated[tuple[LanguageTag, ...], Field(min_length=1, max_length=30), Unique] | None = None
    turnover_eur: AmountRange | None = None
    """Total turnover: restricted, so only for callers who may read it."""


class Near(_Criterion):
    """Establishments within a distance of a point."""

    point: Point
    radius_km: Annotated[float, Field(strict=True, gt=0, le=500)]


class Box(_Criterion):
    """A rectangle of WGS84 degrees, edges included."""

    west: Annotated[float, Field(strict=True, ge=-180, le=180)]
    south: Annotated[float, Field(strict=True, ge=-90, le=90)]
    east: Annotated[float, Field(strict=True, ge=-180, le=180)]
    north: Annotated[float, Field(strict=True, ge=-90, le=90)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.west > self.east or self.south > self.north:
            raise ValueError("write west below east and south below north")
        return self


_MOST_POINTS = 200
_WIDEST_DEGREES = 20.0


class Polygon(_Criterion):
    """An area of WGS84 degrees, its edges included: sides are straight in degrees, as GeoJSON has them."""

    ring: Annotated[tuple[Point, ...], Field(min_length=3, max_length=_MOST_POINTS + 1)]
    """From 3 to 200 points, either way round, at most 20 degrees wide and high; sides do not cross or touch.

    The last point is joined to the first; it may also be the first one again, as in GeoJSON.
    """

    @field_validator("ring")
    @classmethod
    def _simple(cls, ring: tuple[Point, ...]) -> tuple[Point, ...]:
        if ring[0] == ring[-1]:
            ring = ring[:-1]
        if not 3 <= len(ring) <= _MOST_POINTS:  # noqa: PLR2004 - a triangle
            raise ValueError(f"give 3 to {_MOST_POINTS} points, besides the first one again; there are {len(ring)}")
        _check_ring(tuple((point.longitude, point.latitude) for point in ring))
        return ring

    @cached_property
    def places(self) -> Ring:
        """Longitude and latitude of each point."""
        return tuple((point.longitude, point.latitude) for point in self.ring)

    @cached_property
    def box(self) -> Box:
        """The rectangle around it."""
        easts, norths = zip(*self.places, strict=True)
        return Box(west=min(easts), south=min(norths), east=max(easts), north=max(norths))


def _check_ring(ring: Ring) -> None:
    for index, place in enumerate(ring):
        if place in ring[:index]:
            raise ValueError(f"point {index} repeats an earlier one; name each once")
    if any(max(axis) - min(axis) > _WIDEST_DEGREES for axis in zip(*ring, strict=True)):
        raise ValueError(f"draw it at most {_WIDEST_DEGREES:g} degrees wide and high")
    if (found := crossing(ring)) is not None:
        one, other = found
        raise ValueError(f"the sides from point {one} and from point {other} cross or touch; order the points anew")


class Criteria(_Criterion):
    """Which organisations are meant. An empty object means all that are public."""

    kinds: Kinds | None = None
    provinces: Annotated[tuple[Province, ...], Field(min_length=1), Unique] | None = None
    """ISO 3166-2 codes: BE-WBR, BE-WHT, BE-WLG, BE-WLX, BE-WNA."""
    communes: Communes | None = None
    """NIS codes, of today or of former times."""
    not_in_provinces: Annotated[tuple[Province, ...], Field(min_length=1), Unique] | None = None
    """Organisations without an establishment in any of these provinces: outside Wallonia with all five."""
    not_in_communes: Communes | None = None
    categories: (
        Annotated[
            tuple[Annotated[tuple[Category, ...], Field(min_length=1, max_length=100)], ...],
            Field(min_length=1, max_length=10),
        ]
        | None
    ) = None
    """Up to ten lists: one category of each list at least."""
    nace: Annotated[tuple[NaceCriterion, ...], Field(min_length=1, max_length=50)] | None = None
    size_classes: Annotated[tuple[SizeClass, ...], Field(min_length=1), Unique] | None = None
    life_cycle_stages: Annotated[tuple[LifeCycleStage, ...], Field(min_length=1), Unique] | None = None
    labels: Annotated[tuple[Code, ...], Field(min_length=1, max_length=50), Unique] | None = None
    """Labels that are valid today."""
    axes: Annotated[tuple[KnownAxis, ...], Field(min_length=1, max_length=23), Unique] | None = None
    fronts: Annotated[tuple[Code, ...], Field(min_length=1, max_length=50), Unique] | None = None
    export: ExportCriterion | None = None
    validated_since: Day | None = None
    has_text_in: Annotated[tuple[Language, ...], Field(min_length=1), Unique] | None = None
    """Languages in which the title exists; one of them at least."""
    has_description_in: Annotated[tuple[Language, ...], Field(min_length=1), Unique] | None = None
    """Languages in which the short or the long description exists; one of them at least."""
    enterprise_numbers: Annotated[tuple[EnterpriseNumber, ...], Field(min_length=1, max_length=1_000)] | None = None
    near: Near | None = None
    box: Box | None = None
    polygon: Polygon | None = None
    scale_up: Flag | None = None
    none_of: Annotated[tuple["Criteria", ...], Field(min_length=1, max_length=10)] | None = None
    """Organisations that match any of these are left out."""

    @field_validator("none_of")
    @classmethod
    def _one_level(cls, excluded: "tuple[Criteria, ...] | None") -> "tuple[Criteria, ...] | None":
        if excluded and any(criteria.none_of for criteria in excluded):
            raise ValueError("none_of cannot stand inside none_of; write the criterion outside")
        return excluded

    @property
    def needs_restricted(self) -> bool:
        """Whether only callers who may read restricted figures can ask this."""
        asked = self.export is not None and self.export.turnover_eur is not None
        return asked or any(criteria.needs_restricted for criteria in self.none_of or ())
