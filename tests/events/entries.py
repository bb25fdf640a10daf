"""Writing entries to a real log, without the registry."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Engine, delete, insert, select, update

from services.events.contracts.catalogue import ORGANISATION, REGISTRY, Event
from services.events.contracts.entries import Entry, Subject
from services.events.contracts.vocabulary import Actor, Origin
from services.events.log.append import Clock, LogWriter, system_clock
from services.events.log.drafts import NOTHING, Draft, State
from services.events.log.signal import LogSignal
from services.events.log.tables import log_entry, log_generation, log_head, log_subject
from services.events.tables import relay_slot

AUTHOR = "planted-author@example.org"
"""Who made every change: personal data, to be in no outlet."""


def organisation_id(number: int) -> str:
    """A valid id, `org-aaa...`, different for each number."""
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    return "org-" + "".join(letters[(number >> (5 * place)) & 31] for place in range(15, -1, -1))


def document(number: int, **fields: Any) -> dict[str, Any]:
    """A small, valid public document."""
    return {
        "title": {"fr": f"Organisation {number}"},
        "profiles": {"company": {}},
        "id": organisation_id(number),
        "slug": f"organisation-{number}",
        "state": "published",
        "registered_on": "2026-11-24",
        **fields,
    }


@dataclass
class Ecosystem:
    """Organisations whose changes are written to the log of `engine`, each in a transaction of its own."""

    engine: Engine
    signal: LogSignal = field(default_factory=LogSignal)
    states: dict[int, State] = field(default_factory=dict)
    clock: Clock = system_clock

    def publish(self, number: int, restricted: dict[str, Any] | None = None, **fields: Any) -> Entry:
        """Put the organisation into the public view, or change it there."""
        known = self.states.get(number, NOTHING).public is not None
        after = State(document(number, **fields), restricted)
        return self._write(number, Event.CHANGED if known else Event.PUBLISHED, after)

    def hide(self, number: int) -> Entry:
        """A change that the public view does not see: of a draft."""
        return self._write(number, Event.REGISTERED, NOTHING)

    def archive(self, number: int) -> Entry:
        """Take the organisation out of the public view."""
        return self._write(number, Event.ARCHIVED, NOTHING)

    def merge(self, number: int, into: int) -> Entry:
        """The organisation proved to be another one, and leaves the public view."""
        return self._append(replace(self._draft(number, Event.MERGED, NOTHING), redirect=organisation_id(into)))

    def withdraw(self, number: int, **fields: Any) -> Entry:
        """A person does not want to be shown any more: told without what was shown, as the registry does it.

        Without fields the organisation is not shown at all.
        """
        after = State(document(number, **fields)) if fields else NOTHING
        return self._write(number, Event.CHANGED, after, told=after)

    def beat(self) -> Entry:
        """A sign of life of the registry itself."""
        subject = Subject(REGISTRY, REGISTRY)
        return self._append(Draft(Event.HEARTBEAT, subject, NOTHING, NOTHING, Origin.INFERRED, Actor.SYSTEM))

    def fill(self, count: int, *, first: int = 1) -> list[Entry]:
        """Publish many organisations in one transaction."""
        with self.engine.begin() as connection:
            writer = LogWriter(connection, self.clock)
            for number in range(first, first + count):
                writer.append(self._draft(number, Event.PUBLISHED, State(document(number))))
            entries = writer.flush()
        self.signal.announce(entries[-1].position)
        return entries

    @contextmanager
    def restored_to_now(self) -> Iterator[None]:
        """After the block the log is what it was before it, in a new generation, as a restored backup is.

        Organisations written about in the block must be new to the log.
        """
        with self.engine.connect() as connection:
            head = connection.execute(select(log_head)).one()
            marks = connection.execute(select(relay_slot)).all()
            states = dict(self.states)
        yield
        self.states = states
        with self.engine.begin() as connection:
            connection.execute(delete(log_entry).where(log_entry.c.position > head.position))
            connection.execute(delete(log_subject).where(log_subject.c.position > head.position))
            new = {"generation": head.generation + 1, "forked_at": head.position, "started_ms": 0}
            connection.execute(insert(log_generation).values(**new))
            connection.execute(update(log_head).values(**{**head._asdict(), "generation": head.generation + 1}))
            connection.execute(delete(relay_slot))
            if marks:
                connection.execute(insert(relay_slot), [{**mark._asdict(), "owner": None} for mark in marks])

    def _write(self, number: int, event: Event, after: State, told: State | None = None) -> Entry:
        """`told` is what may be told of what was before, where that is not all."""
        draft = self._draft(number, event, after)
        return self._append(draft if told is None else replace(draft, before=told))

    def _append(self, draft: Draft) -> Entry:
        with self.engine.begin() as connection:
            writer = LogWriter(connection, self.clock)
            entry = writer.append(draft)
            writer.flush()
        self.signal.announce(entry.position)
        return entry

    def _draft(self, number: int, event: Event, after: State) -> Draft:
        before, self.states[number] = self.states.get(number, NOTHING), after
        subject = Subject(ORGANISATION, organisation_id(number))
        return Draft(event, subject, before, after, Origin.ORGANISATION, Actor.ORGANISATION, author=AUTHOR)
