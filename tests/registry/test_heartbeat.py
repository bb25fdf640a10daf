"""The registry gives a sign of life in the log when nobody writes, and none when somebody does."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Entry
from services.events.log.reading import entries_after
from services.events.log.signal import LogSignal
from services.registry.heartbeat import Heartbeat
from services.registry.writer import Writer
from services.settings import Settings
from tests.log.checking import check_log
from tests.registry.test_writer import append
from tests.registry.world import Clock
from tests.support.waiting import eventually

SECONDS = 0.2


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def writer(database_url: str, engine: Engine, clock: Clock) -> Iterator[Writer]:
    made = Writer(Settings(database_url=database_url), engine, LogSignal(), clock)
    made.start()
    yield made
    made.stop()


def _entries(engine: Engine) -> list[Entry]:
    with engine.connect() as connection:
        return entries_after(connection, 0, 100)


def test_a_silent_log_gets_one_heartbeat_however_many_processes_write_it(
    writer: Writer, engine: Engine, clock: Clock
) -> None:
    hearts = [Heartbeat(writer, SECONDS) for _ in range(3)]
    for heart in hearts:
        heart.start()
    eventually(lambda: len(_entries(engine)) == 1)
    clock.go_on(milliseconds=round(SECONDS * 1000))
    eventually(lambda: len(_entries(engine)) == 2)
    for heart in hearts:
        heart.stop()
    assert [entry.event for entry in check_log(engine)] == [Event.HEARTBEAT] * 2


def test_a_log_that_is_written_has_none(writer: Writer, engine: Engine, clock: Clock) -> None:
    writer.run_blocking(append)
    looked = []

    def look() -> int:
        looked.append(clock.now_ms)
        return clock.now_ms

    watched = Writer(Settings(), engine, LogSignal(), look)
    watched.start()
    heart = Heartbeat(watched, SECONDS)
    heart.start()
    eventually(lambda: len(looked) > 2)
    heart.stop()
    watched.stop()
    assert [entry.event for entry in _entries(engine)] == [Event.CHANGED]
