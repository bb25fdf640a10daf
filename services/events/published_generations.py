"""What the topics tell of generations: a backup does not know of those that were begun after it."""

from collections.abc import Sequence
from contextlib import closing

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from services.events.brokers import BrokersUnreachable, connection_settings
from services.events.topics import topics_of
from services.problems import Unavailable
from services.settings import Settings

_POLL_MS = 500
_POLLS = 40


def highest_generation_in_topics(settings: Settings) -> int:
    """The highest generation that a last record of the changes topic tells; 0 without brokers, topic or records.

    Raises Unavailable when the brokers do not answer.
    """
    if not settings.kafka_bootstrap_servers:
        return 0
    try:
        with closing(KafkaConsumer(**connection_settings(settings), enable_auto_commit=False)) as consumer:
            return max(_last_generations(consumer, topics_of(settings).changes.name), default=0)
    except (BrokersUnreachable, KafkaError) as error:
        raise Unavailable(
            f"The brokers cannot be asked which generations were published ({error}). Say by --above which one was the "
            "last: that of any position of before."
        ) from error


def _last_generations(consumer: KafkaConsumer, topic: str) -> Sequence[int]:
    partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    if not partitions:
        return ()
    consumer.assign(partitions)
    ends, begins = consumer.end_offsets(partitions), consumer.beginning_offsets(partitions)
    waiting = {partition for partition in partitions if ends[partition] > begins[partition]}
    for partition in partitions:
        consumer.seek(partition, max(begins[partition], ends[partition] - 1))
    found: list[int] = []
    for _ in range(_POLLS):
        if not waiting:
            return found
        for partition, records in consumer.poll(timeout_ms=_POLL_MS).items():
            waiting.discard(partition)
            found.append(int(dict(records[-1].headers)["generation"]))
    raise KafkaError("the last records did not come in time")
