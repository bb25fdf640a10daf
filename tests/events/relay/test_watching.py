"""Alarms on silence: Kafka stands still while the log goes on, or does not have what it acknowledged."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, update

from services.database import open_engine
from services.events.contracts.position import Position
from services.events.log.cutting import cut_before
from services.events.relay.commands import replay
from services.events.relay.contiguity import Contiguity, Gap
from services.events.relay.read_back import ReadBack
from services.events.relay.relay import Relay
from services.events.relay.replaying import Range
from services.events.relay.standstill import Standstill
from services.events.tables import relay_slot
from services.events.topics import topics_of
from services.settings import Settings
from services.telemetry.metrics import REGISTRY
from tests.events.entries import Ecosystem
from tests.events.relay.fake_publisher import FakePublisher
from tests.events.relay.marks import mark, owners
from tests.support.waiting import eventually

SETTINGS = Settings(poll_seconds=0.2, relay_alarm_seconds=1)


def metric(name: str) -> float | None:
    return REGISTRY.get_sample_value(name)


@given(st.permutations(range(1, 40)), st.sets(st.integers(1, 39)))
def test_what_never_comes_is_missing_and_nothing_else(order: list[int], lost: set[int]) -> None:
    seen, now = Contiguity(0), 0.0
    for number in order:
        if number not in lost:
            seen.saw(number)
    while seen.position < 39:
        now += 1
        seen.gap(39, now, seconds=5)
    assert seen.missing == lost
    for number in lost:
        seen.saw(number)
    assert not seen.missing


def test_a_position_is_missing_only_when_it_was_acknowledged_and_waited_for() -> None:
    seen = Contiguity(10)
    seen.saw(12)
    assert seen.gap(10, now=100.0, seconds=5) is None
    assert seen.gap(10, now=200.0, seconds=5) is None
    assert seen.gap(14, now=201.0, seconds=5) is None
    assert seen.gap(14, now=206.5, seconds=5) == Gap(11, 11)
    assert seen.position == 12
    assert seen.gap(14, now=207.0, seconds=5) is None
    seen.saw(13)
    assert seen.gap(14, now=213.0, seconds=5) is None
    assert seen.gap(14, now=218.5, seconds=5) == Gap(14, 14)


class TestStandstill:
    @pytest.fixture
    def ecosystem(self, engine: Engine) -> Ecosystem:
        return Ecosystem(engine)

    @pytest.fixture
    def standstill(self, ecosystem: Ecosystem) -> Iterator[Standstill]:
        standstill = Standstill(SETTINGS, ecosystem.engine)
        standstill.start()
        yield standstill
        standstill.stop()

    def test_brokers_that_are_away_while_the_log_goes_on_are_told(
        self, ecosystem: Ecosystem, standstill: Standstill
    ) -> None:
        broker = FakePublisher([topic.name for topic in topics_of(SETTINGS)])
        broker.reachable = False
        relay = Relay(SETTINGS, ecosystem.engine, ecosystem.signal, publisher=broker)
        relay.start()
        ecosystem.fill(7)
        complaint = eventually(standstill.complaint) or ""
        assert "nothing after 1-0 for" in complaint
        assert complaint.endswith("the log stands at 1-7")
        eventually(lambda: (metric("dwr_relay_standing_still_seconds") or 0) > 1)
        broker.reachable = True
        eventually(lambda: standstill.complaint() is None)
        eventually(lambda: metric("dwr_relay_standing_still_seconds") == 0)
        relay.stop()

    def test_one_slot_that_nobody_works_on_is_told(self, ecosystem: Ecosystem, standstill: Standstill) -> None:
        ecosystem.fill(7)
        with ecosystem.engine.begin() as connection:
            row = {"slots": 8, "generation": 1, "epoch": 1, "expires_ms": 2**50, "owner": "somebody"}
            rows = [row | {"slot": slot, "position": 3 if slot == 5 else 7} for slot in range(8)]
            connection.execute(insert(relay_slot), rows)
        assert "nothing after 1-3" in (eventually(standstill.complaint) or "")

    def test_a_log_in_which_nothing_happens_is_no_standstill(
        self, ecosystem: Ecosystem, standstill: Standstill
    ) -> None:
        broker = FakePublisher([topic.name for topic in topics_of(SETTINGS)])
        relay = Relay(SETTINGS, ecosystem.engine, ecosystem.signal, publisher=broker)
        relay.start()
        ecosystem.fill(7)
        eventually(lambda: mark(ecosystem.engine) == 7)
        eventually(lambda: metric("dwr_relay_standing_still_seconds") == 0)
        assert standstill.complaint() is None
        relay.stop()


class TestReadBack:
    @pytest.fixture
    def ecosystem(self, sqlite_url: str) -> Iterator[Ecosystem]:
        engine = open_engine(sqlite_url)
        yield Ecosystem(engine)
        engine.dispose()

    @pytest.fixture
    def settings(self, kafka_bootstrap: str, topic_prefix: str, sqlite_url: str) -> Settings:
        brokers = {"kafka_bootstrap_servers": kafka_bootstrap, "kafka_topic_prefix": topic_prefix}
        return SETTINGS.model_copy(update=brokers | {"database_url": sqlite_url})

    def test_what_is_there_is_read_back_and_what_is_not_is_told_until_it_is_replayed(
        self, settings: Settings, ecosystem: Ecosystem
    ) -> None:
        """As when a broker lost what it had acknowledged: the marks say that it has it."""
        read_back = ReadBack(settings, ecosystem.engine, lambda: True)
        with relaying(settings, ecosystem):
            eventually(lambda: mark(ecosystem.engine) == 0)
            read_back.start()
            ecosystem.fill(20)
            eventually(lambda: metric("dwr_relay_read_back_position") == 20, 20)
            assert read_back.complaint() is None
        ecosystem.fill(2, first=30)
        with ecosystem.engine.begin() as connection:
            connection.execute(update(relay_slot).values(position=22))
        with relaying(settings, ecosystem):
            complaint = eventually(read_back.complaint, 20)
            assert complaint == "2 entries from 1-21 to 1-22 are not in the topic: dwr replay --from 1-21 --to 1-22"
            eventually(lambda: metric("dwr_relay_missing_entries") == 2)
            ecosystem.publish(40)
            eventually(lambda: metric("dwr_relay_read_back_position") == 23, 20)
            replay(settings, Range(Position(1, 21), Position(1, 22)))
            eventually(lambda: read_back.complaint() is None, 20)
        read_back.stop()

    def test_what_was_taken_out_of_the_log_is_not_missing_in_topics_that_are_made_anew(
        self, settings: Settings, ecosystem: Ecosystem
    ) -> None:
        ecosystem.fill(5)
        ecosystem.fill(5)
        cut_before(ecosystem.engine, 9)
        read_back = ReadBack(settings, ecosystem.engine, lambda: True)
        with relaying(settings, ecosystem):
            eventually(lambda: mark(ecosystem.engine) is not None)
            read_back.start()
            eventually(lambda: metric("dwr_relay_read_back_position") == 10, 20)
            assert read_back.complaint() is None
        read_back.stop()

    def test_a_registry_that_says_nothing_for_longer_than_its_heartbeat_is_told(
        self, settings: Settings, ecosystem: Ecosystem
    ) -> None:
        settings = settings.model_copy(update={"heartbeat_seconds": 1.0})
        read_back = ReadBack(settings, ecosystem.engine, lambda: True)
        with relaying(settings, ecosystem):
            eventually(lambda: len(owners(ecosystem.engine)) == 8)
            read_back.start()
            complaint = eventually(read_back.complaint, 20) or ""
            assert complaint.endswith("the registry writes every 1 s at least")
            ecosystem.publish(1)
            eventually(lambda: read_back.complaint() is None, 20)
        read_back.stop()

    def test_a_relay_that_has_not_slot_0_reads_nothing_back(self, settings: Settings, ecosystem: Ecosystem) -> None:
        asked = threading.Event()

        def is_responsible() -> bool:
            asked.set()
            return False

        read_back = ReadBack(settings, ecosystem.engine, is_responsible)
        read_back.start()
        assert asked.wait(10)
        read_back.stop()
        assert read_back.complaint() is None


@contextmanager
def relaying(settings: Settings, ecosystem: Ecosystem) -> Iterator[None]:
    relay = Relay(settings, ecosystem.engine, ecosystem.signal)
    relay.start()
    yield
    relay.stop()
