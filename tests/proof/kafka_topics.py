"""Reading whole topics when everything is over, by a client that is none of ours: confluent-kafka."""

from collections.abc import Iterator
from typing import Any

import orjson
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from tests.proof.told import Told, fingerprint, told_by_event
from tests.support.waiting import eventually

_SECONDS = 30.0
_AT_ONCE = 1_000


def changes(bootstrap: str, topic: str) -> list[Told]:
    """Every record of a topic of changes, partition by partition in the order that consumers meet them."""
    records = _records(bootstrap, topic)
    return [told_by_event(_headers(record)["ce_id"], orjson.loads(record.value())) for record in records]


def last_states(bootstrap: str, topic: str) -> dict[str, str]:
    """What a compacted topic has of each organisation in the end: fingerprints by subject, none after a tombstone."""
    states: dict[str, str] = {}
    for record in _records(bootstrap, topic):
        subject = _headers(record)["ce_subject"]
        states.pop(subject, None)
        if record.value() is not None:
            states[subject] = fingerprint(orjson.loads(record.value())["document"])
    return states


def _records(bootstrap: str, topic: str) -> Iterator[Any]:
    settings = {"bootstrap.servers": bootstrap, "group.id": "proof", "enable.partition.eof": True}
    consumer = Consumer(settings)
    try:
        known = eventually(lambda: consumer.list_topics(topic, timeout=5).topics[topic].partitions, _SECONDS)
        for partition in sorted(known):
            consumer.assign([TopicPartition(topic, partition, 0)])
            yield from _until_end(consumer)
    finally:
        consumer.close()


def _until_end(consumer: Consumer) -> Iterator[Any]:
    while True:
        for record in consumer.consume(_AT_ONCE, timeout=1.0):
            error = record.error()
            if error is None:
                yield record
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - the public name of this code
                return
            else:
                raise KafkaException(error)


def _headers(record: Any) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers()}
