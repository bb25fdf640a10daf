"""An older state that a network brings late: the compacted topic has the present one in the end."""

from collections.abc import Iterator
from contextlib import contextmanager

import orjson
import pytest
from kafka import KafkaProducer
from kafka.consumer.fetcher import ConsumerRecord
from sqlalchemy import Engine

from services.database import open_engine
from services.events.contracts.entries import Entry
from services.events.relay.late_states import LateStates
from services.events.relay.records import state_of
from services.events.relay.relay import Relay
from services.events.topics import Topics, topics_of
from services.settings import Settings
from tests.events.entries import Ecosystem, organisation_id
from tests.events.kafka_reading import read_topic
from tests.events.relay.marks import mark
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka


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
def relaying(settings: Settings, ecosystem: Ecosystem) -> Iterator[None]:
    relay = Relay(settings, ecosystem.engine, ecosystem.signal)
    late = LateStates(settings, ecosystem.engine, lambda: 0 in relay.slots)
    relay.start()
    late.start()
    yield
    late.stop()
    relay.stop()


def bring_late(settings: Settings, topics: Topics, *entries: Entry) -> None:
    """As a broker takes what was sent long ago."""
    producer = KafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers)
    for entry in entries:
        record = state_of(entry, topics, settings.effective_public_url)
        producer.send(record.topic, key=record.key, value=record.value, headers=record.headers)
    producer.flush(10)
    producer.close()


def last_states(settings: Settings, topics: Topics, records: int) -> dict[str, ConsumerRecord]:
    found = read_topic(settings.kafka_bootstrap_servers, topics.organisations.name, records)
    return {record.key.decode(): record for record in found}


def document_of(record: ConsumerRecord) -> dict[str, object] | None:
    return None if record.value is None else orjson.loads(record.value)["document"]


def test_a_state_that_came_late_is_replaced_by_the_present_one(
    settings: Settings, topics: Topics, ecosystem: Ecosystem
) -> None:
    former, archived = ecosystem.publish(1), ecosystem.publish(2)
    ecosystem.publish(1, size_class="micro")
    ecosystem.archive(2)
    with relaying(settings, ecosystem):
        eventually(lambda: mark(ecosystem.engine) == 4, 20)
        bring_late(settings, topics, former, archived)
        states = last_states(settings, topics, 8)
    present = document_of(states[organisation_id(1)])
    assert present is not None
    assert present["size_class"] == "micro"
    assert document_of(states[organisation_id(2)]) is None


def test_states_that_are_only_on_the_way_are_left_alone(
    settings: Settings, topics: Topics, ecosystem: Ecosystem
) -> None:
    with relaying(settings, ecosystem):
        for turn in range(150):
            ecosystem.publish(turn % 3, axes=[f"1.{turn}.1"])
        eventually(lambda: mark(ecosystem.engine) == 150, 20)
        former = ecosystem.publish(5)
        ecosystem.publish(5, axes=["1.1.1"])
        eventually(lambda: mark(ecosystem.engine) == 152, 20)
        bring_late(settings, topics, former)
        last_states(settings, topics, 154)
    assert len(read_topic(settings.kafka_bootstrap_servers, topics.organisations.name, 154)) == 154
