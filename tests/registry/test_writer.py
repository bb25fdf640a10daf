"""The group-commit writer: each caller gets its own result, and a failing command leaves nothing."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import DBAPIError

from services.database import open_engine
from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Entry, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import Actor, Origin
from services.events.log.drafts import NOTHING, Draft, State
from services.events.log.reading import entries_after, read_head
from services.events.log.signal import LogSignal
from services.problems import Conflict, Unavailable
from services.registry.unit import Unit
from services.registry.writer import Writer
from services.settings import Settings
from services.telemetry.metrics import LOG_POSITION, REGISTRY
from tests.support.waiting import eventually


def append(unit: Unit, subject: str = "a") -> Entry:
    """A change about a subject."""
    after = State({"id": subject})
    return unit.log.append(
        Draft(Event.CHANGED, Subject("organisation", subject), NOTHING, after, Origin.DEMO, Actor.SYSTEM)
    )


@pytest.fixture
def settings(database_url: str) -> Settings:
    """A queue of four, two of which share a commit."""
    return Settings(database_url=database_url, writer_waiting_commands=4, writer_batch_commands=2)


@pytest.fixture
def signal() -> LogSignal:
    """Where commits are announced."""
    return LogSignal()


@pytest.fixture
def writer(settings: Settings, engine: Engine, signal: LogSignal) -> Iterator[Writer]:
    """A writer at work."""
    made = Writer(settings, engine, signal)
    made.start()
    yield made
    made.stop()


class Gate:
    """A command that holds the writer until it is opened."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._opened = threading.Event()

    def __call__(self, unit: Unit) -> int:
        """Wait inside the transaction."""
        self.reached.set()
        assert self._opened.wait(10)
        return append(unit).position.number

    def open(self) -> None:
        """Let it pass."""
        self._opened.set()


def _positions(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return [entry.position.number for entry in entries_after(connection, 0, 1_000)]


def test_each_caller_gets_its_own_result_after_the_commit(writer: Writer, engine: Engine) -> None:
    entry = writer.run_blocking(append)

    assert entry.position == Position(1, 1)
    assert _positions(engine) == [1]


def test_a_commit_is_announced_before_it_is_answered(writer: Writer, signal: LogSignal) -> None:
    position = writer.run_blocking(append).position

    signal.wait_beyond(Position(1, position.number - 1), 0)
    assert writer.run_blocking(lambda unit: unit.log.position) == position


def test_commands_of_one_batch_are_isolated(settings: Settings, engine: Engine) -> None:
    writer = Writer(settings, engine, LogSignal())

    def fail(unit: Unit) -> None:
        append(unit, "failed")
        unit.connection.execute(text("INSERT INTO registry_secret VALUES ('failed', 'x')"))
        raise Conflict("It was refused after it had written.")

    def break_the_transaction(unit: Unit) -> None:
        append(unit, "broken")
        unit.connection.execute(text("INSERT INTO registry_secret VALUES ('confirmation', 'twice')"))

    works: list[Callable[[Unit], object]] = [fail, append, break_the_transaction, append]
    errors = _together(writer, works)
    writer.stop()

    assert [type(error).__name__ for error in errors] == ["Conflict", "NoneType", "IntegrityError", "NoneType"]
    assert _positions(engine) == [1, 2]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM registry_secret")).scalar_one() == 1
        assert {entry.subject.id for entry in entries_after(connection, 0, 10)} == {"a"}


def test_a_command_that_spoils_the_commit_is_answered_alone(settings: Settings, engine: Engine) -> None:
    writer = Writer(settings.model_copy(update={"writer_batch_commands": 10}), engine, LogSignal())

    def spoil(unit: Unit) -> None:
        append(unit, "x" * 5_000 + "\x00")

    def refuse_spoilt(_c: object, _cursor: object, _s: str, parameters: object, *_rest: object) -> None:
        if "\\x00" in str(parameters) or "\\u0000" in str(parameters):
            raise ValueError("this cannot be written")

    event.listen(engine, "before_cursor_execute", refuse_spoilt)
    errors = _together(writer, [append, spoil, append])
    event.remove(engine, "before_cursor_execute", refuse_spoilt)
    writer.stop()

    assert [type(error) for error in errors] == [type(None), ValueError, type(None)]
    assert _positions(engine) == [1, 2]


def _together(writer: Writer, works: list[Callable[[Unit], object]]) -> list[BaseException | None]:
    """Let the works share a batch; the errors that their callers got."""
    with ThreadPoolExecutor(len(works)) as pool:
        waiting = [pool.submit(writer.run_blocking, work) for work in works]
        eventually(lambda: len(writer._waiting) == len(works))  # noqa: SLF001 - they must share a batch
        writer.start()
        return [future.exception() for future in waiting]


def test_a_refusal_that_wrote_nothing_does_not_make_the_others_run_again(settings: Settings, engine: Engine) -> None:
    writer = Writer(settings.model_copy(update={"writer_batch_commands": 10}), engine, LogSignal())
    runs: list[str] = []

    def work(unit: Unit) -> None:
        runs.append("work")
        append(unit)

    def refuse(unit: Unit) -> None:
        runs.append("refuse")
        unit.connection.execute(text("SELECT count(*) FROM organisation"))
        raise Conflict("It was refused before it had written.")

    errors = _together(writer, [work, refuse, work])
    writer.stop()

    assert sorted(type(error).__name__ for error in errors) == ["Conflict", "NoneType", "NoneType"]
    assert sorted(runs) == ["refuse", "work", "work"]
    assert _positions(engine) == [1, 2]


def test_a_failing_statement_of_one_command_is_its_own_affair(settings: Settings, engine: Engine) -> None:
    writer = Writer(settings.model_copy(update={"writer_batch_commands": 10}), engine, LogSignal())

    def misread(unit: Unit) -> None:
        unit.connection.execute(text("SELECT * FROM no_such_table"))

    def hide(unit: Unit) -> None:
        with suppress(DBAPIError):
            misread(unit)

    errors = _together(writer, [append, misread, hide, append])
    writer.stop()

    told = sorted(type(error).__name__ for error in errors)
    assert told[:2] == ["NoneType", "NoneType"]
    assert {"NoneType", "RuntimeError"} < set(told)
    assert _positions(engine) == [1, 2]


def test_where_the_log_stands_is_measured_from_the_start(settings: Settings, engine: Engine, writer: Writer) -> None:
    writer.run_blocking(append)
    LOG_POSITION.set(0)
    other = Writer(settings, engine, LogSignal())
    other.start()
    other.stop()

    assert REGISTRY.get_sample_value("dwr_log_position") == 1


def test_a_writer_starts_without_its_database(settings: Settings, empty_database_url: str) -> None:
    engine = open_engine(empty_database_url)
    writer = Writer(settings, engine, LogSignal())
    writer.start()
    writer.stop()
    engine.dispose()


def test_callers_whose_loop_has_ended_do_not_stop_the_writer(writer: Writer, engine: Engine) -> None:
    gate = Gate()

    async def leave() -> None:
        asyncio.ensure_future(writer.run(gate))  # noqa: RUF006 - nobody waits for it
        await asyncio.to_thread(gate.reached.wait, 10)

    asyncio.run(leave())
    gate.open()

    assert writer.run_blocking(append).position.number == 2
    assert _positions(engine) == [1, 2]


def test_a_full_queue_refuses_at_once_and_says_when_to_come_back(writer: Writer) -> None:
    gate = Gate()
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(writer.run_blocking, gate)
        assert gate.reached.wait(10)
        others = [pool.submit(writer.run_blocking, append) for _ in range(4)]
        eventually(lambda: len(writer._waiting) == 4)  # noqa: SLF001 - the queue must be full
        with pytest.raises(Unavailable) as refused:
            writer.run_blocking(append)
        gate.open()
        assert first.result() == 1
        assert sorted(future.result().position.number for future in others) == [2, 3, 4, 5]
    assert refused.value.headers["Retry-After"] == "1"


def test_a_stopping_writer_finishes_what_waits_and_takes_no_more(
    settings: Settings, engine: Engine, signal: LogSignal
) -> None:
    writer, gate = Writer(settings, engine, signal), Gate()
    writer.start()
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(writer.run_blocking, gate)
        assert gate.reached.wait(10)
        others = [pool.submit(writer.run_blocking, append) for _ in range(3)]
        eventually(lambda: len(writer._waiting) == 3)  # noqa: SLF001 - they must wait
        stopping = pool.submit(writer.stop)
        eventually(lambda: writer._stopping)  # noqa: SLF001 - it must have begun
        with pytest.raises(Unavailable):
            writer.run_blocking(append)
        gate.open()
        stopping.result(10)
        assert first.result() == 1
        assert sorted(future.result().position.number for future in others) == [2, 3, 4]


def test_a_writer_that_never_started_stops(settings: Settings, engine: Engine) -> None:
    Writer(settings, engine, LogSignal()).stop()


def test_a_caller_that_went_away_before_its_turn_writes_nothing(writer: Writer, engine: Engine) -> None:
    gate = Gate()

    async def go() -> None:
        first = asyncio.ensure_future(writer.run(gate))
        await asyncio.to_thread(gate.reached.wait, 10)
        gone = asyncio.ensure_future(writer.run(append))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        gate.open()
        assert await first == 1

    asyncio.run(go())
    assert writer.run_blocking(append).position.number == 2
    assert _positions(engine) == [1, 2]


def test_a_lost_database_is_told_and_the_writer_goes_on_when_it_is_back(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    writer = Writer(Settings(database_url=postgresql_url), engine, LogSignal())
    writer.start()

    def lose(unit: Unit) -> None:
        append(unit, "lost")
        killing = open_engine(postgresql_url)
        with killing.connect() as other:
            kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            other.execute(text(f"{kill} AND datname = current_database()"))
        killing.dispose()
        unit.connection.execute(text("SELECT 1"))

    with pytest.raises(Unavailable) as told:
        writer.run_blocking(lose)
    position = writer.run_blocking(append).position
    writer.stop()
    engine.dispose()

    assert "Idempotency-Key" in told.value.detail
    assert position == Position(1, 1)


def test_other_processes_are_notified_on_postgresql(postgresql_url: str) -> None:
    engine, listening = open_engine(postgresql_url), open_engine(postgresql_url)
    writer = Writer(Settings(database_url=postgresql_url), engine, LogSignal())
    writer.start()
    with listening.connect() as connection:
        raw = connection.execution_options(isolation_level="AUTOCOMMIT").connection.driver_connection
        assert raw is not None
        raw.execute("LISTEN dwr_log")
        position = writer.run_blocking(append).position
        (notified,) = list(raw.notifies(timeout=10, stop_after=1))
        assert (notified.channel, notified.payload) == ("dwr_log", str(position))
        assert read_head(connection).position == position
    writer.stop()
    for opened in (engine, listening):
        opened.dispose()
