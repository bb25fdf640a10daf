"""What is published at once: records of several entries, and what each acknowledgement means for the marks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.relay.record import Record
from services.events.relay.records import records_of
from services.events.relay.refill import NO_REFILL, Refill
from services.events.relay.stretches import Stretch
from services.events.topics import Topics


@dataclass(frozen=True, slots=True)
class Step:
    """Once so many records are acknowledged the slots stand at the mark."""

    records: int
    slots: Sequence[int]
    mark: Position


@dataclass(frozen=True, slots=True)
class Batch:
    """Records in the order in which they are published."""

    records: list[Record] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    """The entry that each record tells."""
    steps: list[Step] = field(default_factory=list)

    def entries_of(self, event: Event) -> Iterator[Entry]:
        """The entries of that event, each once."""
        found = {entry.position: entry for entry in self.entries if entry.event == event}
        return iter(found.values())

    def reached(self, acknowledged: int) -> Iterator[Step]:
        """The steps that were made when so many records are acknowledged."""
        return (step for step in self.steps if step.records <= acknowledged)


def batch_of(stretches: Sequence[Stretch], refills: Mapping[int, Refill], topics: Topics, public_url: str) -> Batch:
    """The records of the stretches, as far as the slots' topics do not have them."""
    batch = Batch()
    for stretch in stretches:
        # Slots that stand at the same mark lack the same topics, or have caught up with those that lack none.
        lacking = [refills.get(slot, NO_REFILL) for slot in stretch.slots]
        for entry in stretch.entries:
            for record in records_of(entry, topics, public_url):
                if any(refill.wants(record, entry.position) for refill in lacking):
                    batch.records.append(record)
                    batch.entries.append(entry)
            batch.steps.append(Step(len(batch.records), stretch.slots, entry.position))
        batch.steps.append(Step(len(batch.records), stretch.slots, stretch.until))
    return batch
