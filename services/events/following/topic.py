"""Following a Kafka topic of the log, whatever the way to the brokers: partitions merged into the order of the log."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any

import orjson
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.following.merging import Merging
from services.events.following.protocol import EntrySource, SourceUnavailable
from services.events.following.whole import WholeEntries

POLL_MS = 250
"""How long one look takes at most when nothing comes, and so how long a stop may take."""
GAP_SECONDS = 45.0
"""How long a missing position is waited for while later ones are there: longer than a relay takes to be replaced."""

Connect = Callable[[], Mapping[str, Any]]
"""Gives the settings of a kafka-python client. Raises SourceUnavailable where no broker can be used."""


class TopicEntries:
    """Entries from a topic, without a consumer group: every reader reads everything.

    Raises PositionExpired when a position does not come although later ones are there (retention, a topic made anew),
    and PositionBeyondFork when a newer generation begins: in both cases a snapshot leads on. A position ahead of the
    log is not noticed here: the relay may simply not be so far yet.

    An entry that brokers refuse comes without its documents, in its place. It is then read whole from `elsewhere`, the
    feed of the same view; without that PositionExpired says that only a snapshot has it.
    """

    def __init__(self, connect: Connect, topic: str, gap_seconds: float, elsewhere: EntrySource | None) -> None:
        self._connect = connect
        self._topic = topic
        self._gap_seconds = gap_seconds
        self._elsewhere = elsewhere

    def follow(self, after: Position, since_ms: int, stop: threading.Event) -> Iterator[Sequence[Entry]]:
        """Batches of entries after a position, from the records on that are not older than `since_ms`."""
        merging, whole = Merging(after, self._gap_seconds), WholeEntries(self._elsewhere, stop)
        try:
            with closing(self._consumer()) as consumer:
                self._seek(consumer, since_ms)
                while not stop.is_set():
                    polled = consumer.poll(timeout_ms=POLL_MS)
                    yield whole.of(merging.take(self._entries(polled.values(), whole), time.monotonic()))
        except KafkaError as error:
            raise SourceUnavailable(str(error)) from error

    def refused(self, record: ConsumerRecord, cause: Exception) -> None:
        """A record of the topic is no entry; it is passed over, and its position waited for."""

    def _consumer(self) -> KafkaConsumer:
        return KafkaConsumer(
            **self._connect(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=1_000,
            fetch_max_wait_ms=POLL_MS,
            reconnect_backoff_max_ms=1_000,
        )

    def _seek(self, consumer: KafkaConsumer, since_ms: int) -> None:
        """Go, in each partition, to the first record that is not older; where there is none, to the end as it was.

        The end is asked for first: what comes in between is then read, not skipped.
        """
        numbers = consumer.partitions_for_topic(self._topic)
        if not numbers:
            raise SourceUnavailable(f"topic {self._topic} is not there; the relay makes it")
        partitions = [TopicPartition(self._topic, number) for number in sorted(numbers)]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        starts = consumer.offsets_for_times(dict.fromkeys(partitions, since_ms))
        for partition in partitions:
            start = starts.get(partition)
            consumer.seek(partition, start.offset if start else ends[partition])

    def _entries(self, polled: Iterable[Sequence[ConsumerRecord]], whole: WholeEntries) -> Iterator[Entry]:
        for records in polled:
            for record in records:
                try:
                    yield whole.read(attributes_of(record), orjson.loads(record.value))
                except (ValueError, KeyError, TypeError) as error:
                    self.refused(record, error)


def attributes_of(record: ConsumerRecord) -> dict[str, str]:
    """The CloudEvents attributes of a record."""
    return {name[3:]: value.decode() for name, value in record.headers if name.startswith("ce_")}
