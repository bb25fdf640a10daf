"""Deltas: what changed before a kept snapshot, for a mirror that stands somewhere in between."""

from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from services.database import open_engine, reading
from services.events.contracts.entries import Entry, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.views import as_seen
from services.events.log.reading import entries_after
from services.events.snapshots.formats import Format
from services.events.snapshots.keeping import Policy, keep_snapshot
from services.events.snapshots.kept import KeptSnapshot, KeptText
from services.events.snapshots.shelf import Shelf
from tests.events.entries import Ecosystem, organisation_id
from tests.events.following.model import Mirror
from tests.events.http.snapshots import STEPS, Past, keep, kept_offers, lines, taken
from tests.events.service import Service


def applied(mirror: Mirror, delta: list[Json]) -> None:
    """Bring the mirror to the position of the delta, as its header says."""
    first, *records, end = delta
    assert end == {"end": True, "count": len(records)}
    assert mirror.position is not None
    assert mirror.position.generation == first["generation"]
    assert first["after"] <= mirror.position.number <= first["position"]
    for record in records:
        subject = Subject(record["subject"]["kind"], record["subject"]["id"])
        if record["document"] is None:
            mirror.documents.pop(subject, None)
        elif mirror.view is View.INTERNAL:
            mirror.documents[subject] = (record["document"], record["restricted"])
        else:
            mirror.documents[subject] = (record["document"],)
    mirror.position = Position(first["generation"], first["position"])


def mirror_at(entries: list[Entry], view: View, number: int) -> Mirror:
    mirror = Mirror(view)
    mirror.position = Position(1, 0)
    mirror.apply([as_seen(entry, view) for entry in entries if entry.position.number <= number])
    return mirror


def test_a_delta_tells_what_became_of_each_organisation_that_changed(
    client: httpx.Client, service: Service, ecosystem: Ecosystem
) -> None:
    past = Past(ecosystem.engine)
    past.hours_ago = 30
    past.fill(6)
    past.hours_ago = 5
    past.publish(1, size_class="small")
    past.publish(1, size_class="micro")
    past.merge(2, 1)
    past.archive(3)
    past.hide(3)
    past.archive(4)
    past.publish(4)
    past.hide(8)
    keep(service, past)
    [offer] = kept_offers(client)
    eight, day = offer["deltas"]
    assert [(delta["span"], delta["after"], delta["count"]) for delta in (eight, day)] == [("8h", 6, 4), ("24h", 6, 4)]
    first, *records, end = lines(taken(client, eight["files"][0]))
    whole = lines(taken(client, offer["files"][0]))
    assert first == whole[0] | {"after": 6}
    assert end == {"end": True, "count": 4}
    told = {record["subject"]["id"]: record for record in records}
    assert set(told) == {organisation_id(number) for number in (1, 2, 3, 4)}
    assert told[organisation_id(1)] in whole
    assert told[organisation_id(4)] in whole
    merged, archived = told[organisation_id(2)], told[organisation_id(3)]
    assert (merged["document"], merged["redirect"], merged["position"]) == (None, organisation_id(1), 9)
    assert (archived["document"], archived["version"]) == (None, 2)
    assert "redirect" not in archived


def test_what_was_withdrawn_is_in_no_delta(client: httpx.Client, service: Service, ecosystem: Ecosystem) -> None:
    past = Past(ecosystem.engine)
    past.hours_ago = 30
    past.fill(2)
    past.hours_ago = 5
    past.publish(1, title={"fr": "Nommée Personne"})
    past.withdraw(1)
    past.publish(2, title={"fr": "Nommée Personne"})
    past.withdraw(2, size_class="micro")
    keep(service, past)
    for delta in kept_offers(client)[0]["deltas"]:
        for file in delta["files"]:
            assert b"Personne" not in taken(client, file)


def test_none_reaches_across_a_restore_or_before_the_log(
    client: httpx.Client, service: Service, ecosystem: Ecosystem
) -> None:
    past = Past(ecosystem.engine)
    past.hours_ago = 60
    past.fill(3)
    with past.restored_to_now():
        pass
    past.hours_ago = 20
    past.publish(5)
    past.hours_ago = 2
    past.publish(6)
    keep(service, past)
    assert [(delta["span"], delta["after"]) for delta in kept_offers(client)[0]["deltas"]] == [("8h", 4)]


TAKEN = st.lists(
    st.tuples(
        st.sampled_from(STEPS),
        st.integers(1, 5),
        st.sampled_from([0.0, 0.1, 3.0, 7.9, 9.0, 100.0, 300.0]),
    ),
    max_size=25,
)


@settings(max_examples=40)
@given(steps=TAKEN)
def test_a_mirror_anywhere_in_between_becomes_the_snapshot(
    steps: list[tuple[str, int, float]], tmp_path_factory: pytest.TempPathFactory, empty_log: bytes
) -> None:
    folder = tmp_path_factory.mktemp("deltas")
    file = folder / "registry.sqlite"
    file.write_bytes(empty_log)
    engine = open_engine(f"sqlite:///{file}")
    past = Past(engine)
    past.hours_ago = 10_000.0
    past.fill(3)
    past.hours_ago = sum(hours for _, _, hours in steps)
    for step, number, hours in steps:
        past.hours_ago -= hours
        past.step(step, number)
    _check_deltas(engine, folder / "kept")
    engine.dispose()


def test_both_databases_tell_the_same(engine: Engine, tmp_path: Path) -> None:
    past = Past(engine)
    for hours_ago, step, number in (
        (900, "publish", 1),
        (800, "publish", 2),
        (100, "restrict", 3),
        (90, "merge", 2),
        (20, "hide", 4),
        (9, "restrict", 1),
        (2, "archive", 3),
        (1, "publish", 2),
    ):
        past.hours_ago = hours_ago
        past.step(step, number)
    kept = _check_deltas(engine, tmp_path)
    assert [(text.span, text.after, text.count) for text in kept.texts if text.view is View.PUBLIC] == [
        (None, None, 2),
        ("8h", 6, 2),
        ("24h", 4, 3),
        ("7d", 2, 3),
        ("31d", 2, 3),
    ]


def _check_deltas(engine: Engine, folder: Path) -> KeptSnapshot:
    kept = keep_snapshot(Policy(folder=folder, formats=(Format.PLAIN,), hours=0, kept=1), engine)
    with reading(engine) as connection:
        entries = entries_after(connection, 0, 1_000)
    for text in kept.texts:
        if text.after is not None:
            _check(Shelf(folder), kept, text, entries)
    return kept


def _check(shelf: Shelf, kept: KeptSnapshot, text: KeptText, entries: list[Entry]) -> None:
    delta = lines(shelf.place_of(kept, text.files[0]).read_bytes())
    assert text.after is not None
    for number in range(text.after, kept.position + 1):
        mirror = mirror_at(entries, text.view, number)
        applied(mirror, delta)
        assert (mirror.position, mirror.digest) == (kept.at, text.digest)
