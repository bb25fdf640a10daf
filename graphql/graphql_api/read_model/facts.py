"""What the indexes hold of an organisation: a pure function of its documents, without looking at the clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graphql_api.read_model.text.folding import fold
from services.events.contracts.entries import Json
from services.events.contracts.matching import commune_now
from services.events.contracts.vocabulary import ActivityKind, Exports, Language

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


Term = tuple[Dimension, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the indexes hold of one organisation."""

    slugs: tuple[str, ...]
    """The slug, then those that redirect to it."""
    ids: tuple[str, ...]
    """The id, then those of organisations merged into this one."""
    numbers: tuple[str, ...]
    terms: frozenset[Term]
    keys: tuple[str, ...]
    """Sort keys, in the order of `Order`. An organisation never validated has the key "" there, before all dates."""
    figures: tuple[tuple[Figure, float], ...]
    titles: tuple[str, ...]
    """In all languages, as they are written: the text index compares and reads them only when they change."""
    short_descriptions: tuple[str, ...]
    descriptions: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    """Longitude and latitude of the establishments that have a point."""


NO_FACTS = Facts((), (), (), frozenset(), (), (), (), (), (), ())
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
        terms=frozenset((*_classes(document), *_places(addresses, today), *_exports(document.get("export")))),
        keys=(_title_key(document["title"]), document["registered_on"], document.get("last_validated_on") or ""),
        figures=tuple(_figures(document, restricted or {})),
        titles=tuple(document["title"].values()),
        short_descriptions=tuple((document.get("short_description") or {}).values()),
        descriptions=tuple((document.get("description") or {}).values()),
        points=tuple((point["longitude"], point["latitude"]) for point in points if point),
    )


def _title_key(titles: dict[str, str]) -> str:
    """The folded title in the language that is shown first: one order for readers of all four languages."""
    return fold(next(titles[language] for language in Language if titles.get(language)))


def _classes(document: Json) -> Iterator[Term]:
    yield from ((Dimension.KIND, kind) for kind in ActivityKind if document["profiles"].get(kind) is not None)
    yield from ((Dimension.CATEGORY, f"{found['scheme']}:{found['code']}") for found in document["categories"])
    yield from ((Dimension.LABEL, grant["label"]) for grant in document["labels"])
    yield from ((Dimension.AXIS, axis) for axis in document["axes"])
    yield from ((Dimension.FRONT, front) for front in document["fronts"])
    yield from ((Dimension.TITLE_LANGUAGE, language) for language in Language if document["title"].get(language))
    described = {**(document.get("short_description") or {}), **(document.get("description") or {})}
    yield from ((Dimension.DESCRIPTION_LANGUAGE, language) for language in Language if described.get(language))
    if validated := document.get("last_validated_on"):
        yield Dimension.VALIDATED_YEAR, validated[:4]
    for dimension in (Dimension.SIZE_CLASS, Dimension.LIFE_CYCLE_STAGE):
        if value := document.get(dimension):
            yield dimension, value
    for activity in document["nace"]:
        code = activity["code"]
        yield from ((Dimension.NACE, f"{activity['version']}:{code[:end]}") for end in _ends(code))
    scale_up = (document["profiles"].get("start_up") or {}).get("scale_up")
    if scale_up is not None:
        yield Dimension.SCALE_UP, str(scale_up).lower()


def _ends(code: str) -> range:
    return range(_SHORTEST_NACE, len(code) + 1)


def _places(addresses: list[Json], today: date) -> Iterator[Term]:
    for address in addresses:
        if (code := address.get("nis_code")) and address["country"] == _BELGIUM:
            commune, province = commune_now(code, today)
            yield Dimension.COMMUNE, commune
            if province is not None:
                yield Dimension.PROVINCE, province.value


def _exports(profile: Json | None) -> Iterator[Term]:
    if profile is None:
        yield Dimension.EXPORTS, Exports.UNKNOWN.value
        return
    yield Dimension.EXPORTS, profile["exports"]
    for market in profile["markets"]:
        yield Dimension(f"{market['status']}_market"), market["country"]
    yield from ((Dimension.WORKING_LANGUAGE, language) for language in profile["working_languages"])


def _figures(document: Json, restricted: Json) -> Iterator[tuple[Figure, float]]:
    published = (document.get("export") or {}).get("share")
    if published:
        yield Figure.PUBLISHED_SHARE, published["percent"]
    if known := published or restricted.get("export_share"):
        yield Figure.KNOWN_SHARE, known["percent"]
    if turnover := restricted.get("turnover"):
        yield Figure.TURNOVER, turnover["eur"]
