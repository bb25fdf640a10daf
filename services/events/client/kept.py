"""Snapshots from the files that the registry keeps: a download that breaks off goes on where it did."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import file_digest
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, cast

from services.events.client.answers import KeptFile, snapshot_of
from services.events.client.ndjson import pieces_of
from services.events.client.registry import Registry
from services.events.contracts.position import Position
from services.events.following.protocol import Refused, Snapshot, SnapshotIncomplete, SourceUnavailable


class KeptSnapshots:
    """For a Mirror of a large registry over a bad line: `Mirror(file, registry, snapshots=KeptSnapshots(...))`.

    The newest kept snapshot is downloaded into `folder`, in as many attempts as it takes, and removed when the mirror
    has it. Where the registry keeps none, the snapshot of now is loaded.
    """

    def __init__(self, registry: Registry, folder: str | Path) -> None:
        self._registry = registry
        self._folder = Path(folder)

    def head(self) -> Position:
        """Where the log stands now."""
        return self._registry.head()

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The newest kept snapshot, or that of now. Raises SourceUnavailable when the download breaks off."""
        kept = self._registry.kept_files()
        if not kept:
            with self._registry.snapshot() as snapshot:
                yield snapshot
            return
        file = self._downloaded(kept[0])
        with gzip.open(file) as text:
            yield snapshot_of(pieces_of(cast("BinaryIO", text)))
        file.unlink()

    def _downloaded(self, kept: KeptFile) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"snapshot-{kept.sha256}.ndjson.gz"
        for other in self._folder.glob("snapshot-*.ndjson.gz"):
            if other != file:
                other.unlink()
        try:
            self._go_on(kept, file)
        except Refused as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            raise SourceUnavailable("the snapshot is not kept any more; the next one is taken") from error
        _check(kept, file)
        return file

    def _go_on(self, kept: KeptFile, file: Path) -> None:
        """Load what is missing of the file."""
        begin = file.stat().st_size if file.exists() else 0
        if begin >= kept.bytes:
            return
        with self._registry.part_of(kept, begin) as (begins, pieces), file.open("ab") as written:
            written.truncate(begins)
            for piece in pieces:
                written.write(piece)


def _check(kept: KeptFile, file: Path) -> None:
    """Raise SnapshotIncomplete unless the file is the one that was offered; what is wrong is removed."""
    with file.open("rb") as whole:
        found = file_digest(whole, "sha256").hexdigest()
    if found == kept.sha256:
        return
    if file.stat().st_size >= kept.bytes:
        file.unlink()
    raise SnapshotIncomplete("the download is not the snapshot that was offered: it is loaded again")
