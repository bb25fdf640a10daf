"""The compacted topic after a restore: it ends as the state of the history that goes on, whatever it had before."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import orjson
import pytest
from sqlalchemy import Engine

from services.database import open_engine
from services.events.contracts.entries import Subject
from services.events.contracts.vocabulary import View
from services.events.log.digest import EMPTY, hash_of, replaced
from services.events.log.reading import read_head
from services.events.relay.publisher import Publisher
from services.events.relay.relay import Relay
from services.events.topics import topics_of
from services.restoring import restore
from services.settings import Settings
from tests.events.entries import Ecosystem, organisation_id
from tests.events.kafka_reading import read_topic
from tests.events.relay.fake_publisher import FakePublisher
from tests.events.relay.marks import mark
from tests.support.waiting import eventually

SETTINGS = Settings(poll_seconds=0.2, relay_in_flight=30)


class Told(NamedTuple):
    """A record of the compacted topic."""

    key: bytes
    value: bytes | None


class Restored:
    """A registry that wrote on after a backup, and was restored to it while its relay was away."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self._backup = folder / "backup.sqlite"
        self._file = settings.effective_database_url.removeprefix("sqlite:///")

    def go_through(self, publisher: Publisher | None) -> None:
        """Publish ten organisations, back up, publish more, restore."""
        engine = open_engine(self.settings.effective_database_url)
        ecosystem = Ecosystem(engine)
        with relaying(self.settings, ecosystem, publisher):
            ecosystem.fill(10)
            ecosystem.hide(50)
            eventually(lambda: mark(engine) == 11, 20)
        self._back_up()
        with relaying(self.settings, ecosystem, publisher):
            ecosystem.publish(3, size_class="micro")
            ecosystem.archive(4)
            ecosystem.publish(50)
            ecosystem.fill(5, first=20)
            eventually(lambda: mark(engine) == 19, 20)
        engine.dispose()
        restore(self.settings, self._backup)

    @contextmanager
    def going_on(self, publisher: Publisher | None) -> Iterator[Engine]:
        """The relay in the new history, where something was written already before it came."""
        engine = open_engine(self.settings.effective_database_url)
        ecosystem = Ecosystem(engine)
        ecosystem.archive(5)
        ecosystem.publish(60)
        with relaying(self.settings, ecosystem, publisher):
            yield engine
        engine.dispose()

    def _back_up(self) -> None:
        with closing(sqlite3.connect(self._file)) as source, closing(sqlite3.connect(self._backup)) as backup:
            source.backup(backup)


@contextmanager
def relaying(settings: Settings, ecosystem: Ecosystem, publisher: Publisher | None) -> Iterator[None]:
    relay = Relay(settings, ecosystem.engine, ecosystem.signal, publisher=publisher)
    relay.start()
    yield
    relay.stop()


def is_the_present_state(records: Sequence[Told], engine: Engine) -> bool:
    """Whether the last record of each key makes the digest of the log, tombstones for all that is not public."""
    last = {record.key: record.value for record in records}
    digest = EMPTY
    for key, value in last.items():
        if value is not None:
            subject = Subject("organisation", key.decode())
            digest = replaced(digest, None, hash_of(subject, orjson.loads(value)["document"]))
    with engine.connect() as connection:
        return digest == read_head(connection).digests[View.PUBLIC]


@pytest.fixture
def restored(sqlite_url: str, tmp_path: Path) -> Restored:
    return Restored(SETTINGS.model_copy(update={"database_url": sqlite_url}), tmp_path)


@pytest.fixture
def broker() -> FakePublisher:
    return FakePublisher([topic.name for topic in topics_of(SETTINGS)])


def states(broker: FakePublisher) -> list[Told]:
    name = topics_of(SETTINGS).organisations.name
    return [Told(record.key, record.value) for record in broker.records if record.topic == name]


def test_what_is_beyond_the_fork_becomes_the_present_state_or_a_tombstone(
    restored: Restored, broker: FakePublisher
) -> None:
    restored.go_through(broker)
    with restored.going_on(broker) as engine:
        eventually(lambda: mark(engine) == 14)
        assert is_the_present_state(states(broker), engine)
    last = {record.key: record.value for record in states(broker)}
    assert [last[organisation_id(number).encode()] for number in (5, 20, 24, 50)] == [None] * 4
    assert orjson.loads(last[organisation_id(3).encode()] or b"")["position"] == 3
    assert orjson.loads(last[organisation_id(4).encode()] or b"")["position"] == 4


@pytest.mark.parametrize("records", [0, 1, 4, 7, 9])
def test_a_relay_that_fails_meanwhile_does_it_again(restored: Restored, broker: FakePublisher, records: int) -> None:
    restored.go_through(broker)
    broker.fail_after = records
    with restored.going_on(broker) as engine:
        eventually(lambda: mark(engine) == 14)
        assert is_the_present_state(states(broker), engine)


def test_on_real_brokers_the_topic_has_the_digest_of_the_log(
    restored: Restored, kafka_bootstrap: str, topic_prefix: str
) -> None:
    brokers = {"kafka_bootstrap_servers": kafka_bootstrap, "kafka_topic_prefix": topic_prefix}
    restored.settings = restored.settings.model_copy(update=brokers)
    restored.go_through(None)
    with restored.going_on(None) as engine:
        eventually(lambda: mark(engine) == 14, 20)
        topic = topics_of(restored.settings).organisations.name
        # Ten, the eight beyond the fork, those put right again, and the two that were written afterwards.
        records = read_topic(kafka_bootstrap, topic, 10 + 8 + 8 + 2)
        assert is_the_present_state([Told(record.key, record.value) for record in records], engine)
