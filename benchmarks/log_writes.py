"""Durable log writes per second through the group-commit writer, as a ratio to a transaction for each.

    python -m benchmarks.log_writes                                        # a SQLite file
    python -m benchmarks.log_writes --database-url postgresql://…          # PostgreSQL, in a database of its own
    python -m benchmarks.log_writes --seconds 5 --callers 1 16 128 512

"bare" is the least that a driver can do for a durable change: update a row, insert a row, commit, in a loop on
one connection. "pgbench" is the same by PostgreSQL's own program, with as many clients as serve it best: the ratios are
to it where it is there. "entries" appends log entries alone, "changes" carries out real merge patches on real
documents. Compare ratios, not figures: machines differ, and the disk's flush decides both.
"""

import argparse
import asyncio
import itertools
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sqlalchemy import Engine, text

from benchmarks.pgbench import best_rate
from services.database import migrate, open_engine
from services.events.contracts.catalogue import ORGANISATION, Event
from services.events.contracts.entries import Subject
from services.events.contracts.organisation import Content
from services.events.contracts.vocabulary import Actor, Origin
from services.events.log.drafts import Draft, State
from services.events.log.signal import LogSignal
from services.registry.commands import ChangeOrganisation, RegisterOrganisation
from services.registry.handlers.changes import change_organisation
from services.registry.handlers.registration import register_organisation
from services.registry.routes.examples import COMPANY
from services.registry.writer import Writer
from services.settings import Settings

Call = Callable[[int], Coroutine[Any, Any, object]]
_BARE = (
    "UPDATE bare_head SET position = position + 1",
    "INSERT INTO bare_entry SELECT position, '<document>' FROM bare_head".replace("<document>", "x" * 900),
)


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder, _database(arguments.database_url, folder) as opened:
        settings, engine = opened
        print(f"{engine.dialect.name}, {_durability(engine)}")
        print(f"{'what':<10}{'callers':>8}{'per second':>12}{'ratio':>8}{'p50 ms':>9}{'p99 ms':>9}")
        each = _one_transaction_each(engine, arguments)
        for name, calls in (("entries", _entries), ("changes", _changes)):
            for callers in arguments.callers:
                with _writing(settings, engine) as writer:
                    rate, took = asyncio.run(_measure(calls(writer, callers), callers, arguments.seconds))
                times = f"{1000 * median(took):>9.1f}{1000 * quantiles(took, n=100)[98]:>9.1f}"
                print(f"{name:<10}{callers:>8}{rate:>12,.0f}{rate / each:>8.1f}{times}")


def _one_transaction_each(engine: Engine, arguments: argparse.Namespace) -> float:
    """The best rate of who commits each change for itself."""
    bare = _bare(engine, arguments.seconds)
    found = best_rate(engine, arguments.database_url, arguments.seconds) if arguments.database_url else None
    best, clients = found or (bare, 1)
    print(f"{'bare':<10}{1:>8}{bare:>12,.0f}{bare / best:>8.1f}")
    if found:
        print(f"{'pgbench':<10}{clients:>8}{best:>12,.0f}{1:>8.1f}")
    return best


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database-url", default="", help="an empty database; none means a SQLite file")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each line is measured")
    parser.add_argument("--callers", type=int, nargs="+", default=[1, 16, 128])
    return parser.parse_args()


@contextmanager
def _database(url: str, folder: str) -> Iterator[tuple[Settings, Engine]]:
    settings = Settings(data_dir=Path(folder), database_url=url)
    migrate(settings.effective_database_url)
    engine = open_engine(settings.effective_database_url)
    yield settings, engine
    engine.dispose()


def _durability(engine: Engine) -> str:
    setting = "PRAGMA synchronous" if engine.dialect.name == "sqlite" else "SHOW fsync"
    with engine.connect() as connection:
        return f"{setting.lower()}: {connection.execute(text(setting)).scalar_one()}"


def _bare(engine: Engine, seconds: float) -> float:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bare_head (position BIGINT NOT NULL)"))
        connection.execute(text("CREATE TABLE bare_entry (position BIGINT PRIMARY KEY, document TEXT NOT NULL)"))
        connection.execute(text("INSERT INTO bare_head VALUES (0)"))
    # psycopg opens the transaction by itself; SQLite is left in autocommit by `services.database`.
    statements = (("BEGIN IMMEDIATE",) if engine.dialect.name == "sqlite" else ()) + _BARE
    raw = engine.raw_connection()
    cursor, done, end = raw.cursor(), 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        for statement in statements:
            cursor.execute(statement)
        raw.commit()
        done += 1
    raw.close()
    return done / seconds


@contextmanager
def _writing(settings: Settings, engine: Engine) -> Iterator[Writer]:
    writer = Writer(settings, engine, LogSignal())
    writer.start()
    yield writer
    writer.stop()


async def _measure(call: Call, callers: int, seconds: float) -> tuple[float, list[float]]:
    """Calls a second and how long each took, each caller making its next one when it has the answer of the last."""
    began = time.perf_counter()
    took: list[float] = []

    async def go_on(caller: int) -> None:
        asked = time.perf_counter()
        while asked < began + seconds:
            await call(caller)
            answered = time.perf_counter()
            took.append(answered - asked)
            asked = answered

    await asyncio.gather(*(go_on(caller) for caller in range(callers)))
    return len(took) / (time.perf_counter() - began), took


def _entries(writer: Writer, callers: int) -> Call:
    state = State({"text": "x" * 800})

    async def append(caller: int) -> None:
        identifier = f"bench-{callers}-{caller}"
        draft = Draft(Event.CHANGED, Subject(ORGANISATION, identifier), state, state, Origin.DEMO, Actor.SYSTEM)
        await writer.run(lambda unit: unit.log.append(draft), about=[identifier])

    return append


def _changes(writer: Writer, callers: int) -> Call:
    content = Content.model_validate(COMPANY | {"enterprise_numbers": []})
    command = RegisterOrganisation(content=content, check_duplicates=False)
    ids = [
        writer.run_blocking(lambda unit: register_organisation(unit, command)).organisation.id for _ in range(callers)
    ]
    texts = (f"Description {number}" for number in itertools.count())

    async def change(caller: int) -> None:
        command = ChangeOrganisation(id=ids[caller], patch={"short_description": {"en": next(texts)}})
        await writer.run(lambda unit: change_organisation(unit, command), about=[command.id])

    return change


if __name__ == "__main__":
    main()
