"""The slots that this relay works on: a lease each, with an epoch and with the mark of what Kafka has."""

import os
import secrets
import socket
import time
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from sqlalchemy import Connection, Engine, Row, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from services.database import dump_json, reading
from services.events.contracts.position import Position
from services.events.relay.clock import Clock, Watched, database_clock
from services.events.relay.members import Members
from services.events.tables import relay_slot

RENEWALS = 6
"""How often a lease is renewed in its time."""

log = structlog.get_logger(__name__)


class LeaseLost(Exception):  # noqa: N818 - an ordinary thing to happen
    """Another relay took a slot over, or this one did not renew in time."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A slot that this relay has from now on."""

    slot: int
    mark: Position
    topics: Mapping[str, str] | None
    """Ids of the topics that the mark is true of; none where that is not known."""


@dataclass(frozen=True, slots=True)
class Turnover:
    """What changed in whose slots are whose."""

    taken: list[Taken]
    surplus: int
    """How many slots are to be given back: another relay came."""


class Leases:
    """The right to publish slots, for `seconds` from each renewal on.

    It spares repetitions, no more: two relays that both believe to have a slot both publish its entries in order, each
    from a mark on that is acknowledged whole. So whatever one of them still has in flight repeats what the other
    published or is the next entry, and a reader that drops what it has sees every entry once and in order.

    A lease ends by the database's clock for others and, from before each renewal, by this process's monotonic clock for
    itself, so that a clock that is set forward or back makes nobody publish longer than he may.
    """

    def __init__(self, engine: Engine, slots: int, seconds: float, clock: Clock = database_clock) -> None:
        self.owner = f"{socket.gethostname()[:30]}/{os.getpid()}/{secrets.token_hex(4)}"
        self.slots = slots
        self.seconds = seconds
        self._engine = engine
        self._clock = clock
        self._members = Members(self.owner, slots, seconds)
        self._watched = Watched(seconds)
        self._held: set[int] = set()
        self._renewed = self._joined = float("-inf")
        self._others_told = False

    @property
    def age(self) -> float:
        """Seconds since the last renewal."""
        return time.monotonic() - self._renewed

    @property
    def seconds_left(self) -> float:
        """How long this process may still publish without renewing."""
        return self.seconds - self.age

    def share(self) -> Turnover:
        """Take free slots up to the fair share of this relay, and live on."""
        if self._is_settled():
            return Turnover([], 0)
        self._provide_slots()
        before = self._joined = time.monotonic()
        with self._engine.begin() as connection:
            now = self._clock(connection)
            self._members.live_on(connection, now)
            wanted = self._members.share(connection, now) - len(self._held)
            rows = connection.execute(select(relay_slot).order_by("slots", "slot").with_for_update()).all()
            self._look_at_others(connection, [row for row in rows if row.slots != self.slots], now)
            ours = [row for row in rows if row.slots == self.slots and row.slot not in self._held]
            free = [row for row in ours if self._is_free(row, now)][: max(0, wanted)]
            self._take(connection, free, now)
        if not self._held:
            self._renewed = before
        self._held |= {row.slot for row in free}
        return Turnover([_taken(row) for row in free], max(0, -wanted))

    def renew(self, marks: Mapping[int, Position]) -> None:
        """Move the marks of all slots that are held and hold the leases on. Raises LeaseLost when one is another's."""
        before = time.monotonic()
        with self._engine.begin() as connection:
            self._lock_held(connection)
            self._write(connection, marks, {"expires_ms": self._end(self._clock(connection))})
        self._renewed = before

    def begin_anew(self, marks: Mapping[int, Position], topics: Mapping[str, str]) -> None:
        """Move marks, mostly back, because these are the topics now. Raises LeaseLost."""
        with self._engine.begin() as connection:
            self._lock_held(connection)
            self._write(connection, marks, {"topics": dump_json(dict(topics))})

    def release(self, marks: Mapping[int, Position]) -> None:
        """Move the marks of these slots and let other relays take them at once. Raises LeaseLost."""
        with self._engine.begin() as connection:
            self._lock_held(connection)
            self._write(connection, marks, {"owner": None})
        self._held -= set(marks)

    def leave(self, marks: Mapping[int, Position]) -> None:
        """Release all slots, and take no share any more. Raises LeaseLost when one is another's already."""
        held, self._held = self._held, set()
        self._joined = float("-inf")
        with self._engine.begin() as connection:
            self._members.leave(connection)
            mine = {row.slot for row in self._rows_held(connection)}
            self._write(connection, {slot: marks[slot] for slot in held & mine}, {"owner": None})
        if not mine >= held:
            raise LeaseLost("another relay took over")

    def _is_settled(self) -> bool:
        """Whether nobody came or went, and this relay said lately that it lives: then nothing is to be written."""
        if time.monotonic() - self._joined > self.seconds / RENEWALS:
            return False
        with reading(self._engine) as connection:
            return self._members.share(connection, self._clock(connection)) == len(self._held)

    def _take(self, connection: Connection, rows: Collection[Row[Any]], now_ms: int) -> None:
        for row in rows:
            taken = {"owner": self.owner, "epoch": row.epoch + 1, "expires_ms": self._end(now_ms)}
            connection.execute(update(relay_slot).where(*_is(self.slots, [row.slot])).values(**taken))

    def _is_free(self, row: Row[Any], now_ms: int) -> bool:
        lease = (row.slots, row.slot, row.owner, row.epoch)
        return row.owner in {None, self.owner} or self._watched.is_over(lease, row.expires_ms, now_ms)

    def _lock_held(self, connection: Connection) -> None:
        if {row.slot for row in self._rows_held(connection)} != self._held:
            raise LeaseLost("another relay took over")

    def _rows_held(self, connection: Connection) -> Collection[Row[Any]]:
        if connection.dialect.name == "postgresql":
            # A mark that is lost with the server only repeats records: it need not wait for the disk.
            connection.execute(text("SET LOCAL synchronous_commit TO off"))
        mine = (relay_slot.c.slots == self.slots, relay_slot.c.owner == self.owner)
        return connection.execute(select(relay_slot.c.slot).where(*mine).order_by("slot").with_for_update()).all()

    def _write(self, connection: Connection, marks: Mapping[int, Position], values: Mapping[str, Any]) -> None:
        by_mark: dict[Position, list[int]] = defaultdict(list)
        for slot, mark in marks.items():
            by_mark[mark].append(slot)
        for mark, slots in by_mark.items():
            written = {"generation": mark.generation, "position": mark.number, **values}
            connection.execute(update(relay_slot).where(*_is(self.slots, slots)).values(**written))

    def _end(self, now_ms: int) -> int:
        return now_ms + int(self.seconds * 1000)

    def _provide_slots(self) -> None:
        """Make the rows of this number of slots, at the lowest mark of all there are: so nothing is passed over."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(relay_slot)).all()
        missing = set(range(self.slots)) - {row.slot for row in rows if row.slots == self.slots}
        if not missing:
            return
        lowest = min((Position(row.generation, row.position) for row in rows), default=Position(1, 0))
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(relay_slot), [_row(self.slots, slot, lowest) for slot in sorted(missing)])
        except IntegrityError:
            pass  # another relay was faster: the rows are there

    def _look_at_others(self, connection: Connection, others: Collection[Row[Any]], now_ms: int) -> None:
        """Forget another number of slots once nobody works on one; say so while somebody does."""
        live = [row for row in others if not self._is_free(row, now_ms)]
        if live and not self._others_told:
            log.warning("relays_differ_in_slots", ours=self.slots, theirs=live[0].slots, effect="records are repeated")
        elif others and not live:
            connection.execute(delete(relay_slot).where(relay_slot.c.slots != self.slots))
        self._others_told = bool(live)


def _is(slots: int, numbers: Collection[int]) -> tuple[Any, ...]:
    return relay_slot.c.slots == slots, relay_slot.c.slot.in_(numbers)


def _row(slots: int, slot: int, mark: Position) -> dict[str, Any]:
    position = {"generation": mark.generation, "position": mark.number}
    return {"slots": slots, "slot": slot, **position, "epoch": 0, "expires_ms": 0}


def _taken(row: Row[Any]) -> Taken:
    topics = None if row.topics is None else orjson.loads(row.topics)
    return Taken(row.slot, Position(row.generation, row.position), topics)
