"""How far this relay has come: the marks of the slots that it works on, kept with their leases."""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable

import structlog

from services.events.contracts.position import Position
from services.events.relay import metrics
from services.events.relay.leases import RENEWALS, LeaseLost, Leases, Taken
from services.events.relay.refill import NO_REFILL, FoundTopics, Refill

MARK_SECONDS = 0.5
"""Marks are written so often at most: a mark that lags only repeats records."""

log = structlog.get_logger(__name__)


class Progress:
    """The marks of a relay while it is connected to the brokers."""

    def __init__(self, leases: Leases, topics: FoundTopics, filled: Collection[str]) -> None:
        """`filled` names the topics that get every entry, and so from the first one on when they appear."""
        self.marks: dict[int, Position] = {}
        self.handed_over: dict[int, Position] = {}
        """Up to where the entries of each slot are under way, or there."""
        self.refills: dict[int, Refill] = {}
        self._leases = leases
        self._topics = topics
        self._filled = filled
        self._written: dict[int, Position] = {}
        self._written_at = self._shared_at = float("-inf")

    @property
    def lowest(self) -> Position | None:
        """Up to where Kafka has every entry of the slots that are held; none where none is."""
        return min(self.marks.values(), default=None)

    def next_after(self) -> dict[Position, list[int]]:
        """The positions after which entries are to be handed over next, each with its slots."""
        slots: dict[Position, list[int]] = defaultdict(list)
        for slot, position in self.handed_over.items():
            slots[position].append(slot)
        return slots

    def keep(self) -> None:
        """Write marks and renew leases, when it is time to.

        Raises LeaseLost when one is another's, or when half of it is over without a renewal: what is published now
        must be acknowledged or given up before the lease ends.
        """
        if self.marks and self._is_due:
            self._leases.renew(self.marks)
            self._note_written()
        if self.marks and self._leases.seconds_left < self._leases.seconds / 2:
            raise LeaseLost("the leases were not renewed in time")

    def patience(self, poll_seconds: float) -> float:
        """Seconds that may pass until the next `keep`, when nothing happens."""
        return min(MARK_SECONDS, self._turn(poll_seconds)) if self._has_moved else self._turn(poll_seconds)

    def is_time_to_share(self, poll_seconds: float) -> bool:
        """Whether another relay may have come or gone meanwhile."""
        return time.monotonic() - self._shared_at >= self._turn(poll_seconds)

    def share(self) -> None:
        """Take slots that are free, or give some back to another relay. To be called with nothing under way."""
        turnover = self._leases.share()
        self._shared_at = time.monotonic()
        if turnover.taken:
            self._take(turnover.taken)
        elif turnover.surplus:
            self._give_back(turnover.surplus)
        self.handed_over = dict(self.marks)
        metrics.SLOTS.set(len(self.marks))

    def under_way(self, slots: Iterable[int], until: Position) -> None:
        """The entries of these slots up to the position were handed over."""
        self.handed_over.update(dict.fromkeys(slots, until))

    def reached(self, slots: Iterable[int], mark: Position) -> None:
        """The brokers have every entry of these slots up to the mark."""
        self.marks.update(dict.fromkeys(slots, mark))

    def end(self) -> None:
        """Write the marks and let other relays take the slots. Raises LeaseLost when one already did."""
        marks, self.marks = self.marks, {}
        metrics.SLOTS.set(0)
        self._leases.leave(marks)

    def _take(self, taken: Collection[Taken]) -> None:
        self.marks |= {slot.slot: slot.mark for slot in taken}
        log.info("slots_taken", slots=[slot.slot for slot in taken], of=self._leases.slots, lowest=str(self.lowest))
        for slot in taken:
            self._refill(slot)
        if any(slot.topics != self._topics.ids for slot in taken):
            self._leases.begin_anew({slot.slot: self.marks[slot.slot] for slot in taken}, self._topics.ids)
        self._note_written()

    def _refill(self, slot: Taken) -> None:
        """What topics that are not those known need: all entries from the first one on, while the others have them.

        The mark goes back in the database as well: if this process dies meanwhile, the next one goes on from there and
        repeats for every topic, which readers bear.
        """
        lacking = self._topics.lacking(slot.topics, self._filled)
        self.refills[slot.slot] = NO_REFILL
        if lacking and slot.mark.number:
            log.error("missing_topics_are_filled_anew", topics=sorted(lacking), slot=slot.slot, until=str(slot.mark))
            self.refills[slot.slot] = Refill(lacking, slot.mark.number)
            self.marks[slot.slot] = Position(slot.mark.generation, 0)

    def _give_back(self, count: int) -> None:
        released = sorted(self.marks)[-count:]
        self._leases.release({slot: self.marks[slot] for slot in released})
        for slot in released:
            del self.marks[slot], self.refills[slot]
        log.info("slots_given_back", slots=released, of=self._leases.slots)
        self._note_written()

    def _note_written(self) -> None:
        self._written, self._written_at = dict(self.marks), time.monotonic()

    def _turn(self, poll_seconds: float) -> float:
        return min(poll_seconds, self._leases.seconds / RENEWALS)

    @property
    def _has_moved(self) -> bool:
        return self.marks != self._written

    @property
    def _is_due(self) -> bool:
        moved = self._has_moved and time.monotonic() - self._written_at >= MARK_SECONDS
        return moved or self._leases.age > self._leases.seconds / RENEWALS
