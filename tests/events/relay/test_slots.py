"""Relays that share the log by slots, against brokers in memory and a real database."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select, update

from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.log.entry_rows import slot_of
from services.events.log.signal import LogSignal
from services.events.relay.clock import Watched, database_clock
from services.events.relay.leases import LeaseLost, Leases
from services.events.relay.members import fair_share
from services.events.relay.relay import Relay
from services.events.relay.stretches import Stretches
from services.events.tables import relay_member, relay_slot
from services.events.topics import topics_of
from services.settings import Settings
from tests.events.entries import Ecosystem, organisation_id
from tests.events.relay.fake_publisher import FakePublisher
from tests.events.relay.marks import mark, owners
from tests.support.waiting import eventually

SETTINGS = Settings(relay_in_flight=30, poll_seconds=0.1, relay_slots=8)
TOPICS = [topic.name for topic in topics_of(SETTINGS)]
CHANGES = topics_of(SETTINGS).changes.name


@pytest.fixture
def ecosystem(engine: Engine) -> Ecosystem:
    return Ecosystem(engine)


def brokers(count: int) -> list[FakePublisher]:
    """So many ways to the same brokers."""
    ways = [FakePublisher(TOPICS) for _ in range(count)]
    for way in ways:
        way.ids = ways[0].ids
    return ways


@contextlib.contextmanager
def running(ecosystem: Ecosystem, way: FakePublisher, **options: Any) -> Iterator[Relay]:
    settings = SETTINGS.model_copy(update=options)
    relay = Relay(settings, ecosystem.engine, ecosystem.signal, publisher=way)
    relay.start()
    try:
        yield relay
    finally:
        relay.stop()


def published(*ways: FakePublisher) -> list[int]:
    return [position(record.value) for way in ways for record in way.records if record.topic == CHANGES]


def position(value: bytes | None) -> int:
    number: int = orjson.loads(value or b"")["position"]
    return number


def shares(engine: Engine) -> list[int]:
    """How many slots each of those has that have any."""
    named = [owner for owner in owners(engine) if owner]
    return sorted(named.count(owner) for owner in set(named))


def numbers(entries: Sequence[Entry]) -> list[int]:
    return [entry.position.number for entry in entries]


@given(slots=st.integers(1, 256), members=st.integers(1, 300))
def test_the_shares_of_all_are_all_slots_and_differ_by_one_at_most(slots: int, members: int) -> None:
    found = [fair_share(slots, members, rank) for rank in range(members)]
    assert sum(found) == slots
    assert max(found) - min(found) <= 1


def test_a_relay_that_is_alone_has_every_slot(ecosystem: Ecosystem) -> None:
    (way,) = brokers(1)
    with running(ecosystem, way):
        eventually(lambda: shares(ecosystem.engine) == [8])
    assert shares(ecosystem.engine) == []


def test_relays_share_the_log_and_nothing_is_published_twice_or_not_at_all(ecosystem: Ecosystem) -> None:
    first, second, third = brokers(3)
    ecosystem.fill(50)
    with running(ecosystem, first):
        eventually(lambda: mark(ecosystem.engine) == 50)
        with running(ecosystem, second), running(ecosystem, third):
            eventually(lambda: shares(ecosystem.engine) == [2, 3, 3])
            for number in range(60):
                ecosystem.publish(number % 20, axes=[f"1.{number}.1"])
            eventually(lambda: mark(ecosystem.engine) == 110)
        eventually(lambda: shares(ecosystem.engine) == [8])
        ecosystem.publish(99)
        eventually(lambda: 111 in published(first))
    assert sorted(published(first, second, third)) == list(range(1, 112))
    assert all(published(way) == sorted(published(way)) for way in (first, second, third))
    assert published(second)
    assert published(third)


def test_a_relay_that_reaches_no_broker_leaves_every_slot_to_one_that_does(ecosystem: Ecosystem) -> None:
    first, second = brokers(2)
    second.reachable = False
    with running(ecosystem, first), running(ecosystem, second):
        eventually(lambda: second.attempts > 2)
        assert shares(ecosystem.engine) == [8]


def test_another_number_of_slots_begins_at_the_lowest_mark(ecosystem: Ecosystem) -> None:
    first, second = brokers(2)
    ecosystem.fill(40)
    with running(ecosystem, first):
        eventually(lambda: mark(ecosystem.engine) == 40)
    with ecosystem.engine.begin() as connection:
        connection.execute(update(relay_slot).where(relay_slot.c.slot == 5).values(position=30))
    with running(ecosystem, second, relay_slots=3):
        eventually(lambda: mark(ecosystem.engine) == 40)
        eventually(lambda: len(owners(ecosystem.engine)) == 3)
    assert published(second) == list(range(31, 41))


def test_relays_that_differ_in_slots_repeat_records_and_keep_the_order(ecosystem: Ecosystem) -> None:
    first, second = brokers(2)
    second.records = first.records
    with running(ecosystem, first), running(ecosystem, second, relay_slots=5):
        eventually(lambda: shares(ecosystem.engine) == [5, 8])
        for number in range(60):
            ecosystem.publish(number % 20, axes=[f"1.{number}.1"])
        eventually(lambda: mark(ecosystem.engine) == 60)
    for subject in range(20):
        assert first_seen(first, subject) == sorted(first_seen(first, subject))
    assert set(published(first)) == set(range(1, 61))


def first_seen(way: FakePublisher, subject: int) -> list[int]:
    key = organisation_id(subject).encode()
    records = [record for record in way.records if record.topic == CHANGES and record.key == key]
    return list(dict.fromkeys(position(record.value) for record in records))


def test_a_slot_that_is_far_behind_does_not_hold_the_others_up(ecosystem: Ecosystem) -> None:
    (way,) = brokers(1)
    ecosystem.fill(200)
    behind = slot_of(organisation_id(1)) % 8
    with running(ecosystem, way):
        eventually(lambda: mark(ecosystem.engine) == 200)
    with ecosystem.engine.begin() as connection:
        connection.execute(update(relay_slot).where(relay_slot.c.slot == behind).values(position=0))
    way.records.clear()
    other = next(number for number in range(300, 400) if slot_of(organisation_id(number)) % 8 != behind)
    ecosystem.publish(other)
    with running(ecosystem, way):
        eventually(lambda: mark(ecosystem.engine) == 201)
    assert published(way).index(201) <= 5
    assert sorted(published(way)) == [
        number for number in range(1, 201) if slot_of(organisation_id(number)) % 8 == behind
    ] + [201]


def test_a_lease_is_over_by_the_clock_or_by_having_watched_it() -> None:
    watched = Watched(seconds=0.2)
    assert not watched.is_over("a", expires_ms=10**15, now_ms=5)
    assert watched.is_over("b", expires_ms=4, now_ms=5)
    eventually(lambda: watched.is_over("a", expires_ms=10**15, now_ms=5))
    assert not watched.is_over("a", expires_ms=10**15 + 1, now_ms=5)


def test_a_clock_that_was_set_back_does_not_keep_the_slots_of_a_dead_relay(ecosystem: Ecosystem) -> None:
    in_an_hour = 60 * 60 * 1000 + 10**13
    (way,) = brokers(1)
    with ecosystem.engine.begin() as connection:
        dead = {"generation": 1, "position": 0, "owner": "dead", "epoch": 4, "expires_ms": in_an_hour}
        connection.execute(insert(relay_slot), [{"slots": 8, "slot": slot, **dead} for slot in range(8)])
        connection.execute(insert(relay_member).values(owner="dead", slots=8, expires_ms=in_an_hour))
    ecosystem.fill(20)
    leases = Leases(ecosystem.engine, 8, seconds=1)
    relay = Relay(SETTINGS, ecosystem.engine, ecosystem.signal, publisher=way, leases=leases)
    relay.start()
    eventually(lambda: mark(ecosystem.engine) == 20)
    relay.stop()
    assert published(way) == list(range(1, 21))


def test_a_clock_that_jumps_ahead_costs_repetitions_and_no_order(ecosystem: Ecosystem) -> None:
    """The second relay's clock is an hour ahead: it takes whatever it sees, and the first one takes it back."""
    first, second = brokers(2)
    second.records = first.records

    def ahead(connection: Any) -> int:
        return database_clock(connection) + 3_600_000

    leases = Leases(ecosystem.engine, 8, 30, clock=ahead)
    impatient = Relay(SETTINGS, ecosystem.engine, LogSignal(), publisher=second, leases=leases)
    with running(ecosystem, first):
        eventually(lambda: shares(ecosystem.engine) == [8])
        impatient.start()
        for number in range(100):
            ecosystem.publish(number % 20, axes=[f"1.{number}.1"])
        eventually(lambda: mark(ecosystem.engine) == 100)
        impatient.stop()
    for subject in range(20):
        assert first_seen(first, subject) == sorted(first_seen(first, subject))
    assert set(published(first)) == set(range(1, 101))


def test_whoever_lost_a_slot_neither_moves_its_mark_nor_gives_it_away(engine: Engine) -> None:
    first, second = (Leases(engine, 2, seconds=30) for _ in range(2))
    first.share()
    with engine.begin() as connection:
        connection.execute(update(relay_slot).where(relay_slot.c.slot == 1).values(owner=second.owner))
    marks = {0: Position(1, 7), 1: Position(1, 7)}
    with pytest.raises(LeaseLost):
        first.renew(marks)
    with pytest.raises(LeaseLost):
        first.leave(marks)
    assert owners(engine) == [None, second.owner]
    with engine.connect() as connection:
        assert list(connection.execute(select(relay_slot.c.position).order_by("slot")).scalars()) == [7, 0]


def test_documents_of_megabytes_are_not_read_all_at_once(ecosystem: Ecosystem) -> None:
    for number in range(30):
        ecosystem.publish(number, axes=["a" * 1_000_000])
    stretches = Stretches(ecosystem.engine, slots=8, most=1_000)
    (stretch,) = stretches.after({Position(1, 0): range(8)})
    assert 10 < len(stretch.entries) < 20
    assert stretch.until == stretch.entries[-1].position
    (rest,) = stretches.after({stretch.until: range(8)})
    assert numbers(stretch.entries) + numbers(rest.entries) == list(range(1, 31))
    assert rest.until == Position(1, 30)
