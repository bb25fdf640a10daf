"""The relays that live, and how many slots are each one's fair share."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from services.events.relay.clock import Watched
from services.events.tables import relay_member


def fair_share(slots: int, members: int, rank: int) -> int:
    """How many of the slots the member of that rank (0 ...) works on: the shares of all are all slots."""
    return slots // members + (rank < slots % members)


class Members:
    """Says that this relay lives, and sees which others do."""

    def __init__(self, owner: str, slots: int, seconds: float) -> None:
        self._owner = owner
        self._slots = slots
        self._seconds = seconds
        self._watched = Watched(seconds)

    def share(self, connection: Connection, now_ms: int) -> int:
        """The fair share of this relay, among those that live and divide the log as it does."""
        rows = self._others(connection)
        live = {row.owner for row in rows if row.slots == self._slots} - self._dead(rows, now_ms)
        members = sorted({self._owner} | live)
        return fair_share(self._slots, len(members), members.index(self._owner))

    def live_on(self, connection: Connection, now_ms: int) -> None:
        """Live for the time of a lease from now on, and forget those that do not any more."""
        expires_ms = now_ms + int(self._seconds * 1000)
        mine = update(relay_member).where(relay_member.c.owner == self._owner).values(expires_ms=expires_ms)
        if not connection.execute(mine).rowcount:
            row = {"owner": self._owner, "slots": self._slots, "expires_ms": expires_ms}
            connection.execute(insert(relay_member).values(**row))
        if dead := self._dead(self._others(connection), now_ms):
            connection.execute(delete(relay_member).where(relay_member.c.owner.in_(dead)))

    def leave(self, connection: Connection) -> None:
        """Leave the slots to the others."""
        connection.execute(delete(relay_member).where(relay_member.c.owner == self._owner))

    def _others(self, connection: Connection) -> Sequence[Row[Any]]:
        rows = connection.execute(select(relay_member).where(relay_member.c.owner != self._owner)).all()
        self._watched.forget_others({row.owner for row in rows})
        return rows

    def _dead(self, rows: Sequence[Row[Any]], now_ms: int) -> set[str]:
        return {row.owner for row in rows if self._watched.is_over(row.owner, row.expires_ms, now_ms)}
