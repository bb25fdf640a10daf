"""Organisations of a snapshot on their way into records: made here, or by a process of its own where they are many."""

from collections.abc import Generator, Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

import structlog

from graphql_api.read_model.facts import Facts
from graphql_api.read_model.making import hash_in, made
from graphql_api.read_model.reading_apart import ReadingApart
from graphql_api.read_model.store.blobs import Source, facts_in, hash_of, stamp_of
from graphql_api.read_model.store.compression import Dictionaries
from graphql_api.read_model.store.filling import Filling
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Current, Subject
from services.events.contracts.vocabulary import View
from services.events.following.protocol import Lines

_NOT_COMPRESSED = Dictionaries()

log = structlog.get_logger(__name__)


class Taken(NamedTuple):
    """An organisation whose record has the next ordinal."""

    hash: bytes
    """What it adds to the digest of the view."""
    facts: Facts


class Loading:
    """Takes a snapshot. Used once."""

    def __init__(self, filling: Filling, view: View) -> None:
        self._filling = filling
        self._view = view
        self.others: dict[Subject, bytes] = {}
        """Subjects of other kinds, with what they add to the digest."""

    def organisations(self, records: Iterable[Current]) -> Generator[Taken, None, None]:
        """Take one after the other. Close it where not all are asked for."""
        most = self._filling.apart_from
        if not isinstance(records, Lines) or most is None:
            yield from self._here(records)
            return
        texts = iter(records.texts)
        yield from self._here(Lines(islice(texts, most), records.read))
        for text in texts:
            rest = Lines(chain((text,), texts), records.read)
            other = self._other_process(rest)
            yield from self._here(rest) if other is None else self._apart(rest, other)

    def _here(self, records: Iterable[Current]) -> Iterator[Taken]:
        filling = self._filling
        for current in records:
            subject, documents = current.subject, (current.document, current.restricted)
            digest = hash_in(self._view, subject, documents)
            if subject.kind != ORGANISATION:
                self.others[subject] = digest
                continue
            stamp = stamp_of(digest, current.version, current.position)
            facts = filling.take(stamp)
            if facts is None:
                blob, facts = made(stamp, subject, documents, filling.vocabulary)
                filling.add(blob)
            yield Taken(digest, facts)

    def _other_process(self, lines: Lines) -> ReadingApart | None:
        """One that reads; none where none can be started."""
        try:
            return ReadingApart(self._view, lines.read, self._filling.vocabulary)
        except OSError as error:
            log.warning("records_not_read_apart", cause=str(error))
            return None

    def _apart(self, lines: Lines, other: ReadingApart) -> Iterator[Taken]:
        vocabulary = self._filling.vocabulary
        try:
            for batch in other.all(lines.texts):
                for blob in batch.blobs:
                    self._filling.add(blob)
                    yield Taken(hash_of(blob, 0), facts_in(Source(blob, vocabulary, _NOT_COMPRESSED), 0))
                self.others |= {Subject(kind, name): digest for kind, name, digest in batch.others}
        except BaseException:
            other.abandon()
            raise
