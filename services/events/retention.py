"""How much of the log is kept: what is old, is in a kept snapshot, and was handed to Kafka, may go."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from services.database import reading
from services.events.contracts.position import Position
from services.events.log.append import system_clock
from services.events.log.cutting import cut_before
from services.events.log.reading import Head, last_shared, read_head
from services.events.log.times import position_at
from services.events.snapshots.histories import offered
from services.events.snapshots.shelf import Shelf
from services.events.tables import relay_dead_letter, relay_slot

_DAY_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Bound:
    """Something that needs every entry from a position on."""

    first: int
    what: str


@dataclass(frozen=True, slots=True)
class Cut:
    """What became of the log."""

    removed: int
    """Entries that went."""
    first: int
    """From this position on every entry is kept."""
    held_by: str
    """What needs the entries from there on."""


def cut_log(engine: Engine, shelf: Shelf, kept_days: int) -> Cut:
    """Take entries out of the log that are older than so many days and that nobody needs; 0 days for none.

    To be called by who is alone on the shelf. A snapshot must be kept from which readers can go on that come too late.
    """
    with reading(engine) as connection:
        head = read_head(connection)
        bound = min(_bounds(connection, head, shelf, kept_days), key=lambda bound: bound.first)
    if bound.first <= head.first:
        return Cut(0, head.first, bound.what)
    return Cut(cut_before(engine, bound.first), bound.first, bound.what)


def _bounds(connection: Connection, head: Head, shelf: Shelf, kept_days: int) -> Iterator[Bound]:
    yield _age(connection, kept_days)
    yield _oldest_snapshot(connection, shelf)
    for mark in connection.execute(select(relay_slot.c.generation, relay_slot.c.position)):
        acknowledged = min(mark.position, last_shared(connection, mark.generation, head))
        yield Bound(acknowledged + 1, "what the relay has not handed to Kafka yet")
    refused = connection.execute(select(func.min(relay_dead_letter.c.position))).scalar()
    if refused is not None:
        yield Bound(refused, "a dead letter")


def _age(connection: Connection, kept_days: int) -> Bound:
    if not kept_days:
        return Bound(1, "DWR_LOG_KEPT_DAYS, which is 0: everything is kept")
    oldest = position_at(connection, system_clock() - kept_days * _DAY_MS) or Position(1, 0)
    return Bound(oldest.number + 1, f"DWR_LOG_KEPT_DAYS, {kept_days}: they are younger")


def _oldest_snapshot(connection: Connection, shelf: Shelf) -> Bound:
    kept = offered(connection, shelf.kept())
    if not kept:
        return Bound(1, "that no snapshot is kept")
    return Bound(kept[-1].position, f"the kept snapshot of position {kept[-1].at}")
