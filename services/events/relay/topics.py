"""Making the topics as they have to be, and refusing to write to one that is not."""

from collections.abc import Iterable
from typing import Any

import structlog
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient

from services.events.relay.publisher import PublishingFailed
from services.events.relay.refill import FoundTopics
from services.events.topics import Topic
from services.settings import Settings

log = structlog.get_logger(__name__)
_TOPIC = ConfigResourceType.TOPIC


def provide_topics(admin: KafkaAdminClient, topics: Iterable[Topic], settings: Settings) -> FoundTopics:
    """Create the topics that are missing and check the others; gives what is there then.

    Raises PublishingFailed for one whose partitions or clean-up policy are not those wanted: other partitions would
    break the order per key, another policy would lose state. What can be set again without harm is.
    """
    topics = tuple(topics)
    existing = set(admin.list_topics())
    missing = [topic for topic in topics if topic.name not in existing]
    for topic in topics:
        if topic.name in existing:
            _check(admin, topic, settings)
    if missing:
        admin.create_topics({topic.name: _options(topic, settings) for topic in missing}, wait_for_metadata=True)
        log.info("topics_created", topics=[topic.name for topic in missing])
    described = admin.describe_topics([topic.name for topic in topics])
    ids = {topic["name"]: str(topic["topic_id"]) for topic in described}
    return FoundTopics(ids, frozenset(topic.name for topic in missing))


def _options(topic: Topic, settings: Settings) -> dict[str, Any]:
    return {
        "num_partitions": settings.kafka_partitions,
        "replication_factor": settings.kafka_replication_factor,
        "configs": {"cleanup.policy": topic.cleanup_policy, **topic.configuration},
    }


def _check(admin: KafkaAdminClient, topic: Topic, settings: Settings) -> None:
    (described,) = admin.describe_topics([topic.name])
    partitions = len(described["partitions"])
    if partitions != settings.kafka_partitions:
        raise PublishingFailed(
            f"topic {topic.name} has {partitions} partitions, DWR_KAFKA_PARTITIONS says {settings.kafka_partitions}: "
            "set that to the topic's number, since with another number of partitions the order per key is lost"
        )
    _check_configuration(admin, topic)


def _check_configuration(admin: KafkaAdminClient, topic: Topic) -> None:
    described = admin.describe_configs([ConfigResource(_TOPIC, topic.name)], config_filter="all")
    found = {name: setting["value"] for name, setting in described["topic"][topic.name].items()}
    if found["cleanup.policy"] != topic.cleanup_policy:
        raise PublishingFailed(
            f"topic {topic.name} has cleanup.policy={found['cleanup.policy']} and needs {topic.cleanup_policy}: "
            "set it with kafka-configs, or delete the topic and it is made and filled anew"
        )
    differing = {name: value for name, value in topic.configuration.items() if found[name] != value}
    if differing:
        admin.alter_configs([ConfigResource(_TOPIC, topic.name, differing)])
        log.warning("topic_configuration_set_again", topic=topic.name, settings=differing)
