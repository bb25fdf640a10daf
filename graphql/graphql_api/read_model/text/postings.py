"""Who has a word, and in which of their texts.

Most words are those of one organisation's name, so this is what memory is spent on: one holder is a number, a few are
some bytes, and only words of many organisations have a bitmap for each field.
"""

from array import array
from collections.abc import Iterable, Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap


class Field(IntEnum):
    """The texts in which words are looked for."""

    TITLE = 0
    INITIALS = 1
    SHORT_DESCRIPTION = 2
    DESCRIPTION = 3


_FIELDS = tuple(field.value for field in Field)
FIELD_BITS = len(Field)
"""An entry is an ordinal, and so many bits that tell where."""
_MASK = (1 << FIELD_BITS) - 1
_FEW = 8
_FIELDS_OF = tuple(tuple(field.value for field in Field if mask >> field & 1) for mask in range(1 << FIELD_BITS))

ByField = list[BitMap | None]
"""A bitmap of ordinals for each field; none where nobody has it there."""
Entries = NDArray[np.uint32]
Posting = int | bytes | ByField
"""One holder: its ordinal with a bit for each field. A few: the same as 32-bit numbers. Many: bitmaps by field."""

NOBODY: ByField = [None for _ in Field]
"""Do not change it."""


def only_one(ordinal: int, field: int) -> Posting:
    """The posting of a word that one organisation alone has, in that field alone."""
    return ordinal << FIELD_BITS | 1 << field


def put(posting: Posting | None, ordinal: int, field: int) -> Posting:
    """The posting with the ordinal in that field."""
    if posting is None or posting is NOBODY:
        return only_one(ordinal, field)
    if isinstance(posting, list):
        held = posting[field]
        if held is None:
            held = posting[field] = BitMap()
        held.add(ordinal)
        return posting
    return _packed(_with(_unpacked(posting), ordinal, 1 << field))


def take(posting: Posting, ordinal: int, field: int) -> Posting | None:
    """The posting without the ordinal in that field; none when nobody is left."""
    if not isinstance(posting, list):
        rest = [_without(entry, ordinal, 1 << field) for entry in _unpacked(posting)]
        kept = [entry for entry in rest if entry & _MASK]
        return _packed(kept) if kept else None
    if (held := posting[field]) is not None:
        held.discard(ordinal)
        if not held:
            posting[field] = None
    return posting if any(posting) else None


def put_together(posting: Posting | None, entries: Entries) -> Posting:
    """The posting with these entries, of organisations that it does not have."""
    if isinstance(posting, list) and posting is not NOBODY:
        return _with_many(posting, entries)
    if isinstance(posting, int | bytes):
        entries = np.concatenate([np.array(_unpacked(posting), np.uint32), entries])
    if len(entries) > _FEW:
        return _with_many([None for _ in Field], entries)
    return entries.tobytes() if len(entries) > 1 else int(entries[0])


def by_field(postings: Iterable[Posting]) -> list[list[BitMap]]:
    """Who has one of the words, by field: bitmaps that are not joined, because few of them may be needed.

    Do not change the bitmaps.
    """
    held: list[list[BitMap]] = [[], [], [], []]
    single: list[list[int]] = [[], [], [], []]
    for posting in postings:
        if isinstance(posting, list):
            for field in _FIELDS:
                if (found := posting[field]) is not None:
                    held[field].append(found)
            continue
        for entry in _unpacked(posting):
            for field in _FIELDS_OF[entry & _MASK]:
                single[field].append(entry >> FIELD_BITS)
    for field in _FIELDS:
        if single[field]:
            held[field].append(BitMap(single[field]))
    return held


def united(bitmaps: Sequence[BitMap]) -> BitMap:
    """Who is in one of the bitmaps. Do not change it."""
    if len(bitmaps) == 1:
        return bitmaps[0]
    return BitMap.union(*bitmaps) if bitmaps else BitMap()


def _unpacked(posting: int | bytes) -> list[int]:
    return [posting] if isinstance(posting, int) else memoryview(posting).cast("I").tolist()


def _packed(entries: list[int]) -> Posting:
    if len(entries) == 1:
        return entries[0]
    if len(entries) <= _FEW:
        return array("I", entries).tobytes()
    many: ByField = [None for _ in Field]
    for entry in entries:
        for field in _FIELDS_OF[entry & _MASK]:
            put(many, entry >> FIELD_BITS, field)
    return many


def _with_many(posting: ByField, entries: Entries) -> ByField:
    for field in _FIELDS:
        having = entries[entries >> field & 1 > 0] >> FIELD_BITS
        if len(having):
            found = BitMap(array("I", having.tobytes()))
            if (held := posting[field]) is None:
                posting[field] = found
            else:
                held |= found
    return posting


def _with(entries: list[int], ordinal: int, bit: int) -> list[int]:
    for place, entry in enumerate(entries):
        if entry >> FIELD_BITS == ordinal:
            entries[place] = entry | bit
            return entries
    return [*entries, ordinal << FIELD_BITS | bit]


def _without(entry: int, ordinal: int, bit: int) -> int:
    return entry & ~bit if entry >> FIELD_BITS == ordinal else entry
