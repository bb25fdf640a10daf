"""The real Belgian start-up graph of 2016 goes into the registry, once."""

from collections import Counter
from pathlib import Path

from services.events.contracts.entries import Json
from services.events.contracts.vocabulary import ActivityKind, Origin, RelationKind
from services.events.log.reading import current_state, entries_after
from services.registry.importing.report import ExitStatus, Report
from services.registry.importing.run import import_organisations
from tests.registry.importing.startup_graph import startup_graph_jsonl
from tests.registry.world import World

ORGANISATIONS = 388
"""Of 391 nodes: three names stand for two nodes each."""
LINKS = 169
"""Of 170 edges: one is said twice."""


def test_the_dry_run_then_the_import_then_a_second_import(world: World, tmp_path: Path, shared: Path) -> None:
    file = startup_graph_jsonl(shared, tmp_path)
    dry = _run(world, file, apply=False)
    assert dry.counts["created"] == ORGANISATIONS
    assert _public(world) == []

    first = _run(world, file, apply=True)
    assert first.as_json() | {"applied": False, "run": None} == dry.as_json()
    assert first.exit_status is ExitStatus.EVERY_ROW_IS_IN
    assert first.links == LINKS
    _check_registry(world)

    with world.engine.connect() as connection:
        position = entries_after(connection, 0, 10_000)[-1].position
    second = _run(world, file, apply=True)
    assert second.counts["unchanged"] == ORGANISATIONS
    assert second.exit_status is ExitStatus.EVERY_ROW_IS_IN
    with world.engine.connect() as connection:
        assert entries_after(connection, position.number, 10) == []
    _check_registry(world)


def _check_registry(world: World) -> None:
    """391 profiles of 388 organisations, and 169 links between them."""
    documents = [document for _, document in _public(world)]
    assert len(documents) == ORGANISATIONS
    kinds = Counter(kind for document in documents for kind in document["profiles"])
    assert kinds[ActivityKind.COMPANY] == 303
    assert kinds[ActivityKind.INVESTOR] == 52
    institutes = ("incubator", "research_centre", "public_body", "cluster")
    assert sum(kinds[kind] for kind in institutes) == 36
    relations = [relation for document in documents for relation in document.get("relations", ())]
    assert len(relations) == LINKS
    assert {relation["target"] for relation in relations} <= {identifier for identifier, _ in _public(world)}
    by_title = {document["title"]["fr"]: document for document in documents}
    investors = [link for link in by_title["Ubidata"]["relations"] if link["kind"] == RelationKind.INVESTOR]
    assert {link["target"] for link in investors} == {by_title["Qbic"]["id"], by_title["Cytiholding"]["id"]}
    with world.engine.connect() as connection:
        assert {entry.origin for entry in entries_after(connection, 0, 10_000)} == {Origin.PARTNER_LIST}


def _run(world: World, file: Path, *, apply: bool) -> Report:
    return import_organisations(file, world.writer, world.settings, apply=apply)


def _public(world: World) -> list[tuple[str, Json]]:
    with world.engine.connect() as connection:
        return [(current.subject.id, current.document) for current in current_state(connection)]
