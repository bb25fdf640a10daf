"""Digests of views that were declared after the log had begun: reckoned once, then kept at constant cost per entry."""

from sqlalchemy import Connection, Engine, select, update

from services.events.contracts.vocabulary import View
from services.events.log.digest import EMPTY
from services.events.log.hashes import NO_HASHES, Hashes, hashes_of, moved, read_hashes, stored_hashes
from services.events.log.reading import current_state
from services.events.log.rows import update_rows
from services.events.log.tables import log_head, log_subject

_AT_ONCE = 5_000


def complete_digests(engine: Engine) -> bool:
    """Reckon hashes and digests anew unless the log has those of every view that is declared, and no other.

    Gives back whether that was needed. Nobody writes meanwhile; a million subjects take a minute.
    """
    with engine.begin() as connection:
        stored = connection.execute(select(log_head.c.digests).with_for_update()).scalar_one()
        if set(read_hashes(stored)) == set(View):
            return False
        _reckon(connection)
    return True


def _reckon(connection: Connection) -> None:
    digests: Hashes = dict.fromkeys(View, EMPTY)
    rows = []
    for record in current_state(connection):
        hashes = hashes_of(record.subject, record.document, record.restricted)
        digests = moved(digests, NO_HASHES, hashes)
        rows.append({"hashes": stored_hashes(hashes), "kind": record.subject.kind, "id": record.subject.id})
    for start in range(0, len(rows), _AT_ONCE):
        update_rows(connection, log_subject, ("kind", "id"), rows[start : start + _AT_ONCE])
    connection.execute(update(log_head).values(digests=stored_hashes(digests)))
