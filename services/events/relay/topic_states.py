"""Reading a whole topic: which states it has, by keys and positions alone."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from services.events.brokers import BrokersUnreachable, connection_settings
from services.events.contracts.position import Position
from services.events.relay.publisher import PublishingFailed
from services.events.relay.record import State
from services.settings import Settings

_POLL_MS = 500
_MIB = 1024 * 1024


def states_of(topic: str, settings: Settings) -> Iterator[Sequence[State]]:
    """The records of the topic up to its end as it is now, in portions, empty ones while nothing comes.

    Raises PublishingFailed where the brokers cannot be used.
    """
    try:
        with closing(_consumer(settings)) as consumer:
            numbers = consumer.partitions_for_topic(topic) or ()
            partitions = [TopicPartition(topic, number) for number in sorted(numbers)]
            consumer.assign(partitions)
            consumer.seek_to_beginning(*partitions)
            ends = consumer.end_offsets(partitions)
            while not _is_at(consumer, ends):
                polled = consumer.poll(timeout_ms=_POLL_MS)
                yield [state for records in polled.values() for record in records for state in _state(record)]
    except (BrokersUnreachable, KafkaError) as error:
        raise PublishingFailed(str(error)) from error


def _consumer(settings: Settings) -> KafkaConsumer:
    return KafkaConsumer(
        **connection_settings(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_bytes=16 * _MIB,
        max_partition_fetch_bytes=4 * _MIB,
        reconnect_backoff_max_ms=1_000,
    )


def _is_at(consumer: KafkaConsumer, ends: Mapping[TopicPartition, int]) -> bool:
    return all((consumer.position(partition) or 0) >= end for partition, end in ends.items())


def _state(record: ConsumerRecord) -> Iterator[State]:
    """What the record is; nothing for one that no relay made."""
    headers = dict(record.headers)
    if record.key is not None and {"generation", "position"} <= headers.keys():
        yield State(record.key.decode(), Position(int(headers["generation"]), int(headers["position"])))
