"""The records of a whole topic, from its first one to those that it has now."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import KafkaError

from services.events.brokers import BrokersUnreachable, connection_settings
from services.events.contracts.cloudevents import DATAREF
from services.events.contracts.entries import Json
from services.events.contracts.position import Position
from services.events.following.protocol import SourceUnavailable
from services.events.following.topic import attributes_of
from services.settings import Settings

_POLL_MS = 500


@dataclass(frozen=True, slots=True)
class TopicRecord:
    """A record that tells an entry."""

    partition: int
    key: str
    """The subject's id."""
    position: Position
    attributes: Mapping[str, str]
    data: Json | None
    """None is a tombstone."""

    @property
    def is_substitute(self) -> bool:
        """Whether it stands for one that the brokers refused, and so lacks the documents."""
        return DATAREF in self.attributes


@dataclass(frozen=True, slots=True)
class WholeTopic:
    """A topic that is being read."""

    name: str
    records: Iterator[TopicRecord]
    """Every record up to the end that each partition had at the beginning, in order within partitions; readable once.

    Raises SourceUnavailable where the topic cannot be read, or has a record that is no entry.
    """
    shortened: Collection[int]
    """Partitions from whose beginning the brokers have removed records."""
    emptied: bool
    """Whether a partition has lost all that it had."""


@contextmanager
def whole_topic(settings: Settings, name: str) -> Iterator[WholeTopic]:
    """The topic as it is now. Raises SourceUnavailable where it cannot be read."""
    try:
        with closing(KafkaConsumer(**connection_settings(settings), enable_auto_commit=False)) as consumer:
            yield _open(consumer, name)
    except (BrokersUnreachable, KafkaError) as error:
        raise SourceUnavailable(f"topic {name}: {error}") from error


def _open(consumer: KafkaConsumer, name: str) -> WholeTopic:
    numbers = consumer.partitions_for_topic(name)
    if not numbers:
        raise SourceUnavailable(f"topic {name} is not there; the relay makes it")
    partitions = [TopicPartition(name, number) for number in sorted(numbers)]
    consumer.assign(partitions)
    begins, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
    consumer.seek_to_beginning(*partitions)
    shortened = {partition.partition for partition in partitions if begins[partition]}
    emptied = any(begins[partition] == ends[partition] > 0 for partition in partitions)
    return WholeTopic(name, map(_told, _read(consumer, ends)), shortened, emptied)


def _read(consumer: KafkaConsumer, ends: Mapping[TopicPartition, int]) -> Iterator[ConsumerRecord]:
    # The position goes past what compaction has taken away, so the end is reached even when its record is gone.
    while any((consumer.position(partition) or 0) < end for partition, end in ends.items()):
        for partition, records in consumer.poll(timeout_ms=_POLL_MS).items():
            yield from (record for record in records if record.offset < ends[partition])


def _told(record: ConsumerRecord) -> TopicRecord:
    headers = dict(record.headers)
    try:
        position = Position.parse(f"{headers['generation'].decode()}-{headers['position'].decode()}")
        data: Any = None if record.value is None else orjson.loads(record.value)
        key = record.key.decode()
    except (AttributeError, KeyError, ValueError) as error:
        where = f"{record.topic}/{record.partition} at {record.offset}"
        raise SourceUnavailable(f"the record of {where} is no entry of the log: {error}") from error
    return TopicRecord(record.partition, key, position, attributes_of(record), data)
