"""Taking old entries out of the log.

From the position `log_head.first` on every entry is kept. Of the entries before it, the last one of each subject is:
the state there can still be told, and so can what later entries changed. Readers that stand before it are told so.
"""

from sqlalchemy import Connection, Engine, delete, select, update

from services.events.log.tables import log_entry, log_head

_AT_ONCE = 500
"""Entries looked at in one transaction: writers wait for it."""


def cut_before(engine: Engine, first: int) -> int:
    """Keep every entry from that position on, and of those before it the last one of each subject; how many went.

    In many small transactions, each of which leaves a log that is whole from some position on: who is killed may begin
    again. A position that is not beyond the present one changes nothing.
    """
    removed = 0
    while True:
        with engine.begin() as connection:
            now = connection.execute(select(log_head.c.first).with_for_update()).scalar_one()
            if now >= first:
                return removed
            until = min(now + _AT_ONCE, first)
            removed += _remove_those_before(connection, now, until)
            connection.execute(update(log_head).values(first=until))


def _remove_those_before(connection: Connection, begin: int, end: int) -> int:
    """Each entry there takes the place of the one before it of its subject."""
    replaced = select(log_entry.c.previous).where(
        log_entry.c.position >= begin, log_entry.c.position < end, log_entry.c.previous.is_not(None)
    )
    return connection.execute(delete(log_entry).where(log_entry.c.position.in_(replaced))).rowcount
