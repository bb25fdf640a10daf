"""One organisation as bytes.

    header | id | sections of the facts | public document and restricted part, as JSON

All but the last are read where they lie. The documents are the larger part, and may be compressed.
"""

import marshal
import struct
from mmap import mmap
from typing import Any, NamedTuple

from graphql_api.read_model.facts import Facts
from graphql_api.read_model.store import sections
from graphql_api.read_model.store.compression import NOT_COMPRESSED, Dictionaries
from graphql_api.read_model.store.vocabulary import Vocabulary
from services.events.contracts.position import Position

_HASH_BYTES = 32
_HASH_AT = 2
_HEADER = struct.Struct(f"<BB{_HASH_BYTES}sIIQII{sections.COUNT}I")
_ID = _HEADER.size
_SIZES = struct.Struct(f"<{sections.COUNT}I")
_SIZES_AT = _ID - _SIZES.size
"""Where the sizes of the sections stand; the first is that of the sort keys."""


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
    dictionary: int
    """Number of the one that the documents are compressed with; 0 where they are not."""
    hash: bytes
    version: int
    generation: int
    number: int
    public_size: int
    """Of the public document before it was compressed."""
    documents_size: int
    section_sizes: tuple[int, ...]

    @property
    def stamp(self) -> Stamp:
        """Which state this is."""
        return Stamp(self.hash, self.version, self.generation, self.number)

    @property
    def documents_at(self) -> int:
        """Where the documents begin."""
        return _ID + self.id_size + sum(self.section_sizes)

    @property
    def size(self) -> int:
        """Of the whole blob."""
        return self.documents_at + self.documents_size


class Source(NamedTuple):
    """Bytes in which blobs lie, with what it takes to read them."""

    content: bytes | mmap
    vocabulary: Vocabulary
    dictionaries: Dictionaries


def stamp_of(digest: bytes, version: int, position: Position | None) -> Stamp:
    """The stamp of a state: its hash, its version and the position of its last change."""
    place = (0, 0) if position is None else (position.generation, position.number)
    return Stamp(digest, version, *place)


def blob_of(stamp: Stamp, identifier: str, parts: sections.Sections, documents: tuple[bytes, bytes | None]) -> bytes:
    """The blob of an organisation; its documents are the completed public one and the restricted part, as JSON."""
    name, (public, restricted) = identifier.encode(), documents
    content = public if restricted is None else public + restricted
    header = _HEADER.pack(len(name), NOT_COMPRESSED, *stamp, len(public), len(content), *map(len, parts))
    return b"".join((header, name, *parts, content))


def compressed(blob: bytes, header: Header, dictionaries: Dictionaries) -> bytes:
    """The same, which has that header, with its documents compressed."""
    number, documents = dictionaries.compress(blob[header.documents_at :])
    sizes = header.public_size, len(documents), *header.section_sizes
    packed = _HEADER.pack(header.id_size, number, *header.stamp, *sizes)
    return b"".join((packed, blob[_ID : header.documents_at], documents))


def recoded(source: Source, at: int, vocabulary: Vocabulary) -> bytes:
    """The blob as it is with another vocabulary; its documents are not compressed."""
    parts = sections.encoded(facts_in(source, at), vocabulary)
    return blob_of(header_of(source.content, at).stamp, id_of(source.content, at), parts, documents_in(source, at))


def header_of(content: bytes | mmap, at: int) -> Header:
    """The header of the blob that begins there."""
    fields = _HEADER.unpack_from(content, at)
    return Header._make((*fields[: -sections.COUNT], fields[-sections.COUNT :]))


def hash_of(content: bytes | mmap, at: int) -> bytes:
    """What the organisation adds to the digest of the view."""
    begin = at + _HASH_AT
    return content[begin : begin + _HASH_BYTES]


def id_of(content: bytes | mmap, at: int) -> str:
    """The id of the organisation."""
    begin = at + _ID
    return content[begin : begin + content[at]].decode()


def keys_of(content: bytes | mmap, at: int) -> tuple[str, ...]:
    """The sort keys, without reading what else there is: lists ask for those of many."""
    size = _SIZES.unpack_from(content, at + _SIZES_AT)[0]
    begin = at + _ID + content[at]
    keys: tuple[str, ...] = marshal.loads(content[begin : begin + size])  # noqa: S302 - as in `sections`
    return keys


def section_of(section: int, source: Source, at: int) -> Any:
    """What one section of the facts holds."""
    return sections.decoded(section, sections_in(source.content, at)[section], source.vocabulary)


def sections_in(content: bytes | mmap, at: int) -> sections.Sections:
    """The sections of the facts, as bytes."""
    keys, names, held, marks, texts = _SIZES.unpack_from(content, at + _SIZES_AT)
    first = at + _ID + content[at]
    second = first + keys
    third = second + names
    fourth = third + held
    fifth = fourth + marks
    parts = content[first:second], content[second:third], content[third:fourth], content[fourth:fifth]
    return (*parts, content[fifth : fifth + texts])


def facts_in(source: Source, at: int) -> Facts:
    """The facts."""
    return sections.facts_from(id_of(source.content, at), sections_in(source.content, at), source.vocabulary)


def documents_in(source: Source, at: int) -> tuple[bytes, bytes | None]:
    """The completed public document and the restricted part, as JSON."""
    header = header_of(source.content, at)
    content = source.content[at + header.documents_at : at + header.size]
    content = source.dictionaries.decompress(header.dictionary, content)
    return content[: header.public_size], content[header.public_size :] or None
