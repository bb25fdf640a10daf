"""Matching: which saved searches an entry of the log concerns, and what it did to the organisation's place in them."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, select

from services.database import reading
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.contracts.transitions import Change
from services.events.contracts.transitions import Transition as Meant
from services.events.contracts.vocabulary import Visibility
from services.events.following.protocol import Snapshot
from services.notifier.deliveries import insert_deliveries, new_delivery
from services.notifier.identifiers import new_delivery_id, now_ms
from services.notifier.mark import Mark, read_mark, write_mark
from services.notifier.payloads import event_payload
from services.notifier.searches import SavedSearch, active_searches
from services.notifier.tables import saved_search
from services.notifier.vocabulary import SearchState, Transition
from services.settings import Settings
from services.telemetry.metrics import MATCHES, NOTIFIER_POSITION

log = structlog.get_logger(__name__)


class Matcher:
    """A reader of the log that stores a delivery for each saved search which an entry concerns.

    The mark moves in the transaction that stores the deliveries: an entry that comes again finds it beyond itself and
    has no effect. Searches are looked at anew for every batch, because the API may run in another process.
    """

    def __init__(self, settings: Settings, engine: Engine, on_stored: Callable[[], None] = lambda: None) -> None:
        """Match for the searches in `engine`; `on_stored` is called when deliveries wait to be sent."""
        self._public_url = settings.effective_public_url
        self._engine = engine
        self._on_stored = on_stored
        self._first_wait_ms = round(settings.webhook_retry_seconds[0] * 1000)
        self._searches: list[SavedSearch] = []
        self._versions: _Versions = {}

    @property
    def position(self) -> Position | None:
        """The last entry that was matched; none before the first start."""
        mark = self._mark()
        return None if mark is None else mark.position

    @property
    def published_ms(self) -> int:
        """Time of that entry."""
        mark = self._mark()
        return 0 if mark is None else mark.published_ms

    def load(self, snapshot: Snapshot) -> None:
        """Go on from the snapshot's position. What changed on the way there is not told to anybody: an alarm is."""
        with self._engine.begin() as connection:
            skipped_from = read_mark(connection, lock=True)
            write_mark(connection, Mark(snapshot.position, snapshot.published_ms))
        if skipped_from is not None and skipped_from.position != snapshot.position:
            log.error("changes_not_matched", after=str(skipped_from.position), until=str(snapshot.position))

    def apply(self, entries: Sequence[Entry]) -> None:
        """Store the deliveries of these entries and move the mark."""
        while True:
            with reading(self._engine) as connection:
                mark = _required(read_mark(connection))
                self._refresh(connection)
            new = [entry for entry in entries if entry.position > mark.position]
            if not new:
                return
            _check_contiguous(mark.position, new[0])
            if self._store(mark, new, self._deliveries(new)):
                return

    def _mark(self) -> Mark | None:
        with reading(self._engine) as connection:
            return read_mark(connection)

    def _refresh(self, connection: Connection) -> None:
        versions = _active_versions(connection)
        if versions != self._versions:
            self._searches, self._versions = active_searches(connection), versions

    def _store(self, mark: Mark, entries: Sequence[Entry], rows: Sequence[dict[str, Any]]) -> bool:
        # Matching takes its time outside this transaction, which keeps every other writer of a SQLite file waiting.
        # When searches or the mark changed meanwhile, what was found may be wrong: say so and have it done again.
        with self._engine.begin() as connection:
            if read_mark(connection, lock=True) != mark or _active_versions(connection) != self._versions:
                return False
            insert_deliveries(connection, rows)
            write_mark(connection, Mark(entries[-1].position, entries[-1].published_ms))
        NOTIFIER_POSITION.set(entries[-1].position.number)
        for row in rows:
            MATCHES.labels(row["transition"]).inc()
        if rows:
            self._on_stored()
        return True

    def _deliveries(self, entries: Sequence[Entry]) -> list[dict[str, Any]]:
        now = now_ms()
        found = []
        for entry in entries:
            if self._searches and entry.visibility is not Visibility.HIDDEN and entry.subject.kind == ORGANISATION:
                change = _Change(entry)
                for search in self._searches:
                    transition = change.concerns(search)
                    if transition is not None:
                        found.append(self._delivery(entry, search, transition, now))
        return found

    def _delivery(self, entry: Entry, search: SavedSearch, transition: Transition, now: int) -> dict[str, Any]:
        delivery_id = new_delivery_id()
        row = new_delivery(
            delivery_id,
            search.id,
            entry.event_id,
            entry.position,
            now,
            subject_id=entry.subject.id,
            transition=transition,
            payload=event_payload(entry, search, transition, delivery_id, self._public_url),
        )
        return row | {"next_ms": now + self._first_wait_ms}


class _Change(Change):
    """An entry, asked by many saved searches."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry)
        self._today: date = entry.published_at.date()
        self._found: dict[tuple[int, bool], Meant | None] = {}

    def concerns(self, search: SavedSearch) -> Transition | None:
        """What the entry did to the organisation's place in the search; none where it does not concern it."""
        if self.entry.position <= search.since:
            return None
        found = self._transition(search)
        if found is None or (found is Meant.CHANGED and not self._shows_a_change_to(search)):
            return None
        return Transition(found.value)

    def _transition(self, search: SavedSearch) -> Meant | None:
        """Found once for all searches of the same criteria."""
        key = id(search.criteria), search.sees_restricted
        if key not in self._found:
            self._found[key] = self.transition(search.criteria, self._today, restricted=search.sees_restricted)
        return self._found[key]

    def _shows_a_change_to(self, search: SavedSearch) -> bool:
        return bool(self.entry.changes or (search.sees_restricted and self.entry.restricted_changes))


_Versions = dict[str, int]


def _active_versions(connection: Connection) -> _Versions:
    wanted = select(saved_search.c.id, saved_search.c.version).where(saved_search.c.state == SearchState.ACTIVE)
    return {row.id: row.version for row in connection.execute(wanted)}


def _required(mark: Mark | None) -> Mark:
    if mark is None:
        raise RuntimeError("the matcher has no position yet: load a snapshot first")
    return mark


def _check_contiguous(mark: Position, first: Entry) -> None:
    if first.position.number != mark.number + 1:
        log.error("changes_not_matched", after=str(mark), until=str(first.position))
