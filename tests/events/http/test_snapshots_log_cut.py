"""A log whose old entries are gone: who stands before the rest is told which snapshot to load."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from services.database import open_engine, reading
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from services.events.following.follower import Follower
from services.events.log.cutting import cut_before
from services.events.log.problems import PositionExpired
from services.events.log.reading import entries_after, read_head
from services.events.log.tables import log_entry
from services.events.retention import Cut, cut_log
from services.events.snapshots.current import CurrentSnapshot
from services.events.snapshots.shelf import Shelf
from services.events.tables import relay_dead_letter, relay_slot
from services.events.verifying.log_state import LogTables
from services.events.verifying.log_tables import missing_positions
from tests.events.entries import Ecosystem
from tests.events.following.model import Mirror
from tests.events.http.snapshots import STEPS, Past, keep, lines
from tests.events.service import Service
from tests.support.waiting import eventually

FEED = "/events/v1/feed"
KEPT_DAYS = 10


@pytest.fixture
def past(ecosystem: Ecosystem, service: Service) -> Past:
    """Organisations 1 to 4 of 30 days ago, changed 20 days ago, a kept snapshot of then, and later changes."""
    past = Past(ecosystem.engine, ecosystem.signal)
    past.hours_ago = 24 * 30
    past.fill(4)
    past.hours_ago = 24 * 20
    past.publish(1, size_class="small")
    past.publish(1, size_class="micro")
    past.archive(2)
    keep(service, past)
    past.hours_ago = 1
    past.publish(1, size_class="large")
    past.publish(5)
    return past


def cut(service: Service, past: Past, kept_days: int = KEPT_DAYS) -> Cut:
    return cut_log(past.engine, Shelf(service.settings.effective_snapshots_dir), kept_days)


def kept_numbers(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return [entry.position.number for entry in entries_after(connection, 0, 100)]


def test_each_subject_keeps_its_last_entry_of_before(service: Service, past: Past) -> None:
    done = cut(service, past)
    assert (done.removed, done.first, done.held_by) == (2, 7, "the kept snapshot of position 1-7")
    assert kept_numbers(past.engine) == [2, 3, 4, 6, 7, 8, 9]
    assert cut(service, past).removed == 0


def test_who_stands_before_is_told_the_snapshot_to_load(
    client: httpx.Client, service: Service, past: Past, reader: dict[str, str]
) -> None:
    cut(service, past)
    for address in (FEED, f"{FEED}/stream"):
        answer = client.get(address, params={"after": "1-5"})
        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (410, "/problems/position-expired")
        assert (problem["first"], problem["asked"]) == ("1-7", "1-5")
        assert problem["snapshot"] == "/events/v1/snapshots/1-7/public.ndjson.gz"
    assert client.get(f"{FEED}/stream", headers={"Last-Event-ID": "1-5"}).status_code == 410
    assert client.get(FEED).status_code == 410
    internal = client.get(FEED, params={"after": "1-5", "view": "internal"}, headers=reader).json()
    assert client.get(internal["snapshot"], headers=reader).status_code == 200
    assert client.get(problem["snapshot"]).headers["DWR-Position"] == "1-7"
    assert [event["data"]["position"] for event in client.get(FEED, params={"after": "1-7"}).json()["events"]] == [8, 9]
    assert client.get(FEED, params={"after": "1-6"}).json()["events"][0]["data"]["position"] == 7


def test_where_none_is_kept_it_is_the_one_of_now(client: httpx.Client, past: Past) -> None:
    cut_before(past.engine, 9)
    problem = client.get(FEED, params={"after": "1-5"}).json()
    assert problem["snapshot"] == "/events/v1/snapshots/current"
    assert lines(client.get(problem["snapshot"]).content)[0]["position"] == 9


def test_a_kept_one_that_nobody_can_follow_from_is_not_offered(client: httpx.Client, past: Past) -> None:
    cut_before(past.engine, 9)
    assert client.get("/events/v1/snapshots").json()["kept"] == []


def test_a_reader_that_was_away_too_long_loads_a_snapshot(service: Service, past: Past) -> None:
    mirror = Mirror(View.INTERNAL)
    with reading(past.engine) as connection:
        mirror.position = Position(1, 0)
        mirror.apply(entries_after(connection, 0, 3))
    cut(service, past)
    source = DatabaseSource(past.engine, past.signal, poll_seconds=0.1)
    follower = Follower(source, source, mirror, "mirror")
    follower.start()
    eventually(lambda: str(mirror.position) == "1-9")
    follower.stop()
    with reading(past.engine) as connection:
        assert mirror.digest == read_head(connection).digests[View.INTERNAL]
    assert mirror.snapshots == 1


def test_nothing_goes_unless_a_setting_says_so(service: Service, past: Past) -> None:
    done = cut(service, past, kept_days=0)
    assert (done.removed, done.first) == (0, 1)
    assert "DWR_LOG_KEPT_DAYS" in done.held_by


def test_nothing_goes_while_no_snapshot_is_kept(past: Past, tmp_path_factory: pytest.TempPathFactory) -> None:
    done = cut_log(past.engine, Shelf(tmp_path_factory.mktemp("empty")), KEPT_DAYS)
    assert (done.removed, done.held_by) == (0, "that no snapshot is kept")


def test_young_entries_stay(service: Service, past: Past) -> None:
    done = cut(service, past, kept_days=25)
    assert (done.first, "younger" in done.held_by) == (5, True)


def test_the_command_says_what_went_and_what_needs_the_rest(service: Service, past: Past) -> None:
    environment = {"DWR_DATA_DIR": str(service.settings.data_dir), "DWR_LOG_KEPT_DAYS": str(KEPT_DAYS)}
    done = subprocess.run(
        [sys.executable, "-m", "services.cli", "cut-log"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told = "2 entries went; from 7 on every one is kept because of the kept snapshot of position 1-7."
    assert told in done.stdout + done.stderr
    assert kept_numbers(past.engine)[0] == 2


def test_what_kafka_does_not_have_yet_stays(service: Service, past: Past) -> None:
    slot = {"slots": 1, "slot": 0, "generation": 1, "position": 5, "epoch": 1, "expires_ms": 0}
    with past.engine.begin() as connection:
        connection.execute(insert(relay_slot).values(**slot))
    done = cut(service, past)
    assert (done.first, "relay" in done.held_by) == (6, True)


def test_what_kafka_refused_stays(service: Service, past: Past) -> None:
    letter = {"topic": "changes", "generation": 1, "event_id": "", "event": "", "subject_kind": "", "subject_id": ""}
    with past.engine.begin() as connection:
        rest = {"position": 5, "bytes": 1, "reason": "too large", "failed_ms": 0}
        connection.execute(insert(relay_dead_letter).values(**letter, **rest))
    done = cut(service, past)
    assert (done.first, done.held_by) == (5, "a dead letter")


def test_writers_go_on_while_it_is_cut(engine: Engine) -> None:
    ecosystem = Ecosystem(engine)
    ecosystem.fill(3_000)
    ecosystem.fill(3_000)
    with _writing(ecosystem) as written:
        assert cut_before(engine, 5_500) == 2_499
    assert written
    assert missing_positions(engine) == 0
    with reading(engine) as connection:
        numbers = connection.execute(select(log_entry.c.position).where(log_entry.c.position >= 5_500)).scalars().all()
    assert sorted(numbers) == list(range(5_500, 6_001 + len(written)))


@contextmanager
def _writing(ecosystem: Ecosystem) -> Iterator[list[Any]]:
    written: list[Any] = []
    over = threading.Event()

    def write() -> None:
        while not over.is_set() or not written:
            written.append(ecosystem.publish(len(written) + 1, size_class="micro"))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        over.set()
        thread.join()


TAKEN = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 4)), max_size=12)


@settings(max_examples=40)
@given(first=TAKEN, cuts=st.lists(st.integers(1, 16), min_size=1, max_size=3), then=TAKEN)
def test_every_state_from_there_on_stays_what_it_was(
    first: list[tuple[str, int]],
    cuts: list[int],
    then: list[tuple[str, int]],
    tmp_path_factory: pytest.TempPathFactory,
    empty_log: bytes,
) -> None:
    file = tmp_path_factory.mktemp("cut") / "registry.sqlite"
    file.write_bytes(empty_log)
    engine = open_engine(f"sqlite:///{file}")
    past = Past(engine)
    past.fill(2)
    for steps in (first, then):
        for step, number in steps:
            past.step(step, number)
        before = _states(engine)
        snapshot = list(CurrentSnapshot(engine, View.INTERNAL).lines())
        for cut_at in cuts:
            cut_before(engine, min(cut_at, max(before)))
        assert _states(engine) == {at: told for at, told in before.items() if at >= _first(engine) - 1}
        assert list(CurrentSnapshot(engine, View.INTERNAL).lines()) == snapshot
        assert missing_positions(engine) == 0
    engine.dispose()


def _first(engine: Engine) -> int:
    with reading(engine) as connection:
        return read_head(connection).first


def _states(engine: Engine) -> dict[int, Any]:
    """The digests at every position that can still be told, and the subjects with their hashes there."""
    with reading(engine) as connection:
        last = read_head(connection).position.number
    found = {}
    for number in range(last + 1):
        tables = LogTables(engine, View.INTERNAL)
        try:
            with tables.hashes(at=Position(1, number)) as holding:
                subjects = sorted((str(held.subject), held.hash) for held in holding.subjects)
            found[number] = (holding.digest, subjects)
        except PositionExpired:
            assert number < _first(engine) - 1
    return found
