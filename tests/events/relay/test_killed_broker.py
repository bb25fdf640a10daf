"""A broker that dies without a word while the relay publishes, and comes back with what it had."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Self

import orjson
import pytest
from kafka.consumer.fetcher import ConsumerRecord
from kafka_node import Node, properties
from machine import free_port

from services.database import open_engine
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from services.events.following.kafka import KafkaSource
from services.events.relay.relay import Relay
from services.events.topics import topics_of
from services.settings import Settings
from services.telemetry.metrics import REGISTRY
from tests.events.entries import Ecosystem
from tests.events.following.contract import following
from tests.events.following.model import Mirror
from tests.events.kafka_reading import read_topic
from tests.events.relay.marks import mark
from tests.support.own_broker import own_broker
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka
SUBJECTS = 17


class Broker:
    """A broker that can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        self._node = Node(folder, properties({"PLAINTEXT": port}))
        self._life = ExitStack()

    def start(self) -> None:
        self._life.enter_context(self._node.running())

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, handed over or said."""
        self._life.close()


@contextmanager
def started_broker(folder: Path) -> Iterator[Broker]:
    broker = Broker(folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with own_broker(started_broker(tmp_path_factory.mktemp("kafka"))) as broker:
        yield broker


@pytest.fixture
def ecosystem(sqlite_url: str) -> Iterator[Ecosystem]:
    engine = open_engine(sqlite_url)
    yield Ecosystem(engine)
    engine.dispose()


class Writing:
    """Changes of a few organisations, one by one until it is stopped: there is always an entry under way."""

    def __init__(self, ecosystem: Ecosystem) -> None:
        self.written = 0
        self._ecosystem = ecosystem
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.005):
            self._ecosystem.publish(self.written % SUBJECTS, axes=[f"1.{self.written}.1"])
            self.written += 1


@pytest.fixture
def settings(broker: Broker) -> Settings:
    prefix = f"test-{secrets.token_hex(4)}-"
    return Settings(
        kafka_bootstrap_servers=broker.address, kafka_topic_prefix=prefix, poll_seconds=0.2, relay_in_flight=60
    )


@contextmanager
def everything_arrives(settings: Settings, ecosystem: Ecosystem) -> Iterator[Writing]:
    """Whatever happens in the block to the broker, no entry is lost and the order of each subject is kept."""
    source, mirror = KafkaSource(settings, View.PUBLIC, gap_seconds=30), Mirror(View.PUBLIC)
    mirror.position = Position(1, 0)
    snapshots = DatabaseSource(ecosystem.engine, ecosystem.signal, view=View.PUBLIC)
    relay = Relay(settings, ecosystem.engine, ecosystem.signal)
    relay.start()
    with following(snapshots, source, mirror):
        with Writing(ecosystem) as writing:
            eventually(lambda: mark(ecosystem.engine) > 50)
            yield writing
        eventually(lambda: mirror.position == Position(1, writing.written), 30)
    relay.stop()
    assert mirror.snapshots == 0
    assert mirror.applied == [Position(1, number) for number in range(1, writing.written + 1)]
    topics = topics_of(settings)
    for topic in (topics.changes, topics.internal):
        records = read_topic(settings.kafka_bootstrap_servers, topic.name, partial(has_all, writing.written))
        for positions in by_subject(records):
            assert positions == sorted(positions)


def test_a_broker_killed_under_the_relay_and_soon_back_loses_nothing(
    broker: Broker, settings: Settings, ecosystem: Ecosystem
) -> None:
    with everything_arrives(settings, ecosystem) as writing:
        broker.kill()
        written = writing.written
        eventually(lambda: writing.written > written + 50)
        broker.start()


def test_a_broker_that_stays_away_longer_than_records_are_tried_for_loses_nothing(
    broker: Broker, settings: Settings, ecosystem: Ecosystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.events.relay.kafka.DELIVERY_SECONDS", 3.0)
    failures = relay_failures()
    with everything_arrives(settings, ecosystem):
        broker.kill()
        eventually(lambda: relay_failures() > failures + 2, 20)
        broker.start()


def relay_failures() -> float:
    return REGISTRY.get_sample_value("dwr_relay_failures_total") or 0


def has_all(count: int, records: list[ConsumerRecord]) -> bool:
    return {position_of(record) for record in records} == set(range(1, count + 1))


def by_subject(records: list[ConsumerRecord]) -> list[list[int]]:
    """The positions of each subject in the order of the topic, each where it came first."""
    seen: dict[bytes, dict[int, None]] = {}
    for record in records:
        seen.setdefault(record.key, {})[position_of(record)] = None
    return [list(positions) for positions in seen.values()]


def position_of(record: ConsumerRecord) -> int:
    position: int = orjson.loads(record.value)["position"]
    return position
