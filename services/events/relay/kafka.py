"""Publishing with kafka-python. Only the relay's thread may use it: making a producer and sending can block."""

import threading
import time
from collections.abc import Sequence

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError, KafkaTimeoutError
from kafka.producer.future import FutureRecordMetadata

from services.events.brokers import BrokersUnreachable, connection_settings
from services.events.relay.publisher import PublishingFailed, Record
from services.events.relay.topics import provide_topics
from services.events.topics import largest_record, topics_of
from services.settings import Settings

DELIVERY_SECONDS = 12.0
"""How long the producer tries to have a record acknowledged: a broker that is killed is back within."""
_STOP_SECONDS = 3.0
"""How long an orderly stop waits for what is in flight."""
_TURN_SECONDS = 0.1


class KafkaPublisher:
    """A `Publisher` on real brokers."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._producer: KafkaProducer | None = None

    def open(self) -> frozenset[str]:
        """Connect, create the missing topics and check the others."""
        try:
            connection = connection_settings(self._settings)
            with KafkaAdminClient(**connection) as admin:
                created = provide_topics(admin, topics_of(self._settings), self._settings)
            self._producer = KafkaProducer(
                **connection,
                linger_ms=5,
                batch_size=128 * 1024,
                max_request_size=largest_record(self._settings),
                request_timeout_ms=int(DELIVERY_SECONDS * 1000) - 2_000,
                delivery_timeout_ms=int(DELIVERY_SECONDS * 1000),
                max_block_ms=int(DELIVERY_SECONDS * 1000),
                reconnect_backoff_max_ms=1_000,
            )
        except (BrokersUnreachable, KafkaError) as error:
            raise PublishingFailed(str(error)) from error
        return created

    def publish(self, records: Sequence[Record], stop: threading.Event) -> None:
        """Hand the records over in order and wait for the acknowledgement of each."""
        if self._producer is None:
            raise PublishingFailed("the publisher is not open")
        futures: list[FutureRecordMetadata] = []
        try:
            futures.extend(_send(self._producer, record) for record in records)
            _settle(self._producer, futures, stop)
        except KafkaError as error:
            raise PublishingFailed(str(error), _acknowledged(futures)) from error
        if (count := _acknowledged(futures)) < len(records):
            raise PublishingFailed(_cause(records[count], futures[count]), count)

    def close(self) -> None:
        """Disconnect; records that the broker has not acknowledged by now are given up."""
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            producer.close(timeout=_TURN_SECONDS)
        except KafkaTimeoutError:
            # It closes in order only after everything in flight ended; there is no public way to say "now".
            producer._sender.force_close()  # type: ignore[attr-defined]  # noqa: SLF001


def _send(producer: KafkaProducer, record: Record) -> FutureRecordMetadata:
    return producer.send(
        record.topic,
        key=record.key,
        value=record.value,
        headers=record.headers,
        timestamp_ms=record.timestamp_ms,
    )


def _settle(producer: KafkaProducer, futures: Sequence[FutureRecordMetadata], stop: threading.Event) -> None:
    """Return when each future has an outcome; earlier once `stop` has been set for a while."""
    give_up = time.monotonic() + DELIVERY_SECONDS + _STOP_SECONDS
    while not all(future.is_done for future in reversed(futures)):
        try:
            producer.flush(timeout=_TURN_SECONDS)
        except KafkaTimeoutError:
            if stop.is_set():
                give_up = min(give_up, time.monotonic() + _STOP_SECONDS)
        if time.monotonic() > give_up:
            return


def _acknowledged(futures: Sequence[FutureRecordMetadata]) -> int:
    failed = (index for index, future in enumerate(futures) if not future.succeeded())
    return next(failed, len(futures))


def _cause(record: Record, future: FutureRecordMetadata) -> str:
    reason = str(future.exception) if future.is_done else "no answer from the broker"
    return f"topic {record.topic}: {reason}"
