"""A mirror over Kafka: the same file, the same promises."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import TopicPartition
from kafka.admin import KafkaAdminClient

from services.events.client import Mirror, Position, Registry
from services.events.client.kafka import CHANGES, KafkaEntries
from services.events.relay.relay import Relay
from services.events.topics import topics_of
from services.settings import Settings
from tests.events.entries import Ecosystem, organisation_id
from tests.events.kafka_reading import read_topic, topic_names
from tests.support.waiting import eventually


@pytest.fixture
def entries(
    ecosystem: Ecosystem, registry: Registry, kafka_bootstrap: str, topic_prefix: str
) -> Iterator[KafkaEntries]:
    """What a relay publishes meanwhile."""
    settings = Settings(kafka_bootstrap_servers=kafka_bootstrap, kafka_topic_prefix=topic_prefix, poll_seconds=0.5)
    relay = Relay(settings, ecosystem.engine, ecosystem.signal)
    relay.start()
    eventually(lambda: topics_of(settings).organisations.name in topic_names(kafka_bootstrap), 30)
    yield KafkaEntries(kafka_bootstrap, registry, topic_prefix=topic_prefix, gap_seconds=1)
    relay.stop()


def test_it_follows_the_topic_and_loads_snapshots_over_http(
    ecosystem: Ecosystem, registry: Registry, entries: KafkaEntries, file: Path
) -> None:
    ecosystem.fill(20)
    with Mirror(file, registry, entries=entries) as mirror:
        mirror.catch_up()
        ecosystem.publish(3, size_class="micro")
        ecosystem.archive(4)
        changes = mirror.follow()
        assert [next(changes).id, next(changes).id] == [organisation_id(3), organisation_id(4)]
        assert mirror.position == Position(1, 22)
        assert mirror.verify().equal


def test_what_the_topic_has_lost_is_read_from_the_registry(  # noqa: PLR0913, PLR0917 - each is one more server
    ecosystem: Ecosystem, registry: Registry, entries: KafkaEntries, kafka_bootstrap: str, topic_prefix: str, file: Path
) -> None:
    ecosystem.fill(2)
    with Mirror(file, registry, entries=entries) as mirror:
        mirror.catch_up()
        ecosystem.publish(1, size_class="micro")
        topic = f"{topic_prefix}{CHANGES}"
        read_topic(kafka_bootstrap, topic, 3)
        lose_everything(kafka_bootstrap, topic)
        ecosystem.publish(2, size_class="micro")
        changes = mirror.follow()
        found = [next(changes), next(changes)]
        assert mirror.verify().equal
    assert [(change.id, change.entry is not None) for change in found] == [
        (organisation_id(1), True),
        (organisation_id(2), True),
    ]


def lose_everything(bootstrap: str, topic: str) -> None:
    """What retention does, at once."""
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        numbers = range(len(admin.describe_topics([topic])[0]["partitions"]))
        admin.delete_records({TopicPartition(topic, number): -1 for number in numbers})


def test_after_a_restore_it_converges(
    ecosystem: Ecosystem, registry: Registry, entries: KafkaEntries, file: Path
) -> None:
    ecosystem.fill(5)
    with Mirror(file, registry, entries=entries) as mirror:
        mirror.catch_up()
        with ecosystem.restored_to_now():
            pass
        stop = threading.Event()
        following = threading.Thread(target=mirror.run, args=(stop,))
        following.start()
        last = ecosystem.fill(3, first=50)[-1]
        mirror.wait_for(last.position, seconds=40)
        stop.set()
        following.join()
        assert mirror.verify().equal
        assert mirror.position == Position(2, 8)


def test_brokers_that_are_away_are_waited_for(ecosystem: Ecosystem, registry: Registry, file: Path) -> None:
    ecosystem.fill(2)
    away = KafkaEntries("127.0.0.1:1", registry, bootstrap_timeout_ms=200)
    stop = threading.Event()
    with Mirror(file, registry, entries=away) as mirror:
        following = threading.Thread(target=mirror.run, args=(stop,))
        following.start()
        mirror.wait_for("1-2")
        stop.set()
        following.join(20)
        assert not following.is_alive()
