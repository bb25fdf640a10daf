"""The folder of kept snapshots: a folder for each, named by its position, which appears when all is in it.

A snapshot is written in a folder of another name, brought to the disk, and then renamed: whoever dies before that
leaves nothing that is offered. One process at a time writes here; who reads needs no lock.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog
from pydantic import ValidationError

from services.events.contracts.position import Position
from services.events.snapshots.kept import NAME, KeptFile, KeptSnapshot
from services.problems import Conflict

_UNFINISHED = ".unfinished-"
_LOCK = ".lock"
_OWNER_ALONE = 0o700
"""The internal view is among the files."""

log = structlog.get_logger(__name__)


class Shelf:
    """The kept snapshots in the folder `path`, which is made when the first one is."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def kept(self) -> list[KeptSnapshot]:
        """Every whole snapshot, the newest position first."""
        found = [kept for name in self._names() if (kept := self._read(name))]
        return sorted(found, key=lambda kept: kept.at, reverse=True)

    def find(self, position: Position) -> KeptSnapshot | None:
        """The snapshot of that position."""
        return self._read(str(position))

    def place_of(self, kept: KeptSnapshot, file: KeptFile) -> Path:
        """Where the file lies."""
        return self.path / str(kept.at) / file.name

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the only one who writes here. Raises Conflict while another process does.

        The operating system takes the lock back when the process ends, however it ends.
        """
        self.path.mkdir(_OWNER_ALONE, parents=True, exist_ok=True)
        with (self.path / _LOCK).open("wb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict("Another process works on the kept snapshots just now: wait until it is done.") from None
            self._clear()
            yield

    @contextmanager
    def unfinished(self) -> Iterator[Path]:
        """A folder to write a snapshot in; it is gone after the block unless `place` was called."""
        folder = self.path / f"{_UNFINISHED}{secrets.token_hex(4)}"
        folder.mkdir(_OWNER_ALONE)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def place(self, folder: Path, kept: KeptSnapshot) -> None:
        """Offer the snapshot that was written in the unfinished folder."""
        with (folder / NAME).open("wb") as file:
            file.write(kept.model_dump_json(indent=1).encode())
            to_disk(file.fileno())
        _folder_to_disk(folder)
        folder.rename(self.path / str(kept.at))
        _folder_to_disk(self.path)

    def remove(self, kept: KeptSnapshot) -> None:
        """Take the snapshot away, at once for all who look."""
        gone = self.path / f"{_UNFINISHED}{secrets.token_hex(4)}"
        (self.path / str(kept.at)).rename(gone)
        shutil.rmtree(gone)

    def _clear(self) -> None:
        """Take away what processes that died left, and folders that no snapshot can be read from."""
        for name in self._names():
            if name.startswith(_UNFINISHED) or (_is_position(name) and self._read(name) is None):
                log.warning("broken_snapshot_removed", folder=name)
                shutil.rmtree(self.path / name, ignore_errors=True)

    def _names(self) -> list[str]:
        try:
            return [folder.name for folder in self.path.iterdir()]
        except FileNotFoundError:
            return []

    def _read(self, name: str) -> KeptSnapshot | None:
        if not _is_position(name):
            return None
        folder = self.path / name
        try:
            kept = KeptSnapshot.model_validate_json((folder / NAME).read_bytes())
            whole = all((folder / file.name).stat().st_size == file.bytes for file in kept.files())
        except (OSError, ValidationError):
            return None
        return kept if whole and str(kept.at) == name else None


def to_disk(descriptor: int) -> None:
    """Return when what was written is on the disk."""
    os.fsync(descriptor)


def _folder_to_disk(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        to_disk(descriptor)
    finally:
        os.close(descriptor)


def _is_position(name: str) -> bool:
    with suppress(ValueError):
        Position.parse(name)
        return True
    return False
