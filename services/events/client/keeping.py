"""The writing side of a mirror's file: a `Reader` of the log whose every step is one transaction."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from services.events.client.mirror_file import MirrorFile, Standing, check_format, standing_of
from services.events.client.problems import MirrorOfOtherView, OnChangesFailed
from services.events.client.subjects import Tables, different, gone
from services.events.client.tables import create, create_new, put_new_in_place
from services.events.contracts.entries import Current, Entry, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View, Visibility
from services.events.following.protocol import Snapshot, SnapshotDiffers
from services.events.log.digest import EMPTY, RunningDigest

_BUSY_SECONDS = 30.0
_PUT_AT_ONCE = 2_000
"""Subjects of a snapshot that are written in one transaction."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a step did to one subject of the mirror."""

    subject: Subject
    visibility: Visibility
    """`entered`: the mirror has it now and had it not; `stayed`: its documents are others; `left`: it is gone."""
    position: Position
    """Where the mirror stands with this change."""
    entry: Entry | None = None
    """The entry that told of it, with the values before; none when a snapshot did."""

    @property
    def id(self) -> str:
        """The subject's id."""
        return self.subject.id


OnChanges = Callable[[Sequence[Change]], None]


class Keeper(MirrorFile):
    """Writes the file: becomes snapshots, and goes on by entries, each exactly once.

    `on_changes` is called with what a step changes before that is committed: when it raises, the step is taken back and
    comes again. `taken` are the changes since somebody took them.
    """

    def __init__(self, file: str | Path, view: View, on_changes: OnChanges | None) -> None:
        super().__init__(file)
        self._view = view
        self._on_changes = on_changes
        self._taken: list[Change] = []
        self._one_at_a_time = threading.Lock()
        with self.saying_what_is_wrong():
            self._connection = sqlite3.connect(
                self.file, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self) -> None:
        """Make the tables of a new file. Raises NotAMirror or MirrorOfOtherView for one that is not to be written."""
        connection = self._connection
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() != (0,):
            check_format(connection, self.file)
        # Readers do not wait for the writer, and a power cut costs the last steps, which come again.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        with self._writing():
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,):
                create(connection, self._view, EMPTY)
        found = standing_of(connection).view
        if found is not self._view:
            raise MirrorOfOtherView(self.file, found, self._view)

    def close(self) -> None:
        """Close the file."""
        with self._one_at_a_time:
            self._connection.close()

    def standing(self) -> Standing:
        """Where the mirror stands."""
        with self._one_at_a_time, self.saying_what_is_wrong():
            return standing_of(self._connection)

    @property
    def published_ms(self) -> int:
        """Time of the entry at the position, 0 when not known."""
        return self.standing().published_ms

    def take_changes(self) -> list[Change]:
        """The changes of the steps since this was asked last."""
        taken, self._taken = self._taken, []
        return taken

    def apply(self, entries: Sequence[Entry]) -> None:
        """Go on by these entries in one transaction; one that was applied before has no effect."""
        with self._one_at_a_time, self._writing() as connection:
            before = standing_of(connection)
            fresh = [entry for entry in entries if before.position is None or entry.position > before.position]
            if not fresh:
                return
            digest = RunningDigest(before.digest)
            changes = [change for entry in fresh if (change := self._change(entry, digest))]
            self._stand(fresh[-1].position, fresh[-1].published_ms, str(digest))
            self._tell(changes)
        self._taken += changes

    def _change(self, entry: Entry, digest: RunningDigest) -> Change | None:
        tables = Tables(self._connection, self._view)
        if entry.visibility is Visibility.HIDDEN:
            return None
        if entry.document is None:
            before, after = tables.remove(entry.subject, entry.redirect), None
        else:
            told = Current(entry.subject, entry.version, entry.document, entry.restricted, entry.position)
            before, after = tables.put(told)
        digest.replace(before, after)
        return Change(entry.subject, entry.visibility, entry.position, entry)

    def load(self, snapshot: Snapshot) -> None:
        """Become the snapshot. It is written beside what is there, which stays readable until one step exchanges them.

        Raises SnapshotDiffers, and stays as it is, when the documents do not have the digest that the snapshot tells.
        """
        with self._one_at_a_time:
            digest = self._write_beside(snapshot.records)
            if snapshot.digest is not None and snapshot.digest != digest:
                raise SnapshotDiffers(snapshot.position, snapshot.digest, digest)
            with self._writing() as connection:
                changes = list(_differences(connection, snapshot.position))
                put_new_in_place(connection)
                self._stand(snapshot.position, snapshot.published_ms, digest)
                self._tell(changes)
        self._taken += changes

    def _write_beside(self, records: Iterable[Current]) -> str:
        """Fill the tables of the snapshot; their digest."""
        digest, waiting = RunningDigest(), iter(records)
        tables = Tables(self._connection, self._view, "new_")
        with self._writing() as connection:
            create_new(connection)
        while some := list(islice(waiting, _PUT_AT_ONCE)):
            with self._writing():
                for told in some:
                    digest.replace(*tables.put(told))
        return str(digest)

    def _stand(self, position: Position, published_ms: int, digest: str) -> None:
        row = (position.generation, position.number, published_ms, digest)
        self._connection.execute("UPDATE mirror SET generation = ?, number = ?, published_ms = ?, digest = ?", row)

    def _tell(self, changes: Sequence[Change]) -> None:
        if not self._on_changes or not changes:
            return
        try:
            self._on_changes(changes)
        except sqlite3.Error as error:  # of another file: else it would be taken for one of the mirror's
            raise OnChangesFailed(error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, taken back when the block raises. Raises MirrorUnusable when it cannot be written."""
        with self.saying_what_is_wrong():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # it has been taken back already, as when the disk is full
                    self._connection.execute("ROLLBACK")
                raise


def _differences(connection: sqlite3.Connection, position: Position) -> Iterator[Change]:
    for subject, known in different(connection):
        yield Change(subject, Visibility.STAYED if known else Visibility.ENTERED, position)
    for subject in gone(connection):
        yield Change(subject, Visibility.LEFT, position)
