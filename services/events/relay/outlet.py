"""The way of a batch to the brokers: what they refuse for good is set aside, so that nothing waits for it for ever."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import structlog
from sqlalchemy import Engine

from services.events.contracts.entries import Entry
from services.events.relay.batch import Batch
from services.events.relay.dead_letters import DeadLetters
from services.events.relay.publisher import Delivery, Publisher, PublishingFailed, RecordRefused
from services.events.relay.record import Record, State
from services.events.relay.refill import FoundTopics
from services.events.relay.substitutes import notice_of, substitute_for
from services.events.topics import topics_of
from services.settings import Settings

Told: TypeAlias = Callable[[int], None]
"""Gets how many records of a batch, from the first one on, were acknowledged or set aside by now."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch that was handed over."""

    batch: Batch
    delivery: Delivery | None


class Outlet:
    """Publishes batches and says what of them the brokers have."""

    def __init__(self, settings: Settings, engine: Engine, publisher: Publisher, stop: threading.Event) -> None:
        self._settings = settings
        self._topics = topics_of(settings)
        self._publisher = publisher
        self._dead_letters = DeadLetters(engine, settings.relay_dead_letters)
        self._stop = stop

    def open(self) -> FoundTopics:
        """Connect. Raises PublishingFailed."""
        return self._publisher.open()

    def close(self) -> None:
        """Disconnect."""
        self._publisher.close()

    def check_topics(self) -> None:
        """Raise PublishingFailed when a topic was deleted and made anew: what it had must be published again."""
        if changed := self._publisher.changed_topics():
            raise PublishingFailed(f"topics were made anew by somebody else: {', '.join(sorted(changed))}")

    def states(self, topic: str) -> Iterator[Sequence[State]]:
        """What a compacted topic has now. Raises PublishingFailed."""
        return self._publisher.states(topic)

    def publish(self, batch: Batch, told: Told) -> None:
        """Publish a batch and wait until it is there. Raises PublishingFailed."""
        self.settle(self.send(batch), told, is_last=True)

    def send(self, batch: Batch) -> Sent:
        """Hand a batch over, to be settled after those before it."""
        return Sent(batch, self._publisher.send(batch.records) if batch.records else None)

    def settle(self, sent: Sent, told: Told, *, is_last: bool) -> None:
        """Wait for a batch; `is_last` says that there is none behind it.

        Raises PublishingFailed; `told` gets to know what was acknowledged before all the same.
        """
        batch = sent.batch
        try:
            if sent.delivery is not None:
                sent.delivery.settle(self._stop, is_last=is_last)
        except RecordRefused as refusal:
            told(refusal.acknowledged)
            self._publish_one_by_one(batch, told, refusal.acknowledged)
        except PublishingFailed as failure:
            told(failure.acknowledged)
            raise
        else:
            told(len(batch.records))

    def _publish_one_by_one(self, batch: Batch, told: Told, begin: int) -> None:
        """Find out which records are refused: the broker says so of all that come with one."""
        self._reopen()
        for index in range(begin, len(batch.records)):
            try:
                self._publish_alone(batch.records[index])
            except RecordRefused as refusal:
                self._set_aside(batch.records[index], batch.entries[index], str(refusal))
            told(index + 1)

    def _set_aside(self, record: Record, entry: Entry, reason: str) -> None:
        """Keep in mind that the record could not be published, and tell so in its place."""
        self._dead_letters.add(record, self._topics.short_name(record.topic), entry, reason)
        self._reopen()
        notice = notice_of(record, entry, reason, self._topics.dead_letters.name)
        for instead in (substitute_for(record, entry, self._topics, self._settings.effective_public_url), notice):
            try:
                self._publish_alone(instead)
            except RecordRefused as refusal:
                log.error("substitute_refused", topic=instead.topic, position=str(entry.position), cause=str(refusal))  # noqa: TRY400
                self._reopen()

    def _publish_alone(self, record: Record) -> None:
        self._publisher.send([record]).settle(self._stop, is_last=True)

    def _reopen(self) -> None:
        self._publisher.close()
        self._publisher.open()
