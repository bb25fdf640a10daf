"""What the indexes hold of an organisation: a pure function of its documents, without looking at the clock."""

from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from sys import intern
from typing import NamedTuple

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
_MOST_PLACES = 10_000


class Term:
    """A value of a dimension. There is one object for each: terms are equal when they are the same."""

    __slots__ = ("dimension", "value")

    def __init__(self, dimension: Dimension, value: str) -> None:
        self.dimension = dimension
        self.value = value

    def __repr__(self) -> str:
        return f"{self.dimension}={self.value}"


class _Terms(dict[str, Term]):
    """The terms of a dimension by value: organisations are many and terms few, so each is made once."""

    def __init__(self, dimension: Dimension) -> None:
        super().__init__()
        self._dimension = dimension

    def __missing__(self, value: str) -> Term:
        term = self[value] = Term(self._dimension, value)
        return term


_TERMS = {dimension: _Terms(dimension) for dimension in Dimension}
_KINDS = _TERMS[Dimension.KIND]
_CATEGORIES = _TERMS[Dimension.CATEGORY]
_LABELS = _TERMS[Dimension.LABEL]
_SCALE_UP = _TERMS[Dimension.SCALE_UP]
_EXPORTS = _TERMS[Dimension.EXPORTS]
_UNKNOWN_EXPORTS = _EXPORTS[Exports.UNKNOWN.value]
_WORKING_LANGUAGES = _TERMS[Dimension.WORKING_LANGUAGE]
_TITLE_LANGUAGES = _TERMS[Dimension.TITLE_LANGUAGE]
_DESCRIPTION_LANGUAGES = _TERMS[Dimension.DESCRIPTION_LANGUAGE]
_VALIDATED_YEARS = _TERMS[Dimension.VALIDATED_YEAR]
_MARKETS = {status.value: _TERMS[Dimension(f"{status.value}_market")] for status in MarketStatus}
_LISTED = (("axes", _TERMS[Dimension.AXIS]), ("fronts", _TERMS[Dimension.FRONT]))
_SINGLE = tuple(
    (dimension.value, _TERMS[dimension]) for dimension in (Dimension.SIZE_CLASS, Dimension.LIFE_CYCLE_STAGE)
)
"""Of which an organisation has one value at most, in the member of that name."""


def term_of(dimension: Dimension, value: str) -> Term:
    """The term: the one object that there is for it."""
    return _TERMS[dimension][value]


class Facts(NamedTuple):
    """Everything the indexes hold of one organisation."""

    slugs: tuple[str, ...]
    """The slug, then those that redirect to it."""
    ids: tuple[str, ...]
    """The id, then those of organisations merged into this one."""
    numbers: tuple[str, ...]
    held: tuple[Term, ...]
    """The terms: a set of them would take six times the memory."""
    keys: tuple[str, ...]
    """Sort keys, in the order of `Order`. An organisation never validated has the key "" there, before all dates.

    Those that many organisations have in common are one object: that is less memory, and less of it is read.
    """
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
    titles, export = document["title"], document.get("export")
    short, long = document.get("short_description") or {}, document.get("description") or {}
    validated = document.get("last_validated_on") or ""
    terms = [
        *_profile_terms(document["profiles"]),
        *_class_terms(document),
        *_place_terms(addresses, today),
        *_export_terms(export),
        *[_TITLE_LANGUAGES[language] for language in titles if titles[language]],
        *[
            _DESCRIPTION_LANGUAGES[language]
            for described in (short, long)
            for language in described
            if described[language]
        ],
    ]
    if validated:
        terms.append(_VALIDATED_YEARS[validated[:4]])
    return Facts(
        slugs=(document["slug"], *document["former_slugs"]),
        ids=(identifier, *document["merged_from"]),
        numbers=tuple(document["enterprise_numbers"]),
        held=tuple(dict.fromkeys(terms)),
        keys=(_title_key(titles), intern(document["registered_on"]), intern(validated)),
        figures=_figures(export, restricted),
        titles=tuple(titles.values()),
        short_descriptions=tuple(short.values()),
        descriptions=tuple(long.values()),
        points=tuple([(at["longitude"], at["latitude"]) for address in addresses if (at := address.get("point"))]),
        labels=tuple(document["labels"]),
    )


def _title_key(titles: dict[str, str]) -> str:
    """The folded title in the language that is shown first: one order for readers of all four languages."""
    for language in _LANGUAGES:
        if title := titles.get(language):
            return fold(title)
    raise ValueError("an organisation has a title in one language at least")


def _profile_terms(profiles: Json) -> list[Term]:
    terms = [_KINDS[kind] for kind in profiles if profiles[kind] is not None]
    if (start_up := profiles.get("start_up")) and (scale_up := start_up.get("scale_up")) is not None:
        terms.append(_SCALE_UP[str(scale_up).lower()])
    return terms


def _class_terms(document: Json) -> list[Term]:
    terms = [_CATEGORIES[f"{found['scheme']}:{found['code']}"] for found in document["categories"]]
    for name, known in _LISTED:
        if values := document[name]:
            terms += [known[value] for value in values]
    for name, known in _SINGLE:
        if value := document.get(name):
            terms.append(known[value])
    if grants := document["labels"]:
        terms += [_LABELS[grant["label"]] for grant in grants]
    for activity in document["nace"]:
        terms += _nace_terms(activity["version"], activity["code"])
    return terms


def _place_terms(addresses: list[Json], today: date) -> list[Term]:
    terms: list[Term] = []
    for address in addresses:
        if (code := address.get("nis_code")) and address["country"] == _BELGIUM:
            terms += _commune_terms(code, today)
    return terms


def _export_terms(profile: Json | None) -> list[Term]:
    if profile is None:
        return [_UNKNOWN_EXPORTS]
    terms = [_EXPORTS[profile["exports"]]]
    terms += [_MARKETS[market["status"]][market["country"]] for market in profile["markets"]]
    terms += [_WORKING_LANGUAGES[language] for language in profile["working_languages"]]
    return terms


@cache
def _nace_terms(version: str, code: str) -> tuple[Term, ...]:
    ends = range(_SHORTEST_NACE, len(code) + 1)
    return tuple(term_of(Dimension.NACE, f"{version}:{code[:end]}") for end in ends)


@lru_cache(_MOST_PLACES)
def _commune_terms(nis_code: str, today: date) -> tuple[Term, ...]:
    commune, province = commune_now(nis_code, today)
    here = term_of(Dimension.COMMUNE, commune)
    return (here,) if province is None else (here, term_of(Dimension.PROVINCE, province.value))


def _figures(export: Json | None, restricted: Json | None) -> tuple[tuple[Figure, float], ...]:
    published = export.get("share") if export else None
    if not published and not restricted:
        return ()
    known = published or (restricted or {}).get("export_share")
    turnover = (restricted or {}).get("turnover")
    shares = ((Figure.PUBLISHED_SHARE, published), (Figure.KNOWN_SHARE, known))
    figures = [(figure, share["percent"]) for figure, share in shares if share]
    if turnover:
        figures.append((Figure.TURNOVER, turnover["eur"]))
    return tuple(figures)
