"""The relays that live, and how many slots are each one's fair share."""

from sqlalchemy import Connection, delete, insert, select, update

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
        """Live on for the time of a lease; gives the fair share of this relay."""
        self._live_on(connection, now_ms + int(self._seconds * 1000))
        members = sorted({self._owner} | self._others(connection, now_ms))
        return fair_share(self._slots, len(members), members.index(self._owner))

    def leave(self, connection: Connection) -> None:
        """Leave the slots to the others."""
        connection.execute(delete(relay_member).where(relay_member.c.owner == self._owner))

    def _live_on(self, connection: Connection, expires_ms: int) -> None:
        mine = update(relay_member).where(relay_member.c.owner == self._owner).values(expires_ms=expires_ms)
        if not connection.execute(mine).rowcount:
            row = {"owner": self._owner, "slots": self._slots, "expires_ms": expires_ms}
            connection.execute(insert(relay_member).values(**row))

    def _others(self, connection: Connection, now_ms: int) -> set[str]:
        """Those that live and divide the log as this one does. Those that do not live are forgotten by all."""
        rows = connection.execute(select(relay_member).where(relay_member.c.owner != self._owner)).all()
        dead = {row.owner for row in rows if self._watched.is_over(row.owner, row.expires_ms, now_ms)}
        self._watched.forget_others({row.owner for row in rows})
        if dead:
            connection.execute(delete(relay_member).where(relay_member.c.owner.in_(dead)))
        return {row.owner for row in rows if row.owner not in dead and row.slots == self._slots}
