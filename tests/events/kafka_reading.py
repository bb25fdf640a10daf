"""Reading whole topics, raw, with kafka-python and with confluent-kafka."""

from collections.abc import Callable
from typing import Any

from confluent_kafka import Consumer, TopicPartition
from kafka import KafkaConsumer
from kafka import TopicPartition as Partition
from kafka.admin import KafkaAdminClient
from kafka.consumer.fetcher import ConsumerRecord

from tests.support.waiting import eventually

Enough = Callable[[list[ConsumerRecord]], bool]


def topic_names(bootstrap: str) -> set[str]:
    """The names of all topics."""
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        return set(admin.list_topics())


def read_topic(bootstrap: str, topic: str, enough: int | Enough, seconds: float = 20.0) -> list[ConsumerRecord]:
    """The topic's records, so many at least or until they are enough, by kafka-python; in order within partitions."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    records: list[ConsumerRecord] = []
    try:
        numbers = eventually(lambda: consumer.partitions_for_topic(topic))
        consumer.assign([Partition(topic, number) for number in numbers])

        def poll() -> bool:
            for found in consumer.poll(timeout_ms=200).values():
                records.extend(found)
            return enough(records) if callable(enough) else len(records) >= enough

        eventually(poll, seconds)
    finally:
        consumer.close()
    return records


def read_topic_by_confluent(bootstrap: str, topic: str, count: int, seconds: float = 20.0) -> list[Any]:
    """The same by confluent-kafka."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "unused", "auto.offset.reset": "earliest"})
    messages: list[Any] = []
    try:
        known = eventually(lambda: consumer.list_topics(topic, timeout=5).topics[topic].partitions)
        consumer.assign([TopicPartition(topic, number, 0) for number in known])

        def poll() -> bool:
            found = consumer.consume(500, timeout=0.2)
            messages.extend(message for message in found if message.error() is None)
            return len(messages) >= count

        eventually(poll, seconds)
    finally:
        consumer.close()
    return messages
