"""Loading the demo into an empty registry, or going on with a load that was interrupted."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice

from sqlalchemy import Engine, func, select

from services.events.contracts.vocabulary import Actor, Origin
from services.events.log.append import system_clock
from services.events.log.reading import read_head
from services.problems import Conflict
from services.registry.bulk import Step, store_new
from services.registry.demo.ecosystem import DEFAULT_ORGANISATIONS, DEFAULT_SEED, generate_lives
from services.registry.demo.lives import Life
from services.registry.demo.resume import day_begun, skip_loaded
from services.registry.tables import organisation
from services.registry.transaction import Transaction
from services.registry.unit import Author, Unit

BATCH = 1_000
"""Lives a transaction: each takes one range of positions, and memory holds one batch."""
_AUTHOR = Author(Actor.OPERATOR, Origin.DEMO)
Progress = Callable[[int, int], None]
"""Called with how many organisations are committed, and of how many."""


class RegistryNotEmpty(Conflict):
    """The registry has something else than the beginning of this demo: they would mix, and not come apart again."""

    title = "The registry is not empty"


def load_demo(
    engine: Engine,
    organisations: int | None = None,
    seed: int = DEFAULT_SEED,
    progress: Progress = lambda _done, _total: None,
    on: date | None = None,
) -> int:
    """Write the demo in batches and give back how many organisations it has; `on` is the day it is made for, today.

    Interrupted, it leaves whole batches; called again with the same arguments it goes on after them. Raises
    RegistryNotEmpty, before anything is written, where the registry has something else or the whole demo, and
    ValueError for a number of organisations out of range.
    """
    total = organisations or DEFAULT_ORGANISATIONS
    day = on or day_begun(engine) or datetime.now(UTC).date()
    batches = _batches(generate_lives(organisations, seed, day))
    with _collector_at_rest():
        done = _done_before(engine, batches, total)
        progress(done, total)
        for batch in batches:
            done += _write(engine, batch)
            progress(done, total)
    return done


def _batches(lives: Iterator[Life]) -> Iterator[list[Life]]:
    while batch := list(islice(lives, BATCH)):
        yield batch


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """No search for cycles meanwhile: documents have none, and it takes a third of the time. Memory stays flat."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _done_before(engine: Engine, batches: Iterator[list[Life]], total: int) -> int:
    """How many organisations an interrupted load has written; their batches are taken. Raises RegistryNotEmpty."""
    with engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(organisation)).scalar_one()
        position = read_head(connection).position
    # One that has as many, as after each complete load, need not be compared.
    if found < total and skip_loaded(engine, batches, position.number) == found:
        return int(found)
    raise RegistryNotEmpty(
        f"The registry has {found} organisations and its log stands at {position}. The demo is loaded into an empty "
        "registry, or one with the beginning of the same demo: name another DWR_DATABASE_URL or DWR_DATA_DIR."
    )


def _write(engine: Engine, batch: list[Life]) -> int:
    with engine.begin() as connection:
        transaction = Transaction(connection)
        stored = store_new(Unit(transaction, system_clock(), _AUTHOR), _steps(batch))
        transaction.flush()
    return stored


def _steps(batch: list[Life]) -> Iterator[Step]:
    return (step for life in batch for step in life)
