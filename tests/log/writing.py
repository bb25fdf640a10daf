"""Writers that race: as threads of one process, and as a process that can be killed.

    python -m tests.log.writing DATABASE_URL NAME

writes until it is killed, and prints the position of each change that it was told was kept.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from sqlalchemy import Column, Integer, MetaData, String, Table, delete, insert, select

from services.database import open_engine
from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Entry, Subject
from services.events.contracts.vocabulary import Actor, Origin
from services.events.log.append import Clock, system_clock
from services.events.log.drafts import Draft, State
from services.events.log.signal import LogSignal
from services.problems import Conflict
from services.registry.unit import Unit
from services.registry.writer import Writer
from services.settings import Settings

SUBJECTS = 7


STATE = Table("test_state", MetaData(), Column("id", String(60), primary_key=True), Column("value", Integer))
"""The state that the log tells of: written in the same transactions, as the registry does with organisations."""


def change(unit: Unit, subject: Subject, value: int | None) -> Entry:
    """Give the subject a value, or take it out of the view."""
    of_this = STATE.c.id == subject.id
    before = unit.connection.execute(select(STATE.c.value).where(of_this)).scalar_one_or_none()
    unit.connection.execute(delete(STATE).where(of_this))
    if value is not None:
        unit.connection.execute(insert(STATE).values(id=subject.id, value=value))
    draft = Draft(Event.CHANGED, subject, state(before), state(value), Origin.DEMO, Actor.SYSTEM)
    return unit.log.append(draft)


def state(value: int | None) -> State:
    """What the log tells of a subject with this value."""
    return State(None) if value is None else State({"value": value, "kept": "x"}, {"half": value // 2})


def random_work(random: Random) -> Callable[[Unit], list[int]]:
    """One to three changes, after which one in four commands fails."""
    subjects = random.sample(range(SUBJECTS), random.randint(1, 3))
    values = [random.choice([None, random.randint(0, 100)]) for _ in subjects]
    fails = random.random() < 0.25

    def work(unit: Unit) -> list[int]:
        entries = [
            change(unit, Subject("organisation", f"org-{number}"), value)
            for number, value in zip(subjects, values, strict=True)
        ]
        if fails:
            raise Conflict("This command fails after it has written.")
        return [entry.position.number for entry in entries]

    return work


@contextmanager
def writing(url: str, clock: Clock = system_clock) -> Iterator[Writer]:
    """A writer with an engine of its own, as every process has."""
    engine = open_engine(url)
    writer = Writer(Settings(database_url=url, writer_batch_commands=5), engine, LogSignal(), clock)
    writer.start()
    yield writer
    writer.stop()
    engine.dispose()


def write_for_ever(url: str, name: str) -> None:
    """Write until killed; what was acknowledged is on standard output."""
    random = Random(name)  # noqa: S311 - no secret
    with writing(url) as writer:
        while True:
            try:
                positions = writer.run_blocking(random_work(random))
            except Conflict:
                continue
            sys.stdout.write("".join(f"{position}\n" for position in positions))
            sys.stdout.flush()


if __name__ == "__main__":
    write_for_ever(sys.argv[1], sys.argv[2])
