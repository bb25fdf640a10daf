"""A snapshot in a file as one side of a comparison: kept by the registry, or downloaded, at whatever position."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from services.events.client.answers import state_of
from services.events.following.protocol import SnapshotIncomplete
from services.events.verifying.holding import Holding

_PIECE_BYTES = 1024 * 1024
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
"""What files of these formats begin with."""


@contextmanager
def snapshot_file(file: Path) -> Iterator[Holding]:
    """The holding that the file is, plain or compressed by gzip or Zstandard; what its name ends with does not matter.

    Raises OSError, and SnapshotIncomplete or AnswerUnreadable for what is no whole snapshot.
    """
    with file.open("rb") as text:
        pieces = _pieces(_opened(text))
        yield state_of(pieces, f"the snapshot {file.name}")


def _opened(text: BinaryIO) -> BinaryIO:
    begin = text.read(len(_ZSTD))
    text.seek(0)
    if begin.startswith(_GZIP):
        return cast("BinaryIO", gzip.open(text))
    if begin == _ZSTD:
        import zstandard  # noqa: PLC0415 - partners' clients do without it

        return cast("BinaryIO", zstandard.open(text))
    return text


def _pieces(text: BinaryIO) -> Iterator[bytes]:
    try:
        while piece := text.read(_PIECE_BYTES):
            yield piece
    except Exception as error:  # each format has its own for what is damaged
        raise SnapshotIncomplete(f"the file is damaged: {error}") from error
