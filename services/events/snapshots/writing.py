"""Writing a text to files, one for each format, while the database sends the next part of it."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO

from services.events.snapshots.formats import Format
from services.events.snapshots.kept import KeptFile
from services.events.snapshots.shelf import to_disk
from services.events.snapshots.texts import blocks

_BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a text."""

    count: int
    """Records in it."""
    files: tuple[KeptFile, ...]


def write_text(folder: Path, name: str, lines: Iterable[bytes], formats: Sequence[Format]) -> Written:
    """Write the text to a file for each format, and bring them to the disk. Raises OSError."""
    counted = _Counted(lines)
    with ExitStack() as opened:
        files = [_File(opened, folder / f"{name}.ndjson{form.ending}", form) for form in formats]
        with ThreadPoolExecutor(len(files), thread_name_prefix="snapshot") as threads:
            _write(files, threads, blocks(counted, _BLOCK_BYTES))
            finished = tuple(threads.map(_File.finish, files))
    return Written(counted.lines - 2, finished)


def _write(files: Sequence["_File"], threads: ThreadPoolExecutor, pieces: Iterable[bytes]) -> None:
    """Give each piece to all files; the next one is read meanwhile, and waits for the slowest of them."""
    under_way: list[Future[None]] = []
    for piece in pieces:
        for done in under_way:
            done.result()
        under_way = [threads.submit(file.write, piece) for file in files]
    for done in under_way:
        done.result()


class _Counted:
    """Lines, counted as they pass."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self.lines = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self.lines += 1
            yield line


class _File:
    """A file that a text is written to."""

    def __init__(self, opened: ExitStack, path: Path, form: Format) -> None:
        self._path = path
        self._format = form
        self._file: IO[bytes] = opened.enter_context(path.open("xb", buffering=0))
        self._compressor = form.compressor()
        self._checksum = sha256()
        self._bytes = 0

    def write(self, piece: bytes) -> None:
        """Write a piece of the text."""
        self._store(self._compressor.compress(piece))

    def finish(self) -> KeptFile:
        """Write what is left, and wait for the disk."""
        self._store(self._compressor.flush())
        to_disk(self._file.fileno())
        return KeptFile(name=self._path.name, format=self._format, bytes=self._bytes, sha256=self._checksum.hexdigest())

    def _store(self, data: bytes) -> None:
        self._checksum.update(data)
        self._bytes += len(data)
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]
