"""What the questions are asked about: variables drawn from the organisations themselves."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from benchmarks.organisations import DAY, organisations
from benchmarks.peers.questions import QUESTIONS
from graphql_api.read_model.defaults import complete
from graphql_api.read_model.facts import Dimension, Facts, facts_of
from services.events.contracts.entries import Json
from services.registry.demo.words import EXPORT_COUNTRIES, MARKETS_SERVED

SETS = 500
"""Of each question: cycled, so that no answer is asked for again at once."""
_CANDIDATES = 12
"""Organisations looked at for each set: some have no point, or a name too short for a slip."""
_RADIUS_KM = 15.0
_COUNTRIES = EXPORT_COUNTRIES[:8]


@dataclass(frozen=True, slots=True)
class Asked:
    """A set of variables, and the id of the organisation that is meant by it."""

    variables: dict[str, Any]
    meant: str


def variables(count: int) -> dict[str, list[Asked]]:
    """The sets of each question over the organisations of that number: the same for the same number."""
    draw = Random(42)  # noqa: S311 - made up, not secret
    wanted = set(draw.sample(range(count * 9 // 10), min(SETS * _CANDIDATES, count * 9 // 10)))
    found = [current.document for number, current in enumerate(organisations(count)) if number in wanted]
    return {question.name: _sets(_MAKERS[question.name], found, draw) for question in QUESTIONS}


Maker = Callable[[Json, Facts, Random], dict[str, Any] | None]


def _sets(make: Maker, documents: list[Json], draw: Random) -> list[Asked]:
    sets: list[Asked] = []
    while len(sets) < SETS:
        document = draw.choice(documents)
        made = make(document, facts_of(document["id"], complete(document), None, DAY), draw)
        if made is not None:
            sets.append(Asked(made, document["id"]))
    return sets


def _one(document: Json, _facts: Facts, _draw: Random) -> dict[str, Any]:
    return {"slug": document["slug"]}


def _kind_and_province(_document: Json, facts: Facts, draw: Random) -> dict[str, Any] | None:
    """One of an organisation's own: large groups are asked for as much more often as they are larger."""
    kinds, provinces = (
        sorted(term.value for term in facts.held if term.dimension is wanted)
        for wanted in (Dimension.KIND, Dimension.PROVINCE)
    )
    return {"kind": draw.choice(kinds), "province": draw.choice(provinces)} if provinces else None


def _exporters(_document: Json, _facts: Facts, draw: Random) -> dict[str, Any]:
    sector, other = draw.sample(MARKETS_SERVED, 2)
    return {
        "minShare": float(draw.randrange(2, 25)),
        "countries": draw.sample(_COUNTRIES, 2),
        "sector": sector[0],
        "otherSector": other[0],
    }


def _slip(document: Json, _facts: Facts, draw: Random) -> dict[str, Any] | None:
    """The French name with one letter left out of the word that is the organisation's own: the longest."""
    words = document["title"].get("fr", "").split()
    own = max(words, key=len, default="")
    if len(own) < 6:  # noqa: PLR2004 - names of the demo have seven letters at least
        return None
    place = draw.randrange(1, len(own))
    return {"text": " ".join(f"{word[:place]}{word[place + 1 :]}" if word == own else word for word in words)}


def _around(_document: Json, facts: Facts, draw: Random) -> dict[str, Any] | None:
    if not facts.points:
        return None
    longitude, latitude = facts.points[0]
    return {
        "longitude": round(longitude + draw.uniform(-0.05, 0.05), 5),
        "latitude": round(latitude + draw.uniform(-0.05, 0.05), 5),
        "radiusKm": _RADIUS_KM,
    }


_MAKERS: dict[str, Maker] = {
    "one": _one,
    "list": _kind_and_province,
    "export": _exporters,
    "text": _slip,
    "facets": _kind_and_province,
    "radius": _around,
}
