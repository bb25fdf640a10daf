"""How far the log was matched: one row, locked by whoever matches and by whoever changes what is matched."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from services.events.contracts.position import Position
from services.events.log.reading import read_head
from services.notifier.tables import notifier_mark
from services.problems import Unavailable


@dataclass(frozen=True, slots=True)
class Mark:
    """The last entry that was matched."""

    position: Position
    published_ms: int


def read_mark(connection: Connection, *, lock: bool = False) -> Mark | None:
    """The mark, or none before the first start; with `lock` nobody else changes it until the transaction ends."""
    row = connection.execute(select(notifier_mark).with_for_update() if lock else select(notifier_mark)).one_or_none()
    return None if row is None else Mark(Position(row.generation, row.position), row.published_ms)


def write_mark(connection: Connection, mark: Mark) -> None:
    """Move the mark. Call it with the mark locked, in the transaction that stores what was found up to there."""
    values = {
        "generation": mark.position.generation,
        "position": mark.position.number,
        "published_ms": mark.published_ms,
    }
    if not connection.execute(update(notifier_mark).values(values)).rowcount:
        connection.execute(insert(notifier_mark).values(id=1, **values))


def known_mark(connection: Connection) -> Position:
    """Where matching stands. Raises Unavailable before the first start."""
    return _started(read_mark(connection)).position


def lock_and_find_now(connection: Connection) -> Position:
    """Lock the mark and give the position after which a change is newer than this moment.

    That is the head of the log where this database holds it (the notifier may be a little behind), else the mark.
    """
    mark = _started(read_mark(connection, lock=True))
    return max(mark.position, read_head(connection).position)


def _started(mark: Mark | None) -> Mark:
    if mark is None:
        raise Unavailable("The notifier is starting and has not seen the log yet; try again in a few seconds.")
    return mark
