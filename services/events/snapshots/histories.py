"""Which kept snapshots are of the log's present history: after a restore some may be of one that was given up.

The entry at a position has another id in another history, and entries before it are shared when it is.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select

from services.events.log.reading import read_head
from services.events.log.tables import log_entry
from services.events.snapshots.kept import KeptSnapshot


def event_at(connection: Connection, number: int) -> str | None:
    """The id of the entry at the position; none before the first one."""
    return _events(connection, [number]).get(number)


def offered(connection: Connection, kept: Iterable[KeptSnapshot]) -> list[KeptSnapshot]:
    """Those of the present history after which every entry is kept, in the same order: a mirror can go on from each."""
    held = list(kept)
    first = read_head(connection).first
    events = _events(connection, [one.position for one in held])
    return [one for one in held if events.get(one.position) == one.event_id and one.position >= first - 1]


def given_up(connection: Connection, kept: Iterable[KeptSnapshot]) -> list[KeptSnapshot]:
    """Those of a history that was given up, and that nobody can ever follow from again.

    One that is merely ahead of the log is not among them: the database may be restored and not told of it yet.
    """
    held = list(kept)
    head = read_head(connection).position
    events = _events(connection, [one.position for one in held])

    def is_given_up(one: KeptSnapshot) -> bool:
        if one.position > head.number:
            return one.generation < head.generation
        return events.get(one.position) != one.event_id

    return [one for one in held if is_given_up(one)]


def _events(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    wanted = select(log_entry.c.position, log_entry.c.event_id).where(log_entry.c.position.in_(numbers))
    return {number: event_id for number, event_id in connection.execute(wanted)}  # noqa: C416 - rows, typed
