"""One relay at a time: a lease in the `relay` row, which also keeps the mark (last position acknowledged)."""

import os
import secrets
import socket
import time

from sqlalchemy import Connection, Engine, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from services.events.contracts.position import Position
from services.events.tables import relay

NAME = "kafka"


class LeaseLost(Exception):  # noqa: N818 - an ordinary thing to happen
    """Another relay took over, or this one did not renew in time."""


class Lease:
    """The right to publish, for `seconds` from each renewal on.

    Its end is reckoned by the database's clock for others and, from before each renewal, by this process's monotonic
    clock for itself, so that a clock that is set forward or back makes nobody publish longer than he may.
    """

    def __init__(self, engine: Engine, seconds: float) -> None:
        self.owner = f"{socket.gethostname()[:30]}/{os.getpid()}/{secrets.token_hex(4)}"
        self.seconds = seconds
        self.epoch = 0
        self._engine = engine
        self._renewed = float("-inf")
        self._create_row()

    def acquire(self) -> Position | None:
        """Take the lease if nobody holds it, and give the mark; None while another relay holds it."""
        before = time.monotonic()
        with self._engine.begin() as connection:
            row = connection.execute(select(relay).where(relay.c.name == NAME).with_for_update()).one()
            now = _milliseconds(connection)
            if row.owner not in {None, self.owner} and row.expires_ms > now:
                return None
            self.epoch = row.epoch + 1
            taken = {"owner": self.owner, "epoch": self.epoch, "expires_ms": self._end(now)}
            connection.execute(update(relay).where(relay.c.name == NAME).values(**taken))
        self._renewed = before
        return Position(row.generation, row.position)

    @property
    def age(self) -> float:
        """Seconds since the last renewal."""
        return time.monotonic() - self._renewed

    @property
    def seconds_left(self) -> float:
        """How long this process may still publish without renewing."""
        return self.seconds - self.age

    def renew(self, mark: Position) -> None:
        """Move the mark and hold the lease on. Raises LeaseLost when it is another's."""
        before = time.monotonic()
        self._write(mark, self.owner)
        self._renewed = before

    def release(self, mark: Position) -> None:
        """Move the mark and let another relay take over at once. Raises LeaseLost when one already did."""
        self._write(mark, None)
        self._renewed = float("-inf")

    def _write(self, mark: Position, owner: str | None) -> None:
        mine = (relay.c.name == NAME, relay.c.owner == self.owner, relay.c.epoch == self.epoch)
        with self._engine.begin() as connection:
            values = {"generation": mark.generation, "position": mark.number, "owner": owner}
            end = self._end(_milliseconds(connection))
            done = connection.execute(update(relay).where(*mine).values(**values, expires_ms=end))
        if not done.rowcount:
            raise LeaseLost("another relay took over")

    def _end(self, now_ms: int) -> int:
        return now_ms + int(self.seconds * 1000)

    def _create_row(self) -> None:
        row = {"name": NAME, "generation": 1, "position": 0, "epoch": 0, "expires_ms": 0}
        try:
            with self._engine.begin() as connection:
                if not connection.execute(select(relay.c.name).where(relay.c.name == NAME)).first():
                    connection.execute(insert(relay).values(**row))
        except IntegrityError:
            pass  # another relay was faster: the row is there


def _milliseconds(connection: Connection) -> int:
    """Now, by the one clock that all relays share."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT extract(epoch FROM clock_timestamp()) * 1000")).scalar_one())
    return time.time_ns() // 1_000_000
