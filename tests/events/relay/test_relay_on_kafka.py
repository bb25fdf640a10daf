"""The relay with real brokers: killed, stopped, its topics deleted or misconfigured; private values looked for."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import orjson
import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from sqlalchemy import Connection, Engine

from services.database import open_engine
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from services.events.following.kafka import KafkaSource
from services.events.log.signal import LogSignal
from services.events.relay.clock import database_clock
from services.events.relay.kafka import KafkaPublisher
from services.events.relay.leases import Leases
from services.events.relay.publisher import PublishingFailed
from services.events.relay.relay import Relay
from services.events.topics import Topics, topics_of
from services.settings import Settings
from tests.events.entries import Ecosystem, organisation_id
from tests.events.following.contract import following
from tests.events.following.model import Mirror
from tests.events.kafka_reading import read_topic, read_topic_by_confluent
from tests.events.relay.marks import mark
from tests.support.waiting import eventually

PROCESS = "tests.events.relay.relay_process"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def settings(kafka_bootstrap: str, topic_prefix: str) -> Settings:
    return Settings(kafka_bootstrap_servers=kafka_bootstrap, kafka_topic_prefix=topic_prefix, poll_seconds=0.2)


@pytest.fixture
def topics(settings: Settings) -> Topics:
    return topics_of(settings)


@pytest.fixture
def ecosystem(database_url: str) -> Iterator[Ecosystem]:
    engine: Engine = open_engine(database_url)
    yield Ecosystem(engine)
    engine.dispose()


@contextmanager
def relaying(settings: Settings, ecosystem: Ecosystem) -> Iterator[Relay]:
    relay = Relay(settings, ecosystem.engine, ecosystem.signal)
    relay.start()
    yield relay
    relay.stop()


def test_two_independent_clients_read_the_same_log(settings: Settings, topics: Topics, ecosystem: Ecosystem) -> None:
    ecosystem.fill(200)
    ecosystem.archive(7)
    with relaying(settings, ecosystem):
        eventually(lambda: mark(ecosystem.engine) == 201)
    brokers, name = settings.kafka_bootstrap_servers, topics.changes.name
    first = {(record.key, record.value, tuple(record.headers)) for record in read_topic(brokers, name, 201)}
    messages = read_topic_by_confluent(brokers, name, 201)
    second = {(message.key(), message.value(), tuple(message.headers())) for message in messages}
    assert first == second
    assert sorted(orjson.loads(value)["position"] for _, value, _ in first) == list(range(1, 202))


def test_the_compacted_topic_is_the_public_state(settings: Settings, topics: Topics, ecosystem: Ecosystem) -> None:
    ecosystem.fill(20)
    ecosystem.publish(3, size_class="micro")
    ecosystem.archive(7)
    ecosystem.hide(99)
    with relaying(settings, ecosystem):
        eventually(lambda: mark(ecosystem.engine) == 23)
    state: dict[bytes, bytes | None] = {}
    for record in read_topic(settings.kafka_bootstrap_servers, topics.organisations.name, 22):
        state[record.key] = record.value
    documents = {key: orjson.loads(value)["document"] for key, value in state.items() if value is not None}
    assert len(documents) == 19
    assert documents[organisation_id(3).encode()]["size_class"] == "micro"
    assert state[organisation_id(7).encode()] is None


def test_killed_relays_lose_nothing_and_readers_drop_what_is_repeated(
    settings: Settings, topics: Topics, ecosystem: Ecosystem, database_url: str
) -> None:
    environment = os.environ | {
        "DWR_DATABASE_URL": database_url,
        "DWR_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "DWR_KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
        "DWR_RELAY_IN_FLIGHT": "60",
        "DWR_POLL_SECONDS": "0.1",
    }
    snapshots = DatabaseSource(ecosystem.engine, ecosystem.signal, view=View.PUBLIC)
    source, mirror = KafkaSource(settings, View.PUBLIC, gap_seconds=20), Mirror(View.PUBLIC)
    mirror.position = Position(1, 0)
    with following(snapshots, source, mirror):
        for turn in range(3):
            process = subprocess.Popen([sys.executable, "-m", PROCESS], cwd=ROOT, env=environment)
            # Killed in the middle of a batch: the entries come one by one, so there is always one under way.
            for number in range(100):
                ecosystem.publish(number, axes=[f"1.{turn}.1"])
            eventually(partial(stands_beyond, mirror, turn * 100 + 20), 30)
            process.send_signal(signal.SIGKILL)
            process.wait()
        with relaying(settings, ecosystem):
            eventually(lambda: mirror.position == Position(1, 300), 30)
    assert mirror.snapshots == 0
    assert mirror.applied == [Position(1, number) for number in range(1, 301)]
    read_topic(
        settings.kafka_bootstrap_servers,
        topics.changes.name,
        lambda records: {orjson.loads(record.value)["position"] for record in records} == set(range(1, 301)),
    )


def stands_beyond(mirror: Mirror, number: int) -> bool:
    return mirror.position is not None and mirror.position.number > number


def test_relays_that_take_each_others_slots_repeat_records_and_readers_see_each_entry_once_in_order(
    settings: Settings, topics: Topics, ecosystem: Ecosystem
) -> None:
    """The clock of the second one is an hour ahead, so that every lease looks over to it; the first takes them back."""
    settings = settings.model_copy(update={"relay_in_flight": 60})
    source, mirror = KafkaSource(settings, View.PUBLIC, gap_seconds=20), Mirror(View.PUBLIC)
    mirror.position = Position(1, 0)
    snapshots = DatabaseSource(ecosystem.engine, ecosystem.signal, view=View.PUBLIC)
    leases = Leases(ecosystem.engine, settings.relay_slots, 30, clock=an_hour_ahead)
    second = Relay(settings, ecosystem.engine, LogSignal(), leases=leases)
    with relaying(settings, ecosystem), following(snapshots, source, mirror):
        eventually(lambda: mark(ecosystem.engine) == 0)
        second.start()
        for number in range(300):
            ecosystem.publish(number % 17, axes=[f"1.{number}.1"])
        eventually(lambda: mirror.position == Position(1, 300), 30)
        second.stop()
    assert (mirror.snapshots, mirror.applied) == (0, [Position(1, number) for number in range(1, 301)])
    records = read_topic(settings.kafka_bootstrap_servers, topics.changes.name, 300)
    for key in {record.key for record in records}:
        versions = [orjson.loads(record.value)["version"] for record in records if record.key == key]
        assert list(dict.fromkeys(versions)) == list(range(1, max(versions) + 1))


def an_hour_ahead(connection: Connection) -> int:
    return database_clock(connection) + 3_600_000


def test_topics_deleted_under_the_relay_are_made_and_filled_anew(
    settings: Settings, topics: Topics, ecosystem: Ecosystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.events.relay.kafka.DELIVERY_SECONDS", 3.0)
    ecosystem.fill(20)
    brokers = settings.kafka_bootstrap_servers
    with relaying(settings, ecosystem):
        eventually(lambda: mark(ecosystem.engine) == 20)
        with KafkaAdminClient(bootstrap_servers=brokers) as admin:
            admin.delete_topics([topics.organisations.name])
        ecosystem.publish(50)
        eventually(lambda: mark(ecosystem.engine) == 21, 40)
    records = read_topic(brokers, topics.organisations.name, 21)
    assert sorted(orjson.loads(record.value)["position"] for record in records) == list(range(1, 22))


class TestTopics:
    @pytest.fixture(autouse=True)
    def publisher(self, settings: Settings) -> Iterator[KafkaPublisher]:
        publisher = KafkaPublisher(settings)
        publisher.open()
        publisher.close()
        yield publisher
        publisher.close()

    def test_they_have_the_partitions_and_the_configuration_asked_for(self, settings: Settings, topics: Topics) -> None:
        with KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers) as admin:
            for topic in topics:
                (described,) = admin.describe_topics([topic.name])
                assert len(described["partitions"]) == settings.kafka_partitions
                found = configuration(admin, topic.name)
                assert found["cleanup.policy"] == topic.cleanup_policy
                assert found.items() >= topic.configuration.items()
            assert configuration(admin, topics.changes.name)["retention.ms"] == str(7 * 24 * 3_600_000)

    def test_another_number_of_partitions_is_refused(self, settings: Settings) -> None:
        other = KafkaPublisher(settings.model_copy(update={"kafka_partitions": 5}))
        with pytest.raises(PublishingFailed, match="3 partitions, DWR_KAFKA_PARTITIONS says 5"):
            other.open()

    def test_another_clean_up_policy_is_refused(
        self, settings: Settings, topics: Topics, publisher: KafkaPublisher
    ) -> None:
        alter(settings, topics.organisations.name, {"cleanup.policy": "delete"})
        with pytest.raises(PublishingFailed, match=r"organisations\.v1 has cleanup\.policy=delete and needs compact"):
            publisher.open()

    def test_another_retention_is_set_again(
        self, settings: Settings, topics: Topics, publisher: KafkaPublisher
    ) -> None:
        alter(settings, topics.changes.name, {"retention.ms": "60000"})
        publisher.open()
        with KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers) as admin:
            week = str(7 * 24 * 3_600_000)
            eventually(lambda: configuration(admin, topics.changes.name)["retention.ms"] == week)


def configuration(admin: KafkaAdminClient, topic: str) -> dict[str, str]:
    described = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
    return {name: setting["value"] for name, setting in described["topic"][topic].items()}


def alter(settings: Settings, topic: str, values: dict[str, str]) -> None:
    with KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers) as admin:
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, values)])
        # The controller has it at once, the broker that describes it a moment later.
        eventually(lambda: configuration(admin, topic).items() >= values.items())
