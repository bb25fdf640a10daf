"""Following over Kafka as our own readers do: brokers and topics as the settings say."""

from typing import Any

import structlog
from kafka.consumer.fetcher import ConsumerRecord

from services.events.brokers import BrokersUnreachable, connection_settings
from services.events.contracts.vocabulary import View
from services.events.following.protocol import EntrySource, SourceUnavailable
from services.events.following.topic import GAP_SECONDS, TopicEntries
from services.events.topics import topics_of
from services.settings import Settings

log = structlog.get_logger(__name__)


class KafkaSource(TopicEntries):
    """Entries from the topic of the view."""

    def __init__(
        self,
        settings: Settings,
        view: View = View.INTERNAL,
        *,
        gap_seconds: float = GAP_SECONDS,
        elsewhere: EntrySource | None = None,
    ) -> None:
        topics = topics_of(settings)
        topic = (topics.internal if view is View.INTERNAL else topics.changes).name
        super().__init__(lambda: _connection(settings), topic, gap_seconds, elsewhere)

    def refused(self, record: ConsumerRecord, cause: Exception) -> None:
        """A record of the topic is no entry."""
        where = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
        log.warning("record_is_no_entry", **where, cause=str(cause))


def _connection(settings: Settings) -> dict[str, Any]:
    try:
        return connection_settings(settings)
    except BrokersUnreachable as error:
        raise SourceUnavailable(str(error)) from error
