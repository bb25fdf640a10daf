"""Lines of a snapshot read by a process of their own: JSON, hashes, defaults, facts and bytes.

    python -m graphql_api.read_model.reading_apart

is that process. It is sent lines and sends records back, in their order. This one is left with the indexes.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from itertools import islice
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple, TypeAlias

from graphql_api.read_model.facts import Dimension, Term, term_of
from graphql_api.read_model.making import hash_in, made
from graphql_api.read_model.other_process import OtherProcess, receive, send
from graphql_api.read_model.store.blobs import stamp_of
from graphql_api.read_model.store.vocabulary import Vocabulary
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Current
from services.events.contracts.vocabulary import View
from services.events.following.protocol import SnapshotIncomplete, SourceUnavailable

_BATCH = 200
"""Lines sent at once, about 300 KB."""
_AHEAD = 4
"""Batches that are sent before the first of them has come back."""

Read: TypeAlias = Callable[[bytes], Current]


class Batch(NamedTuple):
    """What has become of the lines of a batch."""

    terms: list[tuple[str, str]]
    """Those that are new: dimension and value, in the order in which they get their numbers."""
    blobs: list[bytes]
    others: list[tuple[str, str, bytes]]
    """Subjects of other kinds: kind, id and hash."""
    error: str = ""
    """Why a line could not be read."""


class ReadingApart:
    """Sends lines to another process, which makes records of them."""

    def __init__(self, view: View, read: Read, vocabulary: Vocabulary) -> None:
        """The vocabulary gets what terms are new, from here alone. Raises OSError where no process can be started."""
        self._vocabulary = vocabulary
        self._other = OtherProcess(__name__)
        self._come: SimpleQueue[list[object] | None] = SimpleQueue()
        terms = [(term.dimension.value, term.value) for term in vocabulary]
        self._other.send([view.value, read.__module__, read.__qualname__, terms])
        Thread(target=self._receive, name="records-read-apart", daemon=True).start()

    def all(self, texts: Iterable[bytes]) -> Iterator[Batch]:
        """The records of all lines. Raises OSError when the process has ended, SnapshotIncomplete for a bad line."""
        rest, ahead = iter(texts), 0
        while batch := list(islice(rest, _BATCH)):
            self._other.send(batch)
            ahead += 1
            if ahead > _AHEAD:
                yield self._next()
                ahead -= 1
        for _ in range(ahead):
            yield self._next()
        self._other.finish()

    def abandon(self) -> None:
        """End the process."""
        self._other.abandon()

    def _next(self) -> Batch:
        come = self._come.get()
        if come is None:
            raise OSError("the process that reads the snapshot has ended")
        batch = Batch(*come)  # type: ignore[arg-type] # it was one
        if batch.error:
            raise SnapshotIncomplete(batch.error)
        for dimension, value in batch.terms:
            self._vocabulary.know(term_of(Dimension(dimension), value))
        return batch

    def _receive(self) -> None:
        """Take what comes, so that neither process waits for the other one to do so."""
        while come := self._other.receive():
            self._come.put(come)
        self._come.put(None)


class _Reading:
    """Makes records of lines."""

    def __init__(self, view: View, read: Read, terms: Iterable[Term]) -> None:
        self._view = view
        self._read = read
        self._vocabulary = Vocabulary(terms)

    def batch(self, texts: Iterable[bytes]) -> Batch:
        known, blobs, others = len(self._vocabulary), [], []
        try:
            for current in map(self._read, texts):
                subject, documents = current.subject, (current.document, current.restricted)
                digest = hash_in(self._view, subject, documents)
                if subject.kind == ORGANISATION:
                    stamp = stamp_of(digest, current.version, current.position)
                    blobs.append(made(stamp, subject, documents, self._vocabulary)[0])
                else:
                    others.append((subject.kind, subject.id, digest))
        except SourceUnavailable as error:
            return Batch([], [], [], str(error))
        terms = [(term.dimension.value, term.value) for term in islice(self._vocabulary, known, None)]
        return Batch(terms, blobs, others)


def main() -> None:
    """Read what comes."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    view, module, name, told = receive(source)
    terms = [term_of(Dimension(dimension), value) for dimension, value in told]
    reading = _Reading(View(view), getattr(import_module(module), name), terms)
    while texts := receive(source):
        send(target, tuple(reading.batch(texts)))


if __name__ == "__main__":
    main()
