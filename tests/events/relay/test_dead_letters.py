"""Records that brokers refuse for good: nothing waits for them, nobody misses them unknowingly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from sqlalchemy import Engine

from services.database import open_engine
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from services.events.following.kafka import KafkaSource
from services.events.log.append import system_clock
from services.events.relay.dead_letters import DeadLetters
from services.events.relay.kafka import KafkaPublisher
from services.events.relay.publisher import Publisher
from services.events.relay.relay import Relay
from services.events.topics import Topics, topics_of
from services.settings import Settings
from tests.events.entries import Ecosystem, organisation_id
from tests.events.following.contract import digest_of, following
from tests.events.following.model import Mirror
from tests.events.kafka_reading import read_topic
from tests.events.relay.fake_publisher import FakePublisher
from tests.events.relay.marks import mark
from tests.support.waiting import eventually

SETTINGS = Settings(relay_in_flight=60, poll_seconds=0.2, public_url="https://registry.example")
CHANGES, INTERNAL, ORGANISATIONS, DEAD_LETTERS = (topic.name for topic in topics_of(SETTINGS))
LONG = ["1." + "2" * 5_000]


@contextmanager
def running(ecosystem: Ecosystem, publisher: Publisher | None, settings: Settings = SETTINGS) -> Iterator[Relay]:
    relay = Relay(settings, ecosystem.engine, ecosystem.signal, publisher=publisher)
    relay.start()
    try:
        yield relay
    finally:
        relay.stop()


class TestWithBrokersInMemory:
    @pytest.fixture
    def ecosystem(self, engine: Engine) -> Ecosystem:
        return Ecosystem(engine)

    @pytest.fixture
    def broker(self) -> FakePublisher:
        broker = FakePublisher([topic.name for topic in topics_of(SETTINGS)])
        broker.largest = 3_000
        return broker

    def test_what_is_behind_a_refused_record_is_published(self, ecosystem: Ecosystem, broker: FakePublisher) -> None:
        ecosystem.fill(5)
        ecosystem.publish(3, axes=LONG)
        ecosystem.fill(5, first=10)
        with running(ecosystem, broker):
            eventually(lambda: mark(ecosystem.engine) == 11)
        for topic in (CHANGES, INTERNAL, ORGANISATIONS):
            told = [orjson.loads(record.value or b"")["position"] for record in broker.records if record.topic == topic]
            assert list(dict.fromkeys(told)) == list(range(1, 12))

    def test_in_its_place_comes_where_the_whole_of_it_is(self, ecosystem: Ecosystem, broker: FakePublisher) -> None:
        ecosystem.publish(3, axes=LONG)
        with running(ecosystem, broker):
            eventually(lambda: mark(ecosystem.engine) == 1)
        changes, internal, state = (only(broker, topic) for topic in (CHANGES, INTERNAL, ORGANISATIONS))
        address = b"https://registry.example/events/v1/feed?after=1-0&limit=1"
        assert dict(changes.headers)["ce_dataref"] == dict(state.headers)["ce_dataref"] == address
        assert dict(internal.headers)["ce_dataref"] == address + b"&view=internal"
        value = orjson.loads(changes.value)
        assert (value["position"], value["visibility"], value["version"]) == (1, "entered", 1)
        assert value.keys().isdisjoint({"document", "changes", "restricted"})

    def test_it_is_listed_with_its_reason_and_told_on_the_topic_of_dead_letters(
        self, ecosystem: Ecosystem, broker: FakePublisher
    ) -> None:
        entry = ecosystem.publish(3, axes=LONG)
        with running(ecosystem, broker):
            eventually(lambda: mark(ecosystem.engine) == 1)
        letters = DeadLetters(ecosystem.engine, 10).all()
        assert [letter.topic for letter in letters] == ["changes", "internal", "organisations"]
        assert {(letter.position, letter.event_id, letter.reason) for letter in letters} == {
            (entry.position, entry.event_id, "too large")
        }
        assert min(letter.bytes for letter in letters) > 5_000
        notices = [orjson.loads(record.value or b"") for record in broker.records if record.topic == DEAD_LETTERS]
        assert [notice["topic"] for notice in notices] == [CHANGES, INTERNAL, ORGANISATIONS]
        assert {(notice["position"], notice["reason"]) for notice in notices} == {(1, "too large")}

    def test_with_too_many_of_them_the_relay_stops_instead(self, ecosystem: Ecosystem, broker: FakePublisher) -> None:
        settings = SETTINGS.model_copy(update={"relay_dead_letters": 4})
        for number in range(3):
            ecosystem.publish(number, axes=LONG)
        with running(ecosystem, broker, settings):
            eventually(lambda: mark(ecosystem.engine) == 1)
            eventually(lambda: broker.attempts > 8)
            assert mark(ecosystem.engine) == 1
            broker.largest = None
            eventually(lambda: mark(ecosystem.engine) == 3)
        assert len(DeadLetters(ecosystem.engine, 10).all()) == 4

    def test_a_tombstone_is_never_too_large(self, ecosystem: Ecosystem, broker: FakePublisher) -> None:
        ecosystem.publish(3, axes=LONG)
        ecosystem.archive(3)
        with running(ecosystem, broker):
            eventually(lambda: mark(ecosystem.engine) == 2)
        last = [record for record in broker.records if record.topic == ORGANISATIONS][-1]
        assert last.value is None


def only(broker: FakePublisher, topic: str) -> Any:
    (record,) = (record for record in broker.records if record.topic == topic)
    return record


class TestWithKafka:
    @pytest.fixture
    def ecosystem(self, sqlite_url: str) -> Iterator[Ecosystem]:
        engine = open_engine(sqlite_url)
        yield Ecosystem(engine)
        engine.dispose()

    @pytest.fixture
    def settings(self, kafka_bootstrap: str, topic_prefix: str) -> Settings:
        return SETTINGS.model_copy(
            update={"kafka_bootstrap_servers": kafka_bootstrap, "kafka_topic_prefix": topic_prefix}
            | {"max_body_bytes": 1_024}
        )

    @pytest.fixture
    def topics(self, settings: Settings) -> Topics:
        return topics_of(settings)

    @pytest.mark.parametrize("view", list(View))
    def test_a_reader_gets_the_whole_entry_from_the_feed(
        self, settings: Settings, ecosystem: Ecosystem, view: View
    ) -> None:
        """The records are larger than the topics take, by some hundred bytes or by far."""
        mirror = Mirror(view)
        mirror.position = Position(1, 0)
        database = DatabaseSource(ecosystem.engine, ecosystem.signal, view=view)
        source = KafkaSource(settings, view, gap_seconds=5, elsewhere=database)
        with running(ecosystem, None, settings), following(database, source, mirror):
            ecosystem.fill(20)
            ecosystem.publish(3, {"turnover": {"eur": 5.0, "year": 2025}}, axes=["1" * 1_060_000])
            ecosystem.publish(5, axes=["1" * 3_000_000])
            ecosystem.fill(20, first=30)
            eventually(lambda: mirror.position == Position(1, 42), 40)
        assert mirror.applied == [Position(1, number) for number in range(1, 43)]
        assert mirror.snapshots == 0
        assert mirror.digest == digest_of(ecosystem, view)
        assert {letter.position.number for letter in DeadLetters(ecosystem.engine, 10).all()} == {21, 22}

    def test_a_reader_without_the_feed_goes_on_from_a_snapshot(self, settings: Settings, ecosystem: Ecosystem) -> None:
        mirror = Mirror(View.PUBLIC)
        mirror.position = Position(1, 0)
        database = DatabaseSource(ecosystem.engine, ecosystem.signal, view=View.PUBLIC)
        with (
            running(ecosystem, None, settings),
            following(database, KafkaSource(settings, View.PUBLIC, gap_seconds=60), mirror),
        ):
            ecosystem.publish(5, axes=["1" * 3_000_000])
            last = ecosystem.publish(6)
            eventually(lambda: mirror.position == last.position, 30)
        assert mirror.snapshots > 0
        assert mirror.digest == digest_of(ecosystem, View.PUBLIC)

    def test_a_time_that_the_brokers_refuse_stops_nothing(
        self, settings: Settings, topics: Topics, ecosystem: Ecosystem
    ) -> None:
        """Somebody forbade records of more than an hour ago, and the relay was away for two."""
        publisher = KafkaPublisher(settings)
        publisher.open()
        publisher.close()
        with KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers) as admin:
            hour = {"message.timestamp.before.max.ms": "3600000"}
            admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topics.changes.name, hour)])
        ecosystem.clock = lambda: system_clock() - 2 * 3_600_000
        ecosystem.publish(1)
        ecosystem.clock = system_clock
        ecosystem.publish(2)
        with running(ecosystem, None, settings):
            eventually(lambda: mark(ecosystem.engine) == 2, 30)
        records = read_topic(settings.kafka_bootstrap_servers, topics.changes.name, 2)
        by_key = {record.key: dict(record.headers) for record in records}
        assert "ce_dataref" in by_key[organisation_id(1).encode()]
        assert "ce_dataref" not in by_key[organisation_id(2).encode()]
        assert [letter.topic for letter in DeadLetters(ecosystem.engine, 10).all()] == ["changes"]
