"""Publishing a part of the log again, on real brokers: readers drop what they have, the compacted topic stays true."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

import orjson
import pytest
from sqlalchemy import Engine

from services.database import open_engine
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from services.events.following.kafka import KafkaSource
from services.events.log.problems import PositionAhead
from services.events.relay.commands import dead_letters, replay, replay_dead_letters
from services.events.relay.outlet import Outlet
from services.events.relay.present import PresentStates
from services.events.relay.record import Record
from services.events.relay.relay import Relay
from services.events.relay.replaying import Range
from services.events.topics import Topics, topics_of
from services.problems import InvalidInput, Unavailable
from services.settings import Settings
from tests.events.entries import Ecosystem, organisation_id
from tests.events.following.contract import following
from tests.events.following.model import Mirror
from tests.events.kafka_reading import read_topic
from tests.events.ports import free_port
from tests.events.relay.fake_publisher import FakePublisher
from tests.events.relay.marks import mark
from tests.support.waiting import eventually


@pytest.fixture
def settings(kafka_bootstrap: str, topic_prefix: str, sqlite_url: str) -> Settings:
    return Settings(
        kafka_bootstrap_servers=kafka_bootstrap,
        kafka_topic_prefix=topic_prefix,
        database_url=sqlite_url,
        poll_seconds=0.2,
        max_body_bytes=1_024,
    )


@pytest.fixture
def topics(settings: Settings) -> Topics:
    return topics_of(settings)


@pytest.fixture
def ecosystem(settings: Settings) -> Iterator[Ecosystem]:
    engine = open_engine(settings.effective_database_url)
    yield Ecosystem(engine)
    engine.dispose()


@pytest.fixture
def relay(settings: Settings, ecosystem: Ecosystem) -> Iterator[Relay]:
    relay = Relay(settings, ecosystem.engine, ecosystem.signal)
    relay.start()
    yield relay
    relay.stop()


@pytest.mark.usefixtures("relay")
def test_a_range_is_published_again_and_a_reader_applies_none_of_it_twice(
    settings: Settings, topics: Topics, ecosystem: Ecosystem
) -> None:
    mirror = Mirror(View.PUBLIC)
    mirror.position = Position(1, 0)
    snapshots = DatabaseSource(ecosystem.engine, ecosystem.signal, view=View.PUBLIC)
    with following(snapshots, KafkaSource(settings, View.PUBLIC), mirror):
        ecosystem.fill(50)
        eventually(lambda: mirror.position == Position(1, 50), 20)
        assert replay(settings, Range(Position(1, 10), Position(1, 30)), ["changes"]) == 21
        ecosystem.publish(99)
        eventually(lambda: mirror.position == Position(1, 51), 20)
    assert mirror.applied == [Position(1, number) for number in range(1, 52)]
    records = read_topic(settings.kafka_bootstrap_servers, topics.changes.name, 51 + 21)
    again = [orjson.loads(record.value)["position"] for record in records if ("replayed", b"true") in record.headers]
    assert sorted(again) == list(range(10, 31))
    assert len(read_topic(settings.kafka_bootstrap_servers, topics.internal.name, 51)) == 51


@pytest.mark.usefixtures("relay")
def test_the_compacted_topic_gets_the_present_state_of_what_a_range_tells_of(
    settings: Settings, topics: Topics, ecosystem: Ecosystem
) -> None:
    ecosystem.fill(5)
    ecosystem.publish(1, size_class="micro")
    ecosystem.archive(2)
    eventually(lambda: mark(ecosystem.engine) == 7, 20)
    replay(settings, Range(Position(1, 1), Position(1, 3)), ["organisations"])
    records = read_topic(settings.kafka_bootstrap_servers, topics.organisations.name, 10)
    last = {record.key: record for record in records[-3:]} | {record.key: record for record in records}
    assert orjson.loads(last[organisation_id(1).encode()].value)["document"]["size_class"] == "micro"
    assert last[organisation_id(2).encode()].value is None
    assert orjson.loads(last[organisation_id(3).encode()].value)["position"] == 3


def test_ranges_that_are_none_are_refused(settings: Settings, ecosystem: Ecosystem) -> None:
    ecosystem.fill(5)
    with pytest.raises(InvalidInput):
        Range(Position(1, 5), Position(1, 4))
    with pytest.raises(PositionAhead):
        replay(settings, Range(Position(1, 5), Position(1, 6)))
    nowhere = settings.model_copy(update={"kafka_bootstrap_servers": f"127.0.0.1:{free_port()}"})
    with pytest.raises(Unavailable, match="Connection refused"):
        replay(nowhere, Range(Position(1, 1), Position(1, 5)))


@pytest.mark.usefixtures("relay")
def test_dead_letters_are_replayed_once_the_brokers_take_them(
    settings: Settings, topics: Topics, ecosystem: Ecosystem
) -> None:
    ecosystem.publish(1, axes=["1" * 3_000_000])
    ecosystem.publish(2)
    eventually(lambda: mark(ecosystem.engine) == 2, 20)
    refused = replay_dead_letters(settings)
    assert [letter.topic for letter in refused] == ["changes", "internal", "organisations"]
    assert "1-1 changes profile-published organisation/org-" in str(refused[0])

    assert replay_dead_letters(settings.model_copy(update={"max_body_bytes": 1_000_000})) == []

    assert dead_letters(settings) == []
    for topic in topics.filled:
        # Two substitutes, the whole, and the other entry.
        records = read_topic(settings.kafka_bootstrap_servers, topic.name, 4)
        whole = [record for record in records if record.key == organisation_id(1).encode()][-1]
        assert len(orjson.loads(whole.value)["document"]["axes"][0]) == 3_000_000


def test_a_state_that_became_old_while_it_was_published_is_followed_by_the_newer_one(engine: Engine) -> None:
    """A relay publishes the newer one before: then the older would be the last on the compacted topic."""
    settings, ecosystem = Settings(), Ecosystem(engine)
    topics = topics_of(settings)
    ecosystem.publish(1)
    broker = Slow([topic.name for topic in topics], lambda: ecosystem.publish(1, size_class="micro"))
    outlet = Outlet(settings, engine, broker, threading.Event())
    outlet.open()
    for _ in PresentStates(engine, outlet, topics, "").publish([organisation_id(1)]):
        pass
    assert [orjson.loads(record.value or b"")["position"] for record in broker.records] == [1, 2]


class Slow(FakePublisher):
    """While it takes its first records something happens."""

    def __init__(self, topics: list[str], happens: Callable[[], object]) -> None:
        super().__init__(topics)
        self._happens: Callable[[], object] | None = happens

    def take(self, records: Sequence[Record]) -> None:
        happens, self._happens = self._happens, None
        if happens:
            happens()
        super().take(records)


@pytest.mark.usefixtures("relay")
def test_the_commands_say_what_they_did(settings: Settings, ecosystem: Ecosystem) -> None:
    ecosystem.fill(20)
    ecosystem.publish(1, axes=["1" * 3_000_000])
    eventually(lambda: mark(ecosystem.engine) == 21, 20)
    again = dwr(settings, "replay", "--from", "1-5", "--to", "1-9", "--topic", "changes")
    listed = dwr(settings, "dead-letters")
    retried = dwr(settings, "dead-letters", "replay")
    assert (again.returncode, again.stderr.splitlines()[-1]) == (0, "5 entries were published again, to changes.")
    assert [line.split()[:2] for line in listed.stdout.splitlines()] == [
        ["1-21", "changes"],
        ["1-21", "internal"],
        ["1-21", "organisations"],
    ]
    assert (retried.returncode, retried.stderr.splitlines()[-1]) == (1, "3 dead letters are left.")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--from", "1", "--to", "1-9"), "write generation and number"),
        (("--from", "1-9", "--to", "1-5"), "from a lower to a higher position"),
        (("--from", "1-1", "--to", "1-5", "--topic", "mail"), "changes, internal, organisations"),
        (("--from", "1-1", "--to", "1-5"), "was never given"),
    ],
)
def test_what_cannot_be_replayed_is_refused_in_a_line(
    settings: Settings, arguments: tuple[str, ...], word: str
) -> None:
    done = dwr(settings, "replay", *arguments)
    assert done.returncode == 2
    assert word in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr


def dwr(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DWR_")} | {
        "DWR_DATABASE_URL": settings.database_url,
        "DWR_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "DWR_KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
        "DWR_MAX_BODY_BYTES": str(settings.max_body_bytes),
    }
    command = [sys.executable, "-m", "services.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
