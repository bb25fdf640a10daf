"""A snapshot in a file as one side of a comparison: kept by the registry, or downloaded, at whatever position."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from services.events.client.answers import state_of
from services.events.client.ndjson import pieces_of
from services.events.verifying.holding import Holding

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
"""What files of these formats begin with."""


@contextmanager
def snapshot_file(file: Path) -> Iterator[Holding]:
    """The holding that the file is, plain or compressed by gzip or Zstandard; what its name ends with does not matter.

    Raises OSError, and SnapshotIncomplete or AnswerUnreadable for what is no whole snapshot.
    """
    with file.open("rb") as text:
        yield state_of(pieces_of(_opened(text)), f"the snapshot {file.name}")


def _opened(text: BinaryIO) -> BinaryIO:
    begin = text.read(len(_ZSTD))
    text.seek(0)
    if begin.startswith(_GZIP):
        return cast("BinaryIO", gzip.open(text))
    if begin == _ZSTD:
        import zstandard  # noqa: PLC0415 - partners' clients do without it

        return cast("BinaryIO", zstandard.open(text))
    return text
