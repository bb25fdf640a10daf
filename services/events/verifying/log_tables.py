"""The log's own tables as what is compared with one another: what each keeps must be what the others have."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, func, select

from services.database import reading
from services.events.contracts.entries import Current, Subject
from services.events.contracts.vocabulary import View
from services.events.log.entry_rows import entry_of
from services.events.log.hashes import read_hashes
from services.events.log.reading import read_head
from services.events.log.tables import log_entry, log_subject
from services.events.verifying.holding import Held, Holding, held_of


@contextmanager
def stored_hashes(engine: Engine, view: View) -> Iterator[Holding]:
    """The hashes that are kept for each subject; they must have the digest that is kept at the head."""
    with reading(engine) as connection:
        subjects = _stored(connection, view)
        yield _holding(connection, "the hashes of log_subject", view, subjects)


@contextmanager
def entry_documents(engine: Engine, view: View) -> Iterator[Holding]:
    """The documents of each subject's latest entry, with hashes made anew."""
    with reading(engine) as connection:
        yield _holding(connection, "the documents of log_entry", view, _documents(connection, view))


def missing_positions(engine: Engine) -> int:
    """How many positions have no entry, of those from which on every entry is kept."""
    with reading(engine) as connection:
        head = read_head(connection)
        kept = select(func.count()).select_from(log_entry).where(log_entry.c.position >= head.first)
        return head.position.number - head.first + 1 - connection.execute(kept).scalar_one()


def _stored(connection: Connection, view: View) -> Iterator[Held]:
    columns = (log_subject.c.kind, log_subject.c.id, log_subject.c.version, log_subject.c.hashes)
    wanted = select(*columns).where(log_subject.c.hashes.is_not(None))
    for kind, identifier, version, hashes in connection.execute(wanted, execution_options={"yield_per": 500}):
        found = read_hashes(hashes).get(view)
        if found is not None:
            yield Held(Subject(kind, identifier), found, version)


def _documents(connection: Connection, view: View) -> Iterator[Held]:
    """Whether a subject is held is told by its documents alone, and not by the hashes that are compared with."""
    wanted = (
        select(log_entry)
        .join(log_subject, log_subject.c.position == log_entry.c.position)
        .where(log_entry.c.document.is_not(None))
    )
    for row in connection.execute(wanted, execution_options={"yield_per": 500}):
        entry = entry_of(row)
        assert entry.document is not None  # noqa: S101 - it was asked for
        yield held_of(Current(entry.subject, entry.version, entry.document, entry.restricted), view)


def _holding(connection: Connection, name: str, view: View, subjects: Iterable[Held]) -> Holding:
    head = read_head(connection)
    return Holding(name, view, head.position, head.digests[view], subjects)
