"""The demo's ecosystem, the organisations written for it, and real names where they are there, in one read model."""

import json
import random
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from graphql_api.read_model.model import ReadModel
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Current, Subject
from services.events.contracts.position import Position
from services.events.following.protocol import Snapshot
from services.registry.demo.ecosystem import generate
from services.registry.recording import state_of
from tests.graphql_api.documents import identifier
from tests.graphql_api.relevance.slips import slip
from tests.graphql_api.relevance.written import WRITTEN, Written

_NAMES = "real/startups/belgian_startup_graph_2016_no_persons.json"
_SHORTEST_WITH_SLIP = 4
_DEMO_ASKED = 60


def model_of(documents: list[dict[str, Any]]) -> ReadModel:
    """A read model of these public documents."""
    model = ReadModel()
    records = (Current(Subject(ORGANISATION, one["id"]), 1, one, None, Position(1, 1)) for one in documents)
    model.load(Snapshot(Position(1, 1), 0, None, records))
    return model


@cache
def whole() -> ReadModel:
    """The read model of the demo with the organisations written for the queries. Nobody changes it."""
    return model_of([*written(), *demo()])


@cache
def demo() -> list[dict[str, Any]]:
    """The organisations of the demo that are shown."""
    states = (state_of(document) for document in generate(on=date(2026, 11, 25)))
    return [state.public for state in states if state.public is not None]


def written() -> list[dict[str, Any]]:
    """The organisations written for the judged queries."""
    return [one.document(identifier(number)) for number, one in enumerate(WRITTEN)]


def real(shared: Path) -> list[dict[str, Any]]:
    """Organisations with the real names."""
    nodes = json.loads((shared / _NAMES).read_text(encoding="utf-8"))["nodes"]
    titles = dict.fromkeys(node["title"] for node in nodes)
    made = (Written(f"real-{number}", {"en": title}) for number, title in enumerate(titles))
    return [one.document(identifier(10_000 + number)) for number, one in enumerate(made)]


def questions_about(documents: list[dict[str, Any]], seed: int) -> Iterator[tuple[str, str]]:
    """For each organisation one query by rule, its title as it is, with a slip, or its beginning; and its slug."""
    for place, document in enumerate(documents):
        draw = random.Random(f"{seed}/{document['slug']}")  # noqa: S311 - the same in every run
        title = draw.choice(list(document["title"].values()))
        yield _typed(title, place % 4, draw), document["slug"]


def some_of_demo(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Some organisations of the demo, evenly over all kinds."""
    return documents[:: len(documents) // _DEMO_ASKED]


def _typed(title: str, way: int, draw: random.Random) -> str:
    if way == 0:
        return title.lower()
    words = title.split()
    place = max(range(len(words)), key=lambda at: len(words[at]))
    if way == 1 and len(title) > _SHORTEST_WITH_SLIP:
        return title[: max(_SHORTEST_WITH_SLIP, len(title) * 3 // 4)]
    if len(words[place]) > _SHORTEST_WITH_SLIP:
        words[place] = slip(words[place].lower(), draw)
    return " ".join(words)
