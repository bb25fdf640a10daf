"""Where the log stood at a time."""

from sqlalchemy import Connection, Row, select

from services.events.contracts.position import Position
from services.events.log.tables import log_entry

_COLUMNS = (log_entry.c.position, log_entry.c.generation, log_entry.c.published_ms)


def position_at(connection: Connection, published_ms: int) -> Position | None:
    """The last entry that was published at or before that time; none where all that are kept are younger.

    Times never fall over the log, so that its primary key is enough to search by: some twenty looks at a million.
    """
    found: Row[int, int, int] | None = None
    low, high = 0, _last_number(connection)
    while low < high:
        middle = (low + high + 1) // 2
        row = _at_or_before(connection, low, middle)
        if row is not None and row.published_ms > published_ms:
            high = row.position - 1
        else:
            found, low = row or found, middle
    return None if found is None else Position(found.generation, found.position)


def _last_number(connection: Connection) -> int:
    newest = select(log_entry.c.position).order_by(log_entry.c.position.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none() or 0


def _at_or_before(connection: Connection, low: int, number: int) -> Row[int, int, int] | None:
    """The last entry that is kept above `low` and up to the number."""
    within = (log_entry.c.position > low, log_entry.c.position <= number)
    wanted = select(*_COLUMNS).where(*within).order_by(log_entry.c.position.desc()).limit(1)
    return connection.execute(wanted).one_or_none()
