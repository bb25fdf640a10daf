"""Following over Kafka: the partitions of the changes topic, merged back into the order of the log."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

import orjson
import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from services.events.brokers import BrokersUnreachable, connection_settings
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.merging import Merging
from services.events.following.protocol import EntrySource, SourceUnavailable
from services.events.following.whole import WholeEntries
from services.events.topics import topics_of
from services.settings import Settings

POLL_MS = 250
"""How long one look takes at most when nothing comes, and so how long a stop may take."""
GAP_SECONDS = 45.0
"""How long a missing position is waited for while later ones are there: longer than a relay takes to be replaced."""

log = structlog.get_logger(__name__)


class KafkaSource:
    """Entries from the topic of the view, without a consumer group: every reader reads everything.

    Raises PositionExpired when a position does not come although later ones are there (retention, a topic made anew),
    and PositionBeyondFork when a newer generation begins: in both cases a snapshot leads on. A position ahead of the
    log is not noticed here: the relay may simply not be so far yet.

    An entry that brokers refuse comes without its documents, in its place. It is then read whole from `elsewhere`, the
    feed of the same view; without that PositionExpired says that only a snapshot has it.
    """

    def __init__(
        self,
        settings: Settings,
        view: View = View.INTERNAL,
        *,
        gap_seconds: float = GAP_SECONDS,
        elsewhere: EntrySource | None = None,
    ) -> None:
        topics = topics_of(settings)
        self._settings = settings
        self._topic = (topics.internal if view is View.INTERNAL else topics.changes).name
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
        except (BrokersUnreachable, KafkaError) as error:
            raise SourceUnavailable(str(error)) from error

    def _consumer(self) -> KafkaConsumer:
        return KafkaConsumer(
            **connection_settings(self._settings),
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
            raise BrokersUnreachable(f"topic {self._topic} is not there; the relay makes it")
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
                    yield whole.read(_attributes(record), orjson.loads(record.value))
                except (ValueError, KeyError, TypeError) as error:
                    log.warning(
                        "record_is_no_entry",
                        topic=record.topic,
                        partition=record.partition,
                        offset=record.offset,
                        cause=str(error),
                    )


def _attributes(record: ConsumerRecord) -> dict[str, str]:
    return {name[3:]: value.decode() for name, value in record.headers if name.startswith("ce_")}
