"""Facets: how many of the organisations found have each value."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import strawberry

from graphql_api.read_model.facets import count_by
from graphql_api.read_model.facts import Dimension
from graphql_api.schema.context import Context
from graphql_api.schema.mirror import enum
from graphql_api.schema.questions import Found
from graphql_api.schema.texts import LocalisedText
from services.events.contracts.vocabulary import ActivityKind, Language
from services.reference.communes import follow
from services.reference.countries import country_name
from services.reference.provinces import Province


class FacetDimension(StrEnum):
    """What can be counted by."""

    KIND = "kind"
    PROVINCE = "province"
    COMMUNE = "commune"
    CATEGORY = "category"
    """Values are written `scheme:code`."""
    SIZE_CLASS = "size_class"
    LIFE_CYCLE_STAGE = "life_cycle_stage"
    LABEL = "label"
    """Labels that are valid today."""
    AXIS = "axis"
    FRONT = "front"
    EXPORTS = "exports"
    ACTIVE_MARKET = "active_market"
    TARGETED_MARKET = "targeted_market"
    WORKING_LANGUAGE = "working_language"
    TITLE_LANGUAGE = "title_language"


@strawberry.type(description="A value, and how many of the organisations found have it.")
class FacetValue:
    """A count."""

    value: str = strawberry.field(description="As a filter takes it.")
    label: LocalisedText | None = strawberry.field(description="As people read it, where the registry knows how.")
    count: int


@strawberry.type(description="Counts by one dimension. An organisation with several values counts under each.")
class Facet:
    """Counts of one dimension."""

    dimension: FacetDimension = strawberry.field(graphql_type=enum(FacetDimension))
    values: list[FacetValue] = strawberry.field(
        description="The most frequent first; values that none has are left out."
    )


@strawberry.type(description="Counts over the same organisations as the list with the same arguments has.")
class Facets:
    """The facets of one question."""

    total_count: int
    facets: list[Facet]


@dataclass(frozen=True, slots=True)
class _Labelling:
    dimension: FacetDimension
    language: Language

    def __call__(self, value: str) -> LocalisedText | None:
        text = self._text(value)
        return LocalisedText(language=self._spoken, text=text) if text else None

    @property
    def _spoken(self) -> Language:
        """Kinds and communes have French names here, whatever was asked for: the label says so."""
        translated = {FacetDimension.PROVINCE, FacetDimension.ACTIVE_MARKET, FacetDimension.TARGETED_MARKET}
        return self.language if self.dimension in translated else Language.FR

    def _text(self, value: str) -> str | None:
        match self.dimension:
            case FacetDimension.KIND:
                return ActivityKind(value).label_fr
            case FacetDimension.PROVINCE:
                return Province(value).name_in(self.language)
            case FacetDimension.COMMUNE:
                return _commune_name(value)
            case FacetDimension.ACTIVE_MARKET | FacetDimension.TARGETED_MARKET:
                return country_name(value, self.language)
        return None


def _commune_name(nis_code: str) -> str | None:
    try:
        return follow(nis_code).name_fr
    except ValueError:  # a commune of another region
        return None


def facets_of(found: Found, dimensions: Iterable[FacetDimension], language: Language, context: Context) -> Facets:
    """The counts of what was found, by each dimension asked for."""
    facets = []
    for dimension in dimensions:
        label = _Labelling(dimension, language)
        counts = count_by(found.state, found.ordinals, Dimension(dimension.value), context.today)
        values = [FacetValue(value=count.value, label=label(count.value), count=count.count) for count in counts]
        facets.append(Facet(dimension=dimension, values=values))
    return Facets(total_count=len(found.ordinals), facets=facets)
