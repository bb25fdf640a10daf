"""Following over Kafka with the client. It needs `kafka-python` (the extra `kafka`)."""

import logging
from typing import Any

from kafka.consumer.fetcher import ConsumerRecord

from services.events.client.registry import Registry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.bridged import BRIDGE_SECONDS, BridgedSource
from services.events.following.topic import TopicEntries

CHANGES, INTERNAL = "dwr.changes.v1", "dwr.internal.v1"
_BOOTSTRAP_MS = 10_000

log = logging.getLogger(__name__)


class KafkaEntries(BridgedSource):
    """The entries of a registry from Kafka, for a Mirror: `Mirror(file, registry, entries=KafkaEntries(...))`.

    Snapshots come from `registry`, and so do entries that are missing in the topic (a relay died, the topic's retention
    took them away) or are too large for the brokers: each change is told all the same.
    """

    def __init__(
        self,
        bootstrap_servers: str | list[str],
        registry: Registry,
        *,
        topic_prefix: str = "",
        gap_seconds: float = BRIDGE_SECONDS,
        **options: Any,
    ) -> None:
        """`options` are kafka-python's for a consumer, such as `security_protocol` and `sasl_plain_username`.

        `topic_prefix` is put before the name of the topic. A position that is missing while later ones are there is
        waited for `gap_seconds`, then asked of the registry.
        """
        topic = INTERNAL if registry.view is View.INTERNAL else CHANGES
        connection = {"bootstrap_servers": bootstrap_servers, "bootstrap_timeout_ms": _BOOTSTRAP_MS, **options}
        super().__init__(_Topic(lambda: connection, topic_prefix + topic, gap_seconds, registry), registry)

    def gap(self, after: Position, known: Position) -> None:
        """Entries are missing in the topic."""
        log.warning("after %s the topic has nothing up to %s, which is read from the registry", after, known)


class _Topic(TopicEntries):
    def refused(self, record: ConsumerRecord, cause: Exception) -> None:
        log.warning("%s/%s at %s is no entry: %s", record.topic, record.partition, record.offset, cause)
