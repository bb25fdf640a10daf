"""Positions 1..N without a gap, versions in order, nothing acknowledged lost: with racing writers and a kill."""

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from random import Random

import pytest
from sqlalchemy import Engine, select

from services.events.contracts.entries import Entry, Subject
from services.problems import Conflict
from services.registry.unit import Unit
from services.registry.writer import Writer
from tests.log.checking import check_log
from tests.log.writing import STATE, change, random_work, state, writing

WRITERS, CALLERS, COMMANDS = 3, 4, 25


def jumping_clock(seed: int) -> Callable[[], int]:
    """A clock that goes on, stands still, and jumps back an hour."""
    random = Random(seed)  # noqa: S311 - no secret
    now = 1_790_000_000_000

    def tell() -> int:
        nonlocal now
        now += random.choice([0, 0, 1, 50, 3_600_000, -3_600_000])
        return now

    return tell


def _race(writers: list[Writer], seed: int) -> list[int]:
    """Every writer with several callers, each with commands of which some fail; the acknowledged positions."""
    acknowledged: list[int] = []

    def call(writer: Writer, number: int) -> None:
        random = Random(f"{seed}-{number}")  # noqa: S311 - no secret
        for _ in range(COMMANDS):
            try:
                acknowledged.extend(writer.run_blocking(random_work(random)))
            except Conflict:
                continue

    threads = [
        threading.Thread(target=call, args=(writer, index * CALLERS + number))
        for index, writer in enumerate(writers)
        for number in range(CALLERS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return acknowledged


def _check(engine: Engine) -> list[Entry]:
    """The log keeps its promises, and tells of exactly the state that was written with it."""
    entries = check_log(engine)
    told = {entry.subject.id: entry.document for entry in entries}
    with engine.connect() as connection:
        kept = {row.id: state(row.value).public for row in connection.execute(select(STATE))}
    assert kept == {subject: document for subject, document in told.items() if document is not None}
    return entries


@pytest.mark.parametrize("seed", [1, 2])
def test_racing_writers_leave_no_gap_and_lose_nothing(database_url: str, engine: Engine, seed: int) -> None:
    STATE.create(engine)
    with ExitStack() as stack:
        clocks = [jumping_clock(seed + number) for number in range(WRITERS)]
        writers = [stack.enter_context(writing(database_url, clock)) for clock in clocks]
        acknowledged = _race(writers, seed)

    entries = _check(engine)
    assert sorted(acknowledged) == [entry.position.number for entry in entries]
    assert len(entries) > WRITERS * CALLERS * COMMANDS // 2


def test_a_killed_process_leaves_no_gap_and_what_it_was_told_is_kept(database_url: str, engine: Engine) -> None:
    STATE.create(engine)
    acknowledged: list[int] = []
    with writing(database_url) as writer:
        for kill in range(3):
            acknowledged += _race_with_a_process_that_is_killed(database_url, writer, kill)

    entries = _check(engine)
    assert len(acknowledged) == len(set(acknowledged))
    assert set(acknowledged) <= {entry.position.number for entry in entries}
    # At most the command of three changes that was under way at each kill was kept without being told.
    assert len(entries) - len(acknowledged) <= 3 * 3


def _race_with_a_process_that_is_killed(url: str, writer: Writer, number: int) -> list[int]:
    """The positions that both were told: the killed one by its output, up to the last whole line."""
    command = [sys.executable, "-m", "tests.log.writing", url, str(number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(20)]
        told += _race([writer], number)
        process.kill()
        told += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    return told + writer.run_blocking(_going_on)


def _going_on(unit: Unit) -> list[int]:
    """After the kill writers go on as before."""
    return [change(unit, Subject("organisation", "org-after"), 1).position.number]
