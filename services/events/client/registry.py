"""The registry's log over HTTP: where it stands, its state at one position, and every entry after one."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import orjson

from services.events.backoff import Backoff
from services.events.client.answers import KeptFile, digest_of, hashes_of, kept_files_of, snapshot_of
from services.events.client.connection import TIMEOUT_SECONDS, Connection, Session
from services.events.client.pages import Page, page_of
from services.events.client.problems import PositionNotReached
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.protocol import Refused, Snapshot, SourceUnavailable
from services.events.log.problems import PositionAhead
from services.events.verifying.holding import Digest, Holding

EVENTS = "/events/v1"
BEGINNING = Position(1, 0)
WAIT_SECONDS = 2.0
"""How long the registry keeps a request open until there is an entry, and so how long a stop may take."""
BATCH = 500
"""Entries asked for at once."""
_LONGEST_WAIT_SECONDS = 30.0
"""What the feed takes as `wait`."""
_TURN_SECONDS = 0.05
"""Between two questions whether a position was reached: a registry that is about to end answers at once."""


class Registry:
    """The log of the registry at `url`, in one view.

    A source of snapshots and entries for whatever follows the log: partners' mirrors and the registry's own readers.
    Each method asks once and raises what came of it, SourceUnavailable for what asking again may mend, Refused for what
    it does not; `events` asks again by itself. It may be used by several threads.
    """

    def __init__(  # noqa: PLR0913 - but for the first two each is for special cases
        self,
        url: str,
        token: str = "",
        view: View | str = View.PUBLIC,
        *,
        wait_seconds: float = WAIT_SECONDS,
        batch: int = BATCH,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        """Only the view `internal` needs a token. Raises ValueError for what is no address, token, view or time.

        `timeout_seconds` is how long the next piece of an answer may take.
        """
        self._connection = Connection(url, token, timeout_seconds)
        self.view = View(view)
        if not 0 <= wait_seconds <= _LONGEST_WAIT_SECONDS:
            raise ValueError(f"wait_seconds is 0 to {_LONGEST_WAIT_SECONDS:g}, not {wait_seconds:g}")
        self._wait_seconds = wait_seconds
        self._batch = batch

    @property
    def url(self) -> str:
        """The registry's address."""
        return self._connection.url

    def head(self) -> Position:
        """Where the log stands now."""
        return self.digest().position

    def digest(self, *, at: Position | str | None = None) -> Digest:
        """The digest of the view now, or at an older position.

        Raises PositionAhead, PositionBeyondFork, and PositionTooFarBack for one that is not reckoned any more.
        """
        with self._connection.open() as session:
            return digest_of(session.read(f"{EVENTS}/digest", self._at(at)))

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The state of now, streamed; its records raise SnapshotIncomplete when it breaks off."""
        with self._connection.open() as session, session.stream(f"{EVENTS}/snapshots/current", self._at()) as pieces:
            yield snapshot_of(pieces)

    def kept_files(self) -> list[KeptFile]:
        """The snapshots of the view that the registry keeps as files, newest first; none where it keeps none."""
        with self._connection.open() as session:
            return kept_files_of(session.read(f"{EVENTS}/snapshots", {}), self.view)

    @contextmanager
    def part_of(self, file: KeptFile, begin: int) -> Iterator[tuple[int, Iterator[bytes]]]:
        """A kept file from that byte on, and where the answer begins: 0 where it is sent whole."""
        with self._connection.open() as session, session.part(file.path, begin) as answered:
            yield answered

    @contextmanager
    def hashes(self, *, at: Position | str | None = None) -> Iterator[Holding]:
        """Every subject of the view with its hash, streamed; raises as `digest` does."""
        with self._connection.open() as session, session.stream(f"{EVENTS}/hashes", self._at(at)) as pieces:
            yield hashes_of(pieces, f"the log of {self.url}")

    def page(
        self,
        after: Position | str,
        *,
        limit: int | None = None,
        wait: float = 0,
        types: Sequence[str] = (),
        criteria: Mapping[str, Any] | None = None,
    ) -> Page:
        """The entries after a position, `limit` at most; where there is none yet, the first within `wait` seconds.

        `types` and `criteria` leave out others, see docs/events.md. Raises GapInEntries for a page that lacks entries.
        """
        most = self._batch if limit is None else limit
        with self._connection.open() as session:
            return self._page(session, _position(after), most, wait, _filters(types, criteria))

    def events(
        self,
        after: Position | str = BEGINNING,
        *,
        types: Sequence[str] = (),
        criteria: Mapping[str, Any] | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Entry]:
        """Every entry after a position as it comes, in order, for ever or until `stop` is set; none is left out.

        What asking again may mend is waited for, longer each time. Raises PositionBeyondFork, PositionExpired and
        PositionAhead where nobody can go on from there, and Refused.
        """
        filters, stop = _filters(types, criteria), stop or threading.Event()
        backoff, position = Backoff(stop), _position(after)
        while not stop.is_set():
            try:
                for page in self._pages(position, filters, stop):
                    backoff.reset()
                    yield from page.entries
                    position = page.position
            except Refused:
                raise
            except SourceUnavailable as error:
                backoff.wait(error.retry_after_seconds)

    def follow(self, after: Position, since_ms: int, stop: threading.Event) -> Iterator[Sequence[Entry]]:  # noqa: ARG002
        """Batches of entries after a position; empty ones when nothing came for `wait_seconds`."""
        for page in self._pages(after, {}, stop):
            yield page.entries

    def wait_for(self, position: Position | str, seconds: float = 10.0) -> None:
        """Return when the log has reached the position, such as a write returned.

        Raises PositionNotReached when it has not within the seconds, and PositionBeyondFork when the registry was
        restored to an earlier state and the position will never be reached.
        """
        wanted, over = _position(position), time.monotonic() + seconds
        with self._connection.open() as session:
            while not self._has_reached(session, wanted, min(over - time.monotonic(), _LONGEST_WAIT_SECONDS)):
                if time.monotonic() >= over:
                    raise PositionNotReached(wanted, seconds)
                threading.Event().wait(_TURN_SECONDS)

    def _has_reached(self, session: Session, wanted: Position, seconds: float) -> bool:
        wait = max(0.0, seconds)
        asked: dict[str, str | float] = {"after": str(wanted), "at_least": str(wanted), "limit": 1, "wait": wait}
        try:
            session.read(f"{EVENTS}/feed", asked | {"view": self.view.value}, wait=wait)
        except PositionAhead:
            return False
        return True

    def _pages(self, after: Position, filters: Mapping[str, str], stop: threading.Event) -> Iterator[Page]:
        """Pages, one after the other, over one connection; empty ones when nothing came for `wait_seconds`."""
        with self._connection.open() as session:
            while not stop.is_set():
                page = self._page(session, after, self._batch, self._wait_seconds, filters)
                yield page
                after = page.position

    def _page(self, session: Session, after: Position, limit: int, wait: float, filters: Mapping[str, str]) -> Page:
        asked = {"after": str(after), "limit": limit, "wait": wait, "view": self.view.value, **filters}
        return page_of(session.read(f"{EVENTS}/feed", asked, wait=wait), after, whole=not filters)

    def _at(self, at: Position | str | None = None) -> dict[str, str]:
        asked = {"view": self.view.value}
        return asked if at is None else asked | {"at": str(_position(at))}


def _position(value: Position | str) -> Position:
    return value if isinstance(value, Position) else Position.parse(value)


def _filters(types: Sequence[str], criteria: Mapping[str, Any] | None) -> dict[str, str]:
    if isinstance(types, str):
        raise TypeError("types is a list of types, not one text")
    filters = {"types": ",".join(types)} if types else {}
    return filters if criteria is None else filters | {"criteria": orjson.dumps(criteria).decode()}
