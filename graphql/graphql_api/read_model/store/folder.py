"""Which file is the one of a view, and when another one takes its place."""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import blake2b
from pathlib import Path

import orjson
import structlog

from graphql_api.read_model.store.compression import Dictionaries
from graphql_api.read_model.store.files import RecordFile, Unusable, identity_of, open_file
from graphql_api.read_model.store.writing import FileWriter
from services.events.contracts.vocabulary import View
from services.reference.communes import communes_on

_FORSAKEN_SECONDS = 3_600
"""A file that nobody wrote to for so long is of a process that died over it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RecordFolder:
    """Where processes that follow the same view find the file that they share; without a path each has its own."""

    path: Path | None = None
    program: str = ""
    """Tells versions of the program apart: another one may make other blobs of the same documents."""
    fewest_changed: int = 20_000
    """Records that may change before another file is written for a process that runs: about 40 MB."""
    apart_from: int = 10_000
    """With so many records another process packs those of a file: with fewer its start would take longer."""

    def open(self, view: View) -> RecordFile | None:
        """The file that is there, if it was written for exactly this."""
        name = self._name(view)
        if name is None:
            return None
        try:
            return open_file(name, self._written_for(view))
        except FileNotFoundError:
            return None
        except (Unusable, OSError, ValueError) as error:
            log.info("records_file_not_taken", file=name.name, cause=str(error))
            return None

    def writer(self, view: View, dictionaries: Dictionaries, apart_from: int | None = None) -> FileWriter:
        """Begin another file: one that is not shared where the folder cannot be written to.

        With `apart_from` records or more another process packs them; None is for never.
        """
        if self.path is not None:
            try:
                self.path.mkdir(parents=True, exist_ok=True)
                _tidy(self.path)
                return FileWriter(self.path, self._written_for(view), dictionaries, apart_from)
            except OSError as error:
                log.warning("records_not_shared", cause=str(error))
        return FileWriter(None, self._written_for(view), dictionaries, apart_from)

    def publish(self, writer: FileWriter, view: View) -> None:
        """Give a finished file the name under which others find it. Who has the former one keeps it."""
        name = self._name(view)
        if name is not None and writer.path is not None:
            writer.path.replace(name)

    def replaced_since(self, file: RecordFile | None, view: View) -> RecordFile | None:
        """The file that another process put there since this one was opened; none if none did."""
        name = self._name(view)
        there = identity_of(name) if name is not None else None
        return None if there is None or (file is not None and there == file.identity) else self.open(view)

    def _name(self, view: View) -> Path | None:
        return None if self.path is None else self.path / f"records-{view.value}.bin"

    def _written_for(self, view: View) -> bytes:
        communes = [commune.nis_code for commune in communes_on(_today())]
        return blake2b(orjson.dumps([self.program, view.value, communes]), digest_size=32).digest()


def _tidy(folder: Path) -> None:
    for part in folder.glob("records-*.part"):
        with suppress(OSError):  # another process was quicker
            if time.time() - part.stat().st_mtime > _FORSAKEN_SECONDS:
                part.unlink()


def _today() -> date:
    return datetime.now(UTC).date()
