"""Publishing with kafka-python. Only the relay's thread may use it: making a producer and sending can block."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import (
    IllegalStateError,
    InvalidRecordError,
    InvalidTimestampError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)
from kafka.producer.future import FutureRecordMetadata

from services.events.brokers import BrokersUnreachable, connection_settings
from services.events.relay.publisher import PublishingFailed, RecordRefused
from services.events.relay.record import Record, State
from services.events.relay.refill import FoundTopics
from services.events.relay.topic_states import states_of
from services.events.relay.topics import provide_topics
from services.events.topics import largest_record, topics_of
from services.settings import Settings

DELIVERY_SECONDS = 12.0
"""How long the producer tries to have a record acknowledged: a broker that is killed is back within."""
_STOP_SECONDS = 3.0
"""How long an orderly stop waits for what is in flight."""
_TURN_SECONDS = 0.1
_TOPICS_MS = 5_000
"""How often the producer looks again which topics there are."""
_REFUSALS = (InvalidRecordError, InvalidTimestampError, MessageSizeTooLargeError, RecordListTooLargeError)
"""What a broker says of a record that it will not take however often it is sent."""


class KafkaPublisher:
    """A `Publisher` on real brokers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: KafkaProducer | None = None
        self._topics = FoundTopics({})

    def open(self) -> FoundTopics:
        """Connect, create the missing topics and check the others."""
        try:
            connection = connection_settings(self._settings)
            with KafkaAdminClient(**connection) as admin:
                self._topics = provide_topics(admin, topics_of(self._settings), self._settings)
            self._producer = KafkaProducer(
                **connection,
                linger_ms=50,
                batch_size=256 * 1024,
                max_request_size=largest_record(self._settings),
                metadata_max_age_ms=_TOPICS_MS,
                request_timeout_ms=int(DELIVERY_SECONDS * 1000) - 2_000,
                delivery_timeout_ms=int(DELIVERY_SECONDS * 1000),
                max_block_ms=int(DELIVERY_SECONDS * 1000),
                reconnect_backoff_max_ms=1_000,
            )
            for topic in self._topics.ids:
                # Else it is asked for while records are sent, and waited for even when one was refused meanwhile.
                self._producer.partitions_for(topic)
        except (BrokersUnreachable, KafkaError) as error:
            raise PublishingFailed(str(error)) from error
        return self._topics

    def changed_topics(self) -> frozenset[str]:
        """Topics that have another id than when it was opened."""
        if self._producer is None:
            return frozenset()
        cluster = self._producer._metadata  # type: ignore[attr-defined]  # noqa: SLF001 - there is no public way to it
        now = {name: cluster.topic_id(name) for name in self._topics.ids}
        return frozenset(name for name, found in now.items() if found and str(found) != self._topics.ids[name])

    def send(self, records: Sequence[Record]) -> "KafkaDelivery":
        """Hand the records over in order."""
        return KafkaDelivery(self._producer, records)

    def states(self, topic: str) -> Iterator[Sequence[State]]:
        """The records of a topic up to its end as it is at the beginning."""
        return states_of(topic, self._settings)

    def close(self) -> None:
        """Disconnect; records that the broker has not acknowledged by now are given up."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            producer.close(timeout=_TURN_SECONDS)
        except KafkaTimeoutError:
            _give_up(producer)


class KafkaDelivery:
    """Records in the hands of a producer."""

    def __init__(self, producer: KafkaProducer | None, records: Sequence[Record]) -> None:
        self._producer = producer
        self._records = records
        self._futures: list[FutureRecordMetadata] = []
        self._error: KafkaError | None = None
        if producer is None:
            return
        try:
            self._futures.extend(_send(producer, record) for record in records)
        except KafkaError as error:
            self._error = error

    def settle(self, stop: threading.Event, *, is_last: bool) -> None:
        """Wait for the acknowledgement of each; for a few seconds only once `stop` has been set."""
        give_up = time.monotonic() + DELIVERY_SECONDS + _STOP_SECONDS
        for future in self._futures:
            while not future.is_done and time.monotonic() < give_up:
                self._wait(future, is_last=is_last)
                if stop.is_set():
                    give_up = min(give_up, time.monotonic() + _STOP_SECONDS)
        if _acknowledged(self._futures) < len(self._records):
            raise _failure(self._records, self._futures, self._error)

    def _wait(self, future: FutureRecordMetadata, *, is_last: bool) -> None:
        """Wait a little. What is last is sent at once instead of lingering for more to come."""
        with suppress(KafkaError):
            if is_last and self._producer is not None:
                self._producer.flush(timeout=_TURN_SECONDS)
            else:
                future.get(timeout=_TURN_SECONDS)  # type: ignore[no-untyped-call]


def _send(producer: KafkaProducer, record: Record) -> FutureRecordMetadata:
    future = producer.send(
        record.topic,
        key=record.key,
        value=record.value,
        headers=record.headers,
        timestamp_ms=record.timestamp_ms,
    )
    # After one that failed the producer would go on with those behind it, numbered anew: the broker would take them.
    future.add_errback(_give_up, producer)
    return future


def _give_up(producer: KafkaProducer, _error: object = None) -> None:
    """Send nothing any more. It closes in order only after what is in flight ended; there is no public way to this."""
    producer._sender.force_close()  # type: ignore[attr-defined]  # noqa: SLF001


def _acknowledged(futures: Sequence[FutureRecordMetadata]) -> int:
    failed = (index for index, future in enumerate(futures) if not future.succeeded())
    return next(failed, len(futures))


def _failure(
    records: Sequence[Record], futures: Sequence[FutureRecordMetadata], error: KafkaError | None
) -> PublishingFailed:
    """What went wrong first, or is the reason why: `error` where a record could not even be handed over."""
    count = _acknowledged(futures)
    causes = [future.exception for future in futures if future.failed()] + [error] * bool(error)
    refusal = next((cause for cause in causes if isinstance(cause, _REFUSALS)), None)
    if refusal is not None:
        return RecordRefused(str(refusal), count)
    # What was given up because of the first failure does not tell it.
    first = next((cause for cause in causes if not isinstance(cause, IllegalStateError)), None)
    return PublishingFailed(f"topic {records[count].topic}: {first or 'no answer from the broker'}", count)
