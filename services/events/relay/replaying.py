"""Publishing a part of the log again: a range of positions, or what could not be published before.

Readers drop what they have, by its position: no mail and no webhook is sent again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from services.database import reading
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.log.reading import check_resumable
from services.events.relay.batch import Batch
from services.events.relay.dead_letters import DeadLetter, DeadLetters
from services.events.relay.outlet import Outlet
from services.events.relay.present import PresentStates
from services.events.relay.record import Record
from services.events.relay.records import records_of
from services.events.relay.stretches import Stretches
from services.events.topics import topics_of
from services.problems import InvalidInput
from services.settings import Settings

TOPICS = ("changes", "internal", "organisations")
REPLAYED = ("replayed", b"true")
"""Header of every record that is published again on purpose."""
_ENTRIES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Range:
    """Positions from the first to the last one, both included. Raises InvalidInput for what is none."""

    first: Position
    last: Position

    def __post_init__(self) -> None:
        if self.first.number < 1 or self.first.number > self.last.number:
            raise InvalidInput(f"Write a range of the log, from a lower to a higher position: not {self}.")

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


class Replay:
    """Publishes again, through an outlet that is open."""

    def __init__(self, settings: Settings, engine: Engine, outlet: Outlet) -> None:
        self._settings = settings
        self._engine = engine
        self._outlet = outlet
        self._topics = topics_of(settings)
        self._stretches = Stretches(engine, slots=1, most=_ENTRIES_AT_ONCE)
        self._present = PresentStates(engine, outlet, self._topics, settings.effective_public_url)

    def entries(self, wanted: Range, topics: Iterable[str] = TOPICS) -> Iterator[int]:
        """Publish the entries of a range again; gives now and then how many more there are by now.

        The compacted topic gets the present state of each organisation that the range tells of, not the one of then,
        which would hide it. Raises PublishingFailed, PositionAhead, PositionBeyondFork, PositionExpired.
        """
        chosen = set(topics)
        for entries in self._read(wanted):
            if names := {getattr(self._topics, topic).name for topic in chosen - {"organisations"}}:
                self._publish(entries, names)
            if "organisations" in chosen:
                self._publish_states(entries)
            yield len(entries)

    def letter(self, letter: DeadLetter, letters: DeadLetters) -> bool:
        """Try a dead letter again; gives whether it is one no more. Raises PublishingFailed."""
        entry = self._entry(letter)
        if entry is not None and letter.topic == "organisations":
            self._publish_states([entry])
        elif entry is not None:
            self._publish([entry], {getattr(self._topics, letter.topic).name})
        if letter not in letters.all():
            return False  # it is there with another time: refused again
        letters.remove(letter)
        return True

    def _read(self, wanted: Range) -> Iterator[list[Entry]]:
        here = Position(wanted.first.generation, wanted.first.number - 1)
        with reading(self._engine) as connection:
            check_resumable(connection, wanted.first)
            check_resumable(connection, here)
            check_resumable(connection, wanted.last)
        while here.number < wanted.last.number:
            (stretch,) = self._stretches.after({here: [0]})
            yield [entry for entry in stretch.entries if entry.position.number <= wanted.last.number]
            here = stretch.until

    def _entry(self, letter: DeadLetter) -> Entry | None:
        """The letter's entry; none where its history was given up."""
        (stretch,) = self._stretches.after({Position(letter.position.generation, letter.position.number - 1): [0]})
        return next((entry for entry in stretch.entries if entry.event_id == letter.event_id), None)

    def _publish_states(self, entries: Iterable[Entry]) -> None:
        names = dict.fromkeys(entry.subject.id for entry in entries if entry.subject.kind == ORGANISATION)
        for _ in self._present.publish(names):
            pass

    def _publish(self, entries: list[Entry], names: set[str]) -> None:
        batch = Batch()
        for entry in entries:
            for record in records_of(entry, self._topics, self._settings.effective_public_url):
                if record.topic in names:
                    batch.records.append(_again(record))
                    batch.entries.append(entry)
        self._outlet.publish(batch, lambda _acknowledged: None)


def _again(record: Record) -> Record:
    return replace(record, headers=[*record.headers, REPLAYED])
