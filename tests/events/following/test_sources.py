"""The contract of following, on each source, and what is particular to one."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from services.access.roles import Role
from services.database import open_engine
from services.events.client.registry import Registry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from services.events.following.kafka import KafkaSource
from services.events.following.protocol import EntrySource, Refused, SnapshotSource
from services.events.log.problems import PositionAhead
from services.events.relay.relay import Relay
from services.events.topics import topics_of
from services.settings import Settings
from tests.events.entries import Ecosystem
from tests.events.following.contract import FollowingContract, take, view
from tests.events.kafka_reading import topic_names
from tests.events.relay.marks import mark
from tests.events.service import Service, events_service
from tests.support.serving import serving
from tests.support.waiting import eventually

__all__ = ["view"]


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    opened = open_engine(sqlite_url)
    yield opened
    opened.dispose()


class TestDatabase(FollowingContract):
    @pytest.fixture
    def ecosystem(self, engine: Engine) -> Ecosystem:
        return Ecosystem(engine)

    @pytest.fixture
    def source(self, ecosystem: Ecosystem, view: View) -> EntrySource:
        return DatabaseSource(ecosystem.engine, ecosystem.signal, view=view)

    @pytest.fixture
    def snapshots(self, source: DatabaseSource) -> SnapshotSource:
        return source

    def test_a_position_ahead_of_the_log_is_told(self, source: EntrySource) -> None:
        with pytest.raises(PositionAhead):
            take(source, Position(1, 7), 0, 1)


class TestFeed(FollowingContract):
    @pytest.fixture
    def ecosystem(self, sqlite_engine: Engine) -> Ecosystem:
        return Ecosystem(sqlite_engine)

    @pytest.fixture
    def service(self, ecosystem: Ecosystem, tmp_path: Path) -> Service:
        return events_service(ecosystem, tmp_path)

    @pytest.fixture
    def address(self, service: Service) -> Iterator[str]:
        with serving(service.app) as address:
            yield address

    @pytest.fixture
    def source(self, service: Service, address: str, view: View) -> EntrySource:
        return Registry(address, service.token(Role.READER) if view is View.INTERNAL else "", view, wait_seconds=1)

    @pytest.fixture
    def snapshots(self, source: Registry) -> SnapshotSource:
        return source

    def test_a_position_ahead_of_the_log_is_told(self, source: EntrySource) -> None:
        with pytest.raises(PositionAhead):
            take(source, Position(1, 7), 0, 1)

    def test_a_missing_right_is_told(self, address: str, service: Service) -> None:
        source = Registry(address, service.token(), View.INTERNAL)
        with pytest.raises(Refused, match="403"):
            source.follow(Position(1, 0), 0, threading.Event()).__next__()
        with pytest.raises(Refused, match="403"), source.snapshot():
            pass


class TestKafka(FollowingContract):
    make_relay: Callable[[], Relay]
    relay: Relay

    @pytest.fixture
    def ecosystem(self, sqlite_engine: Engine) -> Ecosystem:
        return Ecosystem(sqlite_engine)

    @pytest.fixture
    def settings(self, kafka_bootstrap: str, topic_prefix: str) -> Settings:
        return Settings(kafka_bootstrap_servers=kafka_bootstrap, kafka_topic_prefix=topic_prefix, poll_seconds=0.5)

    @pytest.fixture
    def source(self, settings: Settings, ecosystem: Ecosystem, view: View) -> Iterator[EntrySource]:
        self.make_relay = lambda: Relay(settings, ecosystem.engine, ecosystem.signal)
        self.start_again()
        eventually(lambda: topics_of(settings).organisations.name in topic_names(settings.kafka_bootstrap_servers))
        yield KafkaSource(settings, view, gap_seconds=5)
        self.relay.stop()

    @pytest.fixture
    def snapshots(self, ecosystem: Ecosystem, view: View) -> SnapshotSource:
        return DatabaseSource(ecosystem.engine, ecosystem.signal, view=view)

    def stop_all(self, ecosystem: Ecosystem, position: Position) -> None:
        eventually(lambda: mark(ecosystem.engine) == position.number)
        self.relay.stop()

    def start_again(self) -> None:
        self.relay = self.make_relay()
        self.relay.start()
