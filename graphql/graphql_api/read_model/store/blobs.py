"""One organisation as bytes.

    header | id | sort keys | facts | public document and restricted part, as JSON

All but the last are read where they lie. The documents are the larger part, and may be compressed; sort keys are apart
because lists ask for nothing else of most organisations.
"""

import marshal
import struct
from collections.abc import Callable
from mmap import mmap
from typing import Any, NamedTuple

from graphql_api.read_model.facts import Facts, Figure
from graphql_api.read_model.store.vocabulary import Vocabulary
from services.events.contracts.position import Position

_HEADER = struct.Struct("<BB32sIIQIIII")
_ID = _HEADER.size
_FIGURES = tuple(Figure)


class Stamp(NamedTuple):
    """Tells one state of one organisation from every other one."""

    hash: bytes
    """What it adds to the digest of the view: of its id and its documents."""
    version: int
    generation: int
    """0 where the position of the last change is not known."""
    number: int


class Header(NamedTuple):
    """What a blob begins with: its stamp, and how many bytes each part has."""

    id_size: int
    compressed: int
    """Whether the documents are: 0 or 1."""
    hash: bytes
    version: int
    generation: int
    number: int
    keys_size: int
    facts_size: int
    public_size: int
    """Of the public document before it was compressed."""
    documents_size: int

    @property
    def stamp(self) -> Stamp:
        """Which state this is."""
        return Stamp(self.hash, self.version, self.generation, self.number)

    @property
    def documents_at(self) -> int:
        """Where the documents begin."""
        return _ID + self.id_size + self.keys_size + self.facts_size

    @property
    def size(self) -> int:
        """Of the whole blob."""
        return self.documents_at + self.documents_size


class Source(NamedTuple):
    """Bytes in which blobs lie, with what it takes to read them."""

    content: bytes | mmap
    vocabulary: Vocabulary
    decompress: Callable[[bytes], bytes]


def stamp_of(digest: str, version: int, position: Position | None) -> Stamp:
    """The stamp of a state: its hash, as hexadecimal digits, its version and the position of its last change."""
    place = (0, 0) if position is None else (position.generation, position.number)
    return Stamp(bytes.fromhex(digest), version, *place)


def blob_of(stamp: Stamp, facts: Facts, documents: tuple[bytes, bytes | None], vocabulary: Vocabulary) -> bytes:
    """The blob of an organisation; its documents are the completed public one and the restricted part, as JSON."""
    identifier, (public, restricted) = facts.ids[0].encode(), documents
    keys, others = marshal.dumps(facts.keys), _encoded(facts, vocabulary)
    content = public if restricted is None else public + restricted
    header = _HEADER.pack(len(identifier), 0, *stamp, len(keys), len(others), len(public), len(content))
    return b"".join((header, identifier, keys, others, content))


def compressed(blob: bytes, compress: Callable[[bytes], bytes]) -> bytes:
    """The same with its documents compressed."""
    header = header_of(blob, 0)
    documents = compress(blob[header.documents_at :])
    packed = _HEADER.pack(*header._replace(compressed=1, documents_size=len(documents)))
    return b"".join((packed, blob[_ID : header.documents_at], documents))


def header_of(content: bytes | mmap, at: int) -> Header:
    """The header of the blob that begins there."""
    return Header._make(_HEADER.unpack_from(content, at))


def id_of(source: Source, at: int) -> str:
    """The id of the organisation."""
    content, begin = source.content, at + _ID
    return content[begin : begin + content[at]].decode()


def keys_of(source: Source, at: int) -> tuple[str, ...]:
    """The sort keys alone, in the order of `Order`."""
    header = header_of(source.content, at)
    begin = at + _ID + header.id_size
    keys: tuple[str, ...] = marshal.loads(source.content[begin : begin + header.keys_size])  # noqa: S302 - our own
    return keys


def facts_in(source: Source, at: int) -> Facts:
    """The facts."""
    header = header_of(source.content, at)
    begin = at + _ID + header.id_size
    middle = begin + header.keys_size
    keys = marshal.loads(source.content[begin:middle])  # noqa: S302 - checked when the file was opened, or our own
    others = marshal.loads(source.content[middle : middle + header.facts_size])  # noqa: S302 - the same
    return _decoded(others, id_of(source, at), keys, source.vocabulary)


def documents_in(source: Source, at: int) -> tuple[bytes, bytes | None]:
    """The completed public document and the restricted part, as JSON."""
    header = header_of(source.content, at)
    content = source.content[at + header.documents_at : at + header.size]
    if header.compressed:
        content = source.decompress(content)
    return content[: header.public_size], content[header.public_size :] or None


def _encoded(facts: Facts, vocabulary: Vocabulary) -> bytes:
    figures = tuple([(_FIGURES.index(figure), value) for figure, value in facts.figures])
    return marshal.dumps(
        (
            facts.slugs,
            facts.ids[1:],
            facts.numbers,
            vocabulary.encode(facts.held),
            figures,
            facts.titles,
            facts.short_descriptions,
            facts.descriptions,
            facts.points,
            facts.labels,
        )
    )


def _decoded(others: tuple[Any, ...], identifier: str, keys: tuple[str, ...], vocabulary: Vocabulary) -> Facts:
    slugs, merged, numbers, held, figures, titles, short_descriptions, descriptions, points, labels = others
    return Facts(
        slugs=slugs,
        ids=(identifier, *merged),
        numbers=numbers,
        held=vocabulary.decode(held),
        keys=keys,
        figures=tuple([(_FIGURES[number], value) for number, value in figures]) if figures else (),
        titles=titles,
        short_descriptions=short_descriptions,
        descriptions=descriptions,
        points=points,
        labels=labels,
    )
