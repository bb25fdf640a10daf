"""Records: one organisation each, immutable, known inside the model by a dense ordinal."""

from collections.abc import Callable
from typing import Generic, TypeVar

import orjson

from graphql_api.keeping import Recent
from graphql_api.read_model.facts import Facts, Figure
from graphql_api.read_model.store import sections
from graphql_api.read_model.store.blobs import (
    Source,
    Stamp,
    blob_of,
    documents_in,
    facts_in,
    hash_of,
    header_of,
    id_of,
    keys_of,
    section_of,
)
from graphql_api.read_model.store.compression import Dictionaries
from graphql_api.read_model.store.sections import MARKS, TEXTS
from graphql_api.read_model.store.vocabulary import Vocabulary
from services.events.contracts.entries import Json
from services.events.contracts.position import Position

_OPENED = 1_000
"""Documents, and facts, kept as Python objects: of those that were read lately."""

Figures = tuple[tuple[Figure, float], ...]
Opened = TypeVar("Opened")


class Record:
    """An organisation as it is at the position of its last change. A change makes a new record under the same ordinal.

    Nothing in a record is ever changed in place: what an answer was begun from stays what it was, and a record can be
    encoded once and kept. A record is a place in bytes; what is asked of it is read there.
    """

    __slots__ = ("__weakref__", "_at", "_source", "ordinal")

    def __init__(self, ordinal: int, source: Source, at: int = 0) -> None:
        self.ordinal = ordinal
        """Index into the model's records and into every bitmap; it is this process's own and never leaves it."""
        self._source = source
        self._at = at

    def lie_in(self, source: Source, at: int) -> None:
        """Read from now on where the same bytes were copied to."""
        self._source, self._at = source, at

    @property
    def id(self) -> str:
        """The id."""
        return id_of(self._source.content, self._at)

    @property
    def version(self) -> int:
        """The version."""
        return header_of(self._source.content, self._at).version

    @property
    def position(self) -> Position | None:
        """Position of the last change; none when the snapshot it came with did not say."""
        header = header_of(self._source.content, self._at)
        return Position(header.generation, header.number) if header.generation else None

    @property
    def hash(self) -> bytes:
        """What the record adds to the digest of the view."""
        return hash_of(self._source.content, self._at)

    @property
    def keys(self) -> tuple[str, ...]:
        """Of the facts, the sort keys alone."""
        return keys_of(self._source.content, self._at)

    @property
    def titles(self) -> tuple[str, ...]:
        """Of the facts, the titles alone."""
        titles: tuple[str, ...] = section_of(TEXTS, self._source, self._at)[0]
        return titles

    @property
    def figures(self) -> Figures:
        """Of the facts, the figures alone."""
        figures: Figures = section_of(MARKS, self._source, self._at)[0]
        return figures

    @property
    def labels(self) -> tuple[Json, ...]:
        """Of the facts, the grants of labels alone."""
        labels: tuple[Json, ...] = section_of(MARKS, self._source, self._at)[2]
        return labels

    @property
    def facts(self) -> Facts:
        """What the indexes hold of the record: kept, so that exactly this is taken out again."""
        return _facts.of(self, _facts_of)

    @property
    def content(self) -> bytes:
        """JSON of the public document with its defaults filled in."""
        return documents_in(self._source, self._at)[0]

    @property
    def document(self) -> Json:
        """The public document. Do not change it."""
        return _documents.of(self, _document_of)

    @property
    def restricted(self) -> Json | None:
        """The restricted part: for callers with the right alone."""
        restricted = documents_in(self._source, self._at)[1]
        return None if restricted is None else orjson.loads(restricted)


class _Lately(Generic[Opened]):
    """What was made of the records that were read last."""

    def __init__(self) -> None:
        self._kept: Recent[int, tuple[Record, Opened]] = Recent(_OPENED)

    def of(self, record: Record, make: Callable[[Record], Opened]) -> Opened:
        found: tuple[Record, Opened] | None = self._kept.get(id(record))
        if found is None or found[0] is not record:
            found = record, make(record)
            self._kept.put(id(record), found)
        return found[1]


_documents: _Lately[Json] = _Lately()
_facts: _Lately[Facts] = _Lately()


def record_of(stamp: Stamp, facts: Facts, documents: tuple[Json, Json | None]) -> Record:
    """A record that is in no index, of the completed public document and the restricted part."""
    vocabulary = Vocabulary()
    blob = blob_of(stamp, facts.ids[0], sections.encoded(facts, vocabulary), encoded(documents))
    return Record(-1, Source(blob, vocabulary, Dictionaries()))


def encoded(documents: tuple[Json, Json | None]) -> tuple[bytes, bytes | None]:
    """A public document and a restricted part as JSON."""
    public, restricted = documents
    return orjson.dumps(public), None if restricted is None else orjson.dumps(restricted)


def _document_of(record: Record) -> Json:
    return orjson.loads(record.content)  # type: ignore[no-any-return]


def _facts_of(record: Record) -> Facts:
    return facts_in(record._source, record._at)  # noqa: SLF001 - the same module
