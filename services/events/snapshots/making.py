"""Making a snapshot to be kept: every view, in every format, with the deltas, all at one position."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from services.database import reading
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.log.append import system_clock
from services.events.log.reading import Head, read_head
from services.events.snapshots.deltas import delta_starts
from services.events.snapshots.formats import Format
from services.events.snapshots.histories import event_at
from services.events.snapshots.kept import KeptSnapshot, KeptText
from services.events.snapshots.shelf import Shelf
from services.events.snapshots.texts import delta_lines, snapshot_lines
from services.events.snapshots.writing import write_text


def make_snapshot(engine: Engine, shelf: Shelf, formats: Sequence[Format]) -> KeptSnapshot:
    """A snapshot of now on the shelf; the one that is there, when nothing was written to the log since it was made.

    For who is alone there. It is read in one transaction, which no writer waits for. Raises OSError, and leaves
    nothing, when the disk is full.
    """
    with reading(engine) as connection:
        head = read_head(connection)
        if there := shelf.find(head.position):
            return there
        with shelf.unfinished() as folder:
            made = _Making(connection, head, folder, formats).snapshot(system_clock())
            shelf.place(folder, made)
    return made


@dataclass(frozen=True, slots=True)
class _Making:
    """A snapshot that is being made."""

    connection: Connection
    head: Head
    folder: Path
    formats: Sequence[Format]

    def snapshot(self, now_ms: int) -> KeptSnapshot:
        starts = list(delta_starts(self.connection, self.head, now_ms))
        return KeptSnapshot(
            generation=self.head.position.generation,
            position=self.head.position.number,
            published_ms=self.head.published_ms,
            made_ms=now_ms,
            event_id=event_at(self.connection, self.head.position.number),
            texts=tuple(text for view in View for text in self._texts(view, starts)),
        )

    def _texts(self, view: View, starts: Iterable[tuple[str, Position]]) -> Iterator[KeptText]:
        yield self._whole(view)
        for span, start in starts:
            yield self._delta(view, span, start)

    def _whole(self, view: View) -> KeptText:
        lines = snapshot_lines(self.connection, self.head, view)
        written = write_text(self.folder, view.value, lines, self.formats)
        return KeptText(view=view, digest=self.head.digests[view], count=written.count, files=written.files)

    def _delta(self, view: View, span: str, start: Position) -> KeptText:
        lines = delta_lines(self.connection, self.head, view, start)
        written = write_text(self.folder, f"{view.value}-delta-{span}", lines, self.formats)
        return KeptText(
            view=view,
            digest=self.head.digests[view],
            count=written.count,
            files=written.files,
            span=span,
            after=start.number,
        )
