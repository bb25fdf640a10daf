"""The relay's logic, against a broker in memory and a real database."""

import contextlib
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, insert, select, update

from services.events.contracts.catalogue import ORGANISATION, Event
from services.events.contracts.entries import Subject
from services.events.contracts.vocabulary import Actor, Origin
from services.events.log.append import LogWriter
from services.events.log.drafts import NOTHING, Draft
from services.events.log.signal import LogSignal
from services.events.relay.leases import Leases
from services.events.relay.relay import Relay
from services.events.tables import relay_slot
from services.events.topics import Topics, topics_of
from services.settings import Settings
from tests.events.entries import Ecosystem, organisation_id
from tests.events.relay.fake_publisher import FakePublisher
from tests.events.relay.marks import mark
from tests.support.waiting import eventually

SETTINGS = Settings(relay_in_flight=60, poll_seconds=0.2)
TOPICS: Topics = topics_of(SETTINGS)
CHANGES, INTERNAL, ORGANISATIONS, DEAD_LETTERS = (topic.name for topic in TOPICS)


@pytest.fixture
def ecosystem(engine: Engine) -> Ecosystem:
    return Ecosystem(engine)


@pytest.fixture
def broker() -> FakePublisher:
    return FakePublisher([topic.name for topic in TOPICS])


@contextlib.contextmanager
def running(ecosystem: Ecosystem, broker: FakePublisher, **options: Any) -> Iterator[Relay]:
    relay = Relay(SETTINGS, ecosystem.engine, ecosystem.signal, publisher=broker, **options)
    relay.start()
    yield relay
    relay.stop()


def values(broker: FakePublisher, topic: str) -> list[Any]:
    return [record.value and orjson.loads(record.value) for record in broker.records if record.topic == topic]


def positions(broker: FakePublisher, topic: str = CHANGES) -> list[int]:
    return [value["position"] for value in values(broker, topic)]


def test_every_entry_is_published_in_order_and_the_mark_follows(ecosystem: Ecosystem, broker: FakePublisher) -> None:
    ecosystem.fill(100)
    with running(ecosystem, broker):
        eventually(lambda: len(positions(broker)) == 100)
        ecosystem.publish(7, size_class="micro")
        eventually(lambda: len(positions(broker)) == 101)
        eventually(lambda: mark(ecosystem.engine) == 101)
    assert positions(broker) == positions(broker, INTERNAL) == list(range(1, 102))
    assert broker.most_at_once <= 60


def test_a_record_carries_key_headers_and_the_time_of_its_entry(ecosystem: Ecosystem, broker: FakePublisher) -> None:
    entry = ecosystem.publish(7)
    with running(ecosystem, broker):
        eventually(lambda: len(broker.records) == 3)
    for record in broker.records:
        headers = dict(record.headers)
        assert record.key == organisation_id(7).encode()
        assert (headers["generation"], headers["position"]) == (b"1", b"1")
        assert headers["ce_type"] == b"be.digitalwallonia.registry.profile-published.v1"
        assert record.timestamp_ms == entry.published_ms


def test_the_restricted_part_is_told_on_the_internal_topic_alone(ecosystem: Ecosystem, broker: FakePublisher) -> None:
    restricted = {"turnover": {"eur": 7_654_321.0, "year": 2025}}
    ecosystem.publish(7, restricted)
    with running(ecosystem, broker):
        eventually(lambda: len(broker.records) == 3)
    with_it = {record.topic for record in broker.records if b"7654321" in (record.value or b"")}
    assert with_it == {INTERNAL}
    assert values(broker, INTERNAL)[0]["restricted"] == restricted


def test_the_compacted_topic_has_public_states_and_tombstones_only(ecosystem: Ecosystem, broker: FakePublisher) -> None:
    ecosystem.hide(7)
    ecosystem.publish(7)
    ecosystem.archive(7)
    with running(ecosystem, broker):
        eventually(lambda: len(positions(broker)) == 3)
    published, gone = values(broker, ORGANISATIONS)
    assert published["document"]["slug"] == "organisation-7"
    assert gone is None


def test_a_merged_and_a_withdrawn_organisation_are_tombstones_and_a_change_tells_of_them(
    ecosystem: Ecosystem, broker: FakePublisher
) -> None:
    ecosystem.fill(3)
    merge(ecosystem, 1, into=2)
    ecosystem.withdraw(3)
    with running(ecosystem, broker):
        eventually(lambda: mark(ecosystem.engine) == 5)
    merged, withdrawn = values(broker, CHANGES)[-2:]
    assert (merged["visibility"], merged["document"], merged["redirect"]) == ("left", None, organisation_id(2))
    assert (withdrawn["visibility"], withdrawn["document"], withdrawn["changes"]) == ("left", None, [])
    last = {record.key.decode(): record.value for record in broker.records if record.topic == ORGANISATIONS}
    assert [last[organisation_id(number)] is None for number in (1, 2, 3)] == [True, False, True]


def merge(ecosystem: Ecosystem, number: int, *, into: int) -> None:
    """The organisation proves to be the other one."""
    subject, before = Subject(ORGANISATION, organisation_id(number)), ecosystem.states[number]
    by = (Origin.MODERATOR, Actor.MODERATOR)
    with ecosystem.engine.begin() as connection:
        writer = LogWriter(connection)
        writer.append(Draft(Event.MERGED, subject, before, NOTHING, *by, redirect=organisation_id(into)))
        writer.flush()


def test_after_a_failure_it_begins_at_the_first_record_not_acknowledged(
    ecosystem: Ecosystem, broker: FakePublisher
) -> None:
    ecosystem.fill(10)
    broker.fail_after = 16  # five entries of three records, and one record of the sixth
    with running(ecosystem, broker):
        eventually(lambda: len(broker.records) >= 31)
        eventually(lambda: mark(ecosystem.engine) == 10)
    assert positions(broker) == [1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10]


def test_a_broker_that_is_away_is_waited_for(ecosystem: Ecosystem, broker: FakePublisher) -> None:
    broker.reachable = False
    ecosystem.fill(10)
    with running(ecosystem, broker):
        eventually(lambda: broker.attempts > 1)
        assert mark(ecosystem.engine) == 0
        broker.reachable = True
        eventually(lambda: positions(broker) == list(range(1, 11)))


def test_an_orderly_stop_writes_the_mark_and_the_next_relay_repeats_nothing(
    ecosystem: Ecosystem, broker: FakePublisher
) -> None:
    ecosystem.fill(10)
    with running(ecosystem, broker):
        eventually(lambda: len(positions(broker)) == 10)
    assert mark(ecosystem.engine) == 10
    ecosystem.fill(5, first=20)
    with running(ecosystem, broker):
        eventually(lambda: len(positions(broker)) == 15)
    assert positions(broker) == list(range(1, 16))


def test_a_relay_that_lost_its_lease_publishes_nothing_more(ecosystem: Ecosystem, broker: FakePublisher) -> None:
    with running(ecosystem, broker):
        ecosystem.publish(1)
        eventually(lambda: mark(ecosystem.engine) == 1)
        with ecosystem.engine.begin() as connection:
            stolen = {"owner": "another", "epoch": 99, "expires_ms": 2**60}
            connection.execute(update(relay_slot).values(**stolen))
        ecosystem.publish(2)
        eventually(lambda: not broker.is_open)
        ecosystem.publish(3)
    assert 3 not in positions(broker)
    assert mark(ecosystem.engine) == 1


def test_a_relay_without_orderly_end_is_followed_by_another_when_its_lease_is_over(
    ecosystem: Ecosystem, broker: FakePublisher
) -> None:
    with ecosystem.engine.begin() as connection:
        dead = {"generation": 1, "position": 0, "owner": "dead", "epoch": 4, "expires_ms": 0}
        rows = [{"slots": SETTINGS.relay_slots, "slot": slot, **dead} for slot in range(SETTINGS.relay_slots)]
        connection.execute(insert(relay_slot), rows)
    ecosystem.publish(1)
    with running(ecosystem, broker):
        eventually(lambda: positions(broker) == [1])
        assert epochs(ecosystem.engine) == {5}


def test_a_topic_that_was_missing_is_filled_and_the_others_get_nothing_twice(
    ecosystem: Ecosystem, broker: FakePublisher
) -> None:
    ecosystem.fill(20)
    with running(ecosystem, broker):
        eventually(lambda: mark(ecosystem.engine) == 20)
    del broker.ids[ORGANISATIONS]
    broker.records.clear()
    with running(ecosystem, broker):
        eventually(lambda: len(broker.records) == 20)
        ecosystem.publish(30)
        eventually(lambda: positions(broker) == [21])
    assert positions(broker, ORGANISATIONS) == list(range(1, 22))
    assert mark(ecosystem.engine) == 21


def test_a_topic_that_somebody_else_made_anew_under_the_relay_is_filled(
    ecosystem: Ecosystem, broker: FakePublisher
) -> None:
    ecosystem.fill(20)
    with running(ecosystem, broker):
        eventually(lambda: mark(ecosystem.engine) == 20)
        broker.records.clear()
        broker.ids[INTERNAL] = "another"
        eventually(lambda: len(broker.records) == 20)
        eventually(lambda: mark(ecosystem.engine) == 20)
    assert positions(broker, INTERNAL) == list(range(1, 21))


def test_a_stop_does_not_wait_for_a_poll(ecosystem: Ecosystem, broker: FakePublisher) -> None:
    patient = SETTINGS.model_copy(update={"poll_seconds": 600.0})
    leases = Leases(ecosystem.engine, SETTINGS.relay_slots, seconds=6_000)
    relay = Relay(patient, ecosystem.engine, LogSignal(), publisher=broker, leases=leases)
    relay.start()
    eventually(lambda: broker.is_open)
    relay.stop()
    assert not broker.is_open


def epochs(engine: Engine) -> set[int]:
    with engine.connect() as connection:
        return set(connection.execute(select(relay_slot.c.epoch)).scalars())
