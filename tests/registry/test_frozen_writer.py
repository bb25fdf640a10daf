"""A process that is stopped in the midst of a write: PostgreSQL takes its transaction back, and others write on."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from services.database import open_engine
from services.events.contracts.position import Position
from services.events.log.signal import LogSignal
from services.problems import Unavailable
from services.registry.unit import Unit
from services.registry.writer import Writer
from services.settings import Settings
from tests.registry.test_writer import append


@pytest.fixture
def engines(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Engine, Engine]]:
    """Of two processes; they may hesitate for a second."""
    monkeypatch.setattr("services.database.IDLE_SECONDS", 1)
    first, second = open_engine(postgresql_url), open_engine(postgresql_url)
    yield first, second
    first.dispose()
    second.dispose()


class Frozen:
    """A command that is stopped until the other process has written."""

    def __init__(self) -> None:
        self.stopped, self.goes_on = threading.Event(), threading.Event()

    def __call__(self, unit: Unit) -> int:
        self.stopped.set()
        assert self.goes_on.wait(20)
        return append(unit).position.number


def test_a_writer_that_is_stopped_in_a_transaction_keeps_no_other_from_writing(engines: tuple[Engine, Engine]) -> None:
    writers = [Writer(Settings(), engine, LogSignal()) for engine in engines]
    for writer in writers:
        writer.start()
    frozen, outcomes = Frozen(), list[Exception | int]()
    waiting = threading.Thread(target=lambda: outcomes.append(outcome_of(writers[0], frozen)))
    waiting.start()
    assert frozen.stopped.wait(10)
    assert writers[1].run_blocking(append).position == Position(1, 1)
    frozen.goes_on.set()
    waiting.join()
    assert isinstance(outcomes[0], Unavailable)
    assert writers[0].run_blocking(append).position == Position(1, 2)
    for writer in writers:
        writer.stop()


def outcome_of(writer: Writer, work: Frozen) -> Exception | int:
    try:
        return writer.run_blocking(work)
    except Unavailable as problem:
        return problem
