"""What people read for a value that is counted by."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import lru_cache

from graphql_api.schema.texts import LocalisedText, in_language
from services.events.contracts.vocabulary import ActivityKind, Language
from services.reference import nace
from services.reference.categories import category_names
from services.reference.communes import follow
from services.reference.countries import country_name
from services.reference.grid import axes
from services.reference.provinces import Province


class FacetDimension(StrEnum):
    """What can be counted by."""

    KIND = "kind"
    PROVINCE = "province"
    COMMUNE = "commune"
    CATEGORY = "category"
    """Values are written `scheme:code`."""
    NACE = "nace"
    """Values are written `version:code`."""
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
    DESCRIPTION_LANGUAGE = "description_language"
    """Of the short description or the long one."""
    SCALE_UP = "scale_up"
    VALIDATED_SINCE = "validated_since"
    """First days of the years in which some were validated, each with how many were validated on it or later."""


@lru_cache(10_000)
def label_of(dimension: FacetDimension, value: str, language: Language) -> LocalisedText | None:
    """The value's name in the language, or in one that it has; none where the registry knows no name."""
    name = _NAMES.get(dimension)
    return None if name is None else name(value, language)


def _kind(value: str, _language: Language) -> LocalisedText:
    return LocalisedText(language=Language.FR, text=ActivityKind(value).label_fr)


def _province(value: str, language: Language) -> LocalisedText:
    return LocalisedText(language=language, text=Province(value).name_in(language))


def _commune(value: str, language: Language) -> LocalisedText | None:
    try:
        found = follow(value)
    except ValueError:  # a commune of another region
        return None
    return in_language({"fr": found.name_fr, "nl": found.name_nl, "de": found.name_de}, language)


def _category(value: str, language: Language) -> LocalisedText | None:
    scheme, _, code = value.partition(":")
    names = category_names(scheme, code)
    return in_language(names, language) if names else None


def _activity(value: str, language: Language) -> LocalisedText | None:
    version, _, code = value.partition(":")
    title = nace.title(version, code, language)
    return None if title is None else LocalisedText(language=language, text=title)


def _axis(value: str, _language: Language) -> LocalisedText | None:
    axis = axes().get(value)
    return None if axis is None else LocalisedText(language=Language.FR, text=axis.title_fr)


def _country(value: str, language: Language) -> LocalisedText:
    return LocalisedText(language=language, text=country_name(value, language))


_NAMES: Mapping[FacetDimension, Callable[[str, Language], LocalisedText | None]] = {
    FacetDimension.KIND: _kind,
    FacetDimension.PROVINCE: _province,
    FacetDimension.COMMUNE: _commune,
    FacetDimension.CATEGORY: _category,
    FacetDimension.NACE: _activity,
    FacetDimension.AXIS: _axis,
    FacetDimension.ACTIVE_MARKET: _country,
    FacetDimension.TARGETED_MARKET: _country,
}
