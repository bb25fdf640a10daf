"""What the indexes hold of an organisation: a pure function of its documents, without looking at the clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache

from graphql_api.read_model.text.folding import fold
from services.events.contracts.entries import Json
from services.events.contracts.matching import commune_now
from services.events.contracts.vocabulary import Exports, Language, MarketStatus

_SHORTEST_NACE = 2
_BELGIUM = "BE"


class Dimension(StrEnum):
    """What organisations are grouped by: each has a bitmap per value."""

    KIND = "kind"
    PROVINCE = "province"
    COMMUNE = "commune"
    CATEGORY = "category"
    SIZE_CLASS = "size_class"
    LIFE_CYCLE_STAGE = "life_cycle_stage"
    LABEL = "label"
    """Labels that were ever granted; whether one is valid today is looked up when it is asked."""
    AXIS = "axis"
    FRONT = "front"
    EXPORTS = "exports"
    ACTIVE_MARKET = "active_market"
    TARGETED_MARKET = "targeted_market"
    WORKING_LANGUAGE = "working_language"
    TITLE_LANGUAGE = "title_language"
    DESCRIPTION_LANGUAGE = "description_language"
    """Of the short description or the long one."""
    NACE = "nace"
    """Every prefix of every code with its version, `2025:62`: a criterion names a division or a class alike."""
    SCALE_UP = "scale_up"
    VALIDATED_YEAR = "validated_year"
    """Year of the last validation."""


class Order(StrEnum):
    """Standing orders: what is kept sorted."""

    TITLE = "title"
    REGISTERED_ON = "registered_on"
    LAST_VALIDATED_ON = "last_validated_on"


class Figure(StrEnum):
    """Numbers that criteria give ranges of."""

    PUBLISHED_SHARE = "published_share"
    """Export share that everybody reads."""
    KNOWN_SHARE = "known_share"
    """The published share, else the one that only some callers may read."""
    TURNOVER = "turnover"


_LANGUAGES = tuple(language.value for language in Language)
_SINGLE = (Dimension.SIZE_CLASS, Dimension.LIFE_CYCLE_STAGE)
"""Of which an organisation has one value at most, in the member of that name."""
_MARKETS = {status.value: Dimension(f"{status.value}_market") for status in MarketStatus}
_MOST_PLACES = 10_000


class Term:
    """A value of a dimension. There is one object for each: terms are equal when they are the same."""

    __slots__ = ("dimension", "value")

    def __init__(self, dimension: Dimension, value: str) -> None:
        self.dimension = dimension
        self.value = value

    def __repr__(self) -> str:
        return f"{self.dimension}={self.value}"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the indexes hold of one organisation."""

    slugs: tuple[str, ...]
    """The slug, then those that redirect to it."""
    ids: tuple[str, ...]
    """The id, then those of organisations merged into this one."""
    numbers: tuple[str, ...]
    held: tuple[Term, ...]
    """The terms: a set of them would take six times the memory."""
    keys: tuple[str, ...]
    """Sort keys, in the order of `Order`. An organisation never validated has the key "" there, before all dates."""
    figures: tuple[tuple[Figure, float], ...]
    titles: tuple[str, ...]
    """In all languages, as they are written: the text index compares and reads them only when they change."""
    short_descriptions: tuple[str, ...]
    descriptions: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    """Longitude and latitude of the establishments that have a point."""
    labels: tuple[Json, ...]
    """The grants, whether they are valid or not."""

    @property
    def terms(self) -> frozenset[Term]:
        """Everything that it is counted and found by."""
        return frozenset(self.held)


NO_FACTS = Facts((), (), (), (), (), (), (), (), (), (), ())
"""Those of an organisation that is not there."""


def facts_of(identifier: str, document: Json, restricted: Json | None, today: date) -> Facts:
    """The facts of an organisation, from its completed public document and its restricted part.

    `today` decides only which commune an older NIS code has become.
    """
    addresses = [place["address"] for place in document["establishments"]]
    points = (address.get("point") for address in addresses)
    return Facts(
        slugs=(document["slug"], *document["former_slugs"]),
        ids=(identifier, *document["merged_from"]),
        numbers=tuple(document["enterprise_numbers"]),
        held=tuple(
            {*_classes(document), *_texts(document), *_places(addresses, today), *_exports(document.get("export"))}
        ),
        keys=(_title_key(document["title"]), document["registered_on"], document.get("last_validated_on") or ""),
        figures=tuple(_figures(document, restricted or {})),
        titles=tuple(document["title"].values()),
        short_descriptions=tuple((document.get("short_description") or {}).values()),
        descriptions=tuple((document.get("description") or {}).values()),
        points=tuple((point["longitude"], point["latitude"]) for point in points if point),
        labels=tuple(document["labels"]),
    )


def _title_key(titles: dict[str, str]) -> str:
    """The folded title in the language that is shown first: one order for readers of all four languages."""
    return fold(next(titles[language] for language in _LANGUAGES if titles.get(language)))


def _classes(document: Json) -> Iterator[Term]:
    profiles = document["profiles"]
    yield from [term_of(Dimension.KIND, kind) for kind in profiles if profiles[kind] is not None]
    yield from [term_of(Dimension.CATEGORY, f"{found['scheme']}:{found['code']}") for found in document["categories"]]
    yield from [term_of(Dimension.LABEL, grant["label"]) for grant in document["labels"]]
    yield from [term_of(Dimension.AXIS, axis) for axis in document["axes"]]
    yield from [term_of(Dimension.FRONT, front) for front in document["fronts"]]
    for activity in document["nace"]:
        yield from _nace_terms(activity["version"], activity["code"])
    for dimension in _SINGLE:
        if value := document.get(dimension.value):
            yield term_of(dimension, value)
    scale_up = (profiles.get("start_up") or {}).get("scale_up")
    if scale_up is not None:
        yield term_of(Dimension.SCALE_UP, str(scale_up).lower())
    if validated := document.get("last_validated_on"):
        yield term_of(Dimension.VALIDATED_YEAR, validated[:4])


def _texts(document: Json) -> Iterator[Term]:
    title, short, long = document["title"], document.get("short_description"), document.get("description")
    yield from [term_of(Dimension.TITLE_LANGUAGE, language) for language in title if title[language]]
    for described in (short, long):
        if described:
            yield from [
                term_of(Dimension.DESCRIPTION_LANGUAGE, language) for language in described if described[language]
            ]


def _places(addresses: list[Json], today: date) -> Iterator[Term]:
    for address in addresses:
        if (code := address.get("nis_code")) and address["country"] == _BELGIUM:
            yield from _place_terms(code, today)


def _exports(profile: Json | None) -> Iterator[Term]:
    if profile is None:
        yield term_of(Dimension.EXPORTS, Exports.UNKNOWN.value)
        return
    yield term_of(Dimension.EXPORTS, profile["exports"])
    yield from [term_of(_MARKETS[market["status"]], market["country"]) for market in profile["markets"]]
    yield from [term_of(Dimension.WORKING_LANGUAGE, language) for language in profile["working_languages"]]


@cache
def term_of(dimension: Dimension, value: str) -> Term:
    """The term: organisations are many and terms few, so each is made once."""
    return Term(dimension, value)


@cache
def _nace_terms(version: str, code: str) -> tuple[Term, ...]:
    ends = range(_SHORTEST_NACE, len(code) + 1)
    return tuple(term_of(Dimension.NACE, f"{version}:{code[:end]}") for end in ends)


@lru_cache(_MOST_PLACES)
def _place_terms(nis_code: str, today: date) -> tuple[Term, ...]:
    commune, province = commune_now(nis_code, today)
    here = term_of(Dimension.COMMUNE, commune)
    return (here,) if province is None else (here, term_of(Dimension.PROVINCE, province.value))


def _figures(document: Json, restricted: Json) -> Iterator[tuple[Figure, float]]:
    published = (document.get("export") or {}).get("share")
    if published:
        yield Figure.PUBLISHED_SHARE, published["percent"]
    if known := published or restricted.get("export_share"):
        yield Figure.KNOWN_SHARE, known["percent"]
    if turnover := restricted.get("turnover"):
        yield Figure.TURNOVER, turnover["eur"]
