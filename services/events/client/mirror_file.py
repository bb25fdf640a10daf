"""A mirror's file, for reading: by who keeps it and by other programs, at any time and always at one position."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.events.client.problems import MirrorUnusable, NotAMirror
from services.events.client.subjects import read_json
from services.events.client.tables import APPLICATION_ID, FORMAT
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.views import shown
from services.events.contracts.vocabulary import View
from services.events.log.digest import hash_of
from services.events.verifying.holding import UNREADABLE, Held, Holding

_BUSY_SECONDS = 30.0
_COLUMNS = "id, version, generation, number, document, restricted"
_ALL = "SELECT kind, id, version, document, restricted FROM subject"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as the mirror has it."""

    id: str
    version: int
    position: Position
    """Of its last change."""
    document: Json
    restricted: Json | None
    """The restricted part; in the internal view only."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a mirror stands."""

    view: View
    position: Position | None
    """None before its first snapshot."""
    published_ms: int
    """Time of the entry at the position, milliseconds since 1970; 0 when not known."""
    digest: str
    """Of the view at the position."""


class MirrorFile:
    """A mirror in the SQLite file `file`. It opens the file for each look, so there is nothing to close."""

    def __init__(self, file: str | Path) -> None:
        self.file = Path(file).resolve()

    @property
    def position(self) -> Position | None:
        """The position that the mirror stands at; none before its first snapshot."""
        return self.standing().position

    @property
    def digest(self) -> str:
        """The digest of what the mirror has, kept with each change: the registry has the same at this position."""
        return self.standing().digest

    def standing(self) -> Standing:
        """Where the mirror stands."""
        with self.reading() as connection:
            return standing_of(connection)

    def get(self, identifier: str) -> Organisation | None:
        """The organisation of that id, or the one into which it was merged."""
        with self.reading() as connection:
            seen: set[str] = set()
            while identifier not in seen:
                seen.add(identifier)
                if found := _organisation(connection, identifier):
                    return found
                identifier = _redirect(connection, identifier) or identifier
        return None

    def organisations(self) -> Iterator[Organisation]:
        """All organisations at one position, streamed; the mirror may go on meanwhile."""
        query = f"SELECT {_COLUMNS} FROM subject WHERE kind = ? ORDER BY id"  # noqa: S608 - names of ours
        with self.reading() as connection:
            for row in connection.execute(query, (ORGANISATION,)):
                yield _read(row)

    @contextmanager
    def held(self) -> Iterator[Holding]:
        """All that the mirror holds at one position, with hashes made anew of its documents.

        Raises NotAMirror before its first snapshot.
        """
        with self.reading() as connection:
            here = standing_of(connection)
            if here.position is None:
                raise NotAMirror(self.file, "it has no snapshot yet")
            subjects = _held(connection, here.view)
            yield Holding(f"the mirror {self.file.name}", here.view, here.position, here.digest, subjects)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one state of the file for the length of the block, and cannot write.

        Raises NotAMirror or MirrorUnusable.
        """
        if not self.file.is_file():
            raise NotAMirror(self.file, "there is no such file")
        with self.saying_what_is_wrong():
            connection = sqlite3.connect(
                f"{self.file.as_uri()}?mode=ro", timeout=_BUSY_SECONDS, isolation_level=None, uri=True
            )
            try:
                connection.execute("BEGIN")
                check_format(connection, self.file)
                yield connection
            finally:
                connection.close()

    @contextmanager
    def saying_what_is_wrong(self) -> Iterator[None]:
        """Turn what SQLite says about the file into NotAMirror or MirrorUnusable."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise MirrorUnusable(self.file, str(error)) from error
        except sqlite3.DatabaseError as error:
            raise NotAMirror(self.file, str(error)) from error


def check_format(connection: sqlite3.Connection, file: Path) -> None:
    """Raise NotAMirror unless the file is a mirror that this version reads."""
    (found,) = connection.execute("PRAGMA application_id").fetchone()
    if found != APPLICATION_ID:
        raise NotAMirror(file, "it is a SQLite file of something else")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != FORMAT:
        raise NotAMirror(file, f"its format is {version}, and this version of the client reads {FORMAT}")


def standing_of(connection: sqlite3.Connection) -> Standing:
    """Where the mirror stands, as this connection sees it."""
    query = "SELECT view, generation, number, published_ms, digest FROM mirror"
    view, generation, number, published_ms, digest = connection.execute(query).fetchone()
    position = None if generation is None else Position(generation, number)
    return Standing(View(view), position, published_ms, digest)


def _organisation(connection: sqlite3.Connection, identifier: str) -> Organisation | None:
    query = f"SELECT {_COLUMNS} FROM subject WHERE kind = ? AND id = ?"  # noqa: S608 - names of ours
    found = connection.execute(query, (ORGANISATION, identifier)).fetchone()
    return None if found is None else _read(found)


def _redirect(connection: sqlite3.Connection, identifier: str) -> str | None:
    found = connection.execute("SELECT target FROM redirect WHERE id = ?", (identifier,)).fetchone()
    return None if found is None else found[0]


def _read(row: tuple[str, int, int, int, str, str | None]) -> Organisation:
    identifier, version, generation, number, document, restricted = row
    return Organisation(
        identifier, version, Position(generation, number), read_json(document) or {}, read_json(restricted)
    )


def _held(connection: sqlite3.Connection, view: View) -> Iterator[Held]:
    for kind, identifier, version, document, restricted in connection.execute(_ALL):
        subject = Subject(kind, identifier)
        yield Held(subject, _hash(view, subject, document, restricted), version)


def _hash(view: View, subject: Subject, document: str, restricted: str | None) -> str:
    """The hash of what is stored; one that no documents have where it is no JSON any more."""
    try:
        return hash_of(subject, *(shown(view, read_json(document), read_json(restricted)) or ()))
    except ValueError:
        return UNREADABLE
