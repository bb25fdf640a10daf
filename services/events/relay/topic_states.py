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
        with closing(consumer_from(topic, 0, settings)) as consumer:
            ends = consumer.end_offsets(list(consumer.assignment()))
            while not is_at(consumer, ends):
                polled = consumer.poll(timeout_ms=_POLL_MS)
                yield list(states_in(polled))
    except (BrokersUnreachable, KafkaError) as error:
        raise PublishingFailed(str(error)) from error


def consumer_from(topic: str, since_ms: int, settings: Settings) -> KafkaConsumer:
    """A consumer of the whole topic, from the records on that are not older. Raises BrokersUnreachable, KafkaError."""
    consumer = KafkaConsumer(
        **connection_settings(settings),
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_bytes=16 * _MIB,
        max_partition_fetch_bytes=4 * _MIB,
        reconnect_backoff_max_ms=1_000,
    )
    partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
    consumer.assign(partitions)
    # The ends first: what comes in between is then read, not skipped.
    ends = consumer.end_offsets(partitions)
    starts = consumer.offsets_for_times(dict.fromkeys(partitions, since_ms))
    for partition in partitions:
        start = starts.get(partition)
        consumer.seek(partition, start.offset if start else ends[partition])
    return consumer


def positions_of(polled: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> list[Position]:
    """The positions of the records, of those that a relay made."""
    return [state.position for state in states_in(polled)]


def states_in(polled: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> Iterator[State]:
    """What the records are, in order for each key; nothing of those that no relay made."""
    for records in polled.values():
        for record in records:
            yield from _state(record)


def is_at(consumer: KafkaConsumer, ends: Mapping[TopicPartition, int]) -> bool:
    """Whether everything before these offsets was read."""
    return all((consumer.position(partition) or 0) >= end for partition, end in ends.items())


def _state(record: ConsumerRecord) -> Iterator[State]:
    """What the record is; nothing for one that no relay made."""
    headers = dict(record.headers)
    if record.key is not None and {"generation", "position"} <= headers.keys():
        yield State(record.key.decode(), Position(int(headers["generation"]), int(headers["position"])))
