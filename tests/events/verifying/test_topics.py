"""The Kafka topics are compared with the log at the relay's mark, and what differs is named exactly."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from kafka import KafkaProducer
from kafka.consumer.fetcher import ConsumerRecord

from services.database import reading
from services.events.log.reading import read_head
from services.events.relay.relay import Relay
from services.events.topics import Topics, topics_of
from services.problems import Unavailable
from services.settings import Settings
from tests.events.entries import Ecosystem, organisation_id
from tests.events.kafka_reading import read_topic
from tests.events.relay.marks import mark
from tests.events.verifying.conftest import Verify
from tests.events.verifying.test_copies import named
from tests.support.waiting import eventually


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One of the databases: what is compared here is not kept in it."""
    return sqlite_url


@dataclass(frozen=True)
class Stage:
    """A log, a relay, topics, and whoever writes to them what he should not."""

    settings: Settings
    ecosystem: Ecosystem
    verify: Verify

    @property
    def topics(self) -> Topics:
        return topics_of(self.settings)

    def relay(self) -> None:
        """Publish what the log has by now."""
        with reading(self.ecosystem.engine) as connection:
            head = read_head(connection).position.number
        relay = Relay(self.settings, self.ecosystem.engine, self.ecosystem.signal)
        relay.start()
        eventually(lambda: mark(self.ecosystem.engine) == head, 60)
        relay.stop()

    def records(self, topic: str, count: int) -> dict[str, ConsumerRecord]:
        """The last record of each organisation."""
        return {record.key.decode(): record for record in read_topic(self.bootstrap, topic, count)}

    @property
    def bootstrap(self) -> str:
        return self.settings.kafka_bootstrap_servers

    def send(self, like: ConsumerRecord, value: Any, key: str | None = None, **headers: str) -> None:
        """Put a record behind that one, with its key and headers but for those that are given."""
        kept = dict(like.headers) | {name: text.encode() for name, text in headers.items()}
        encoded = None if value is None else json.dumps(value).encode()
        producer = KafkaProducer(bootstrap_servers=self.bootstrap)
        named = like.key if key is None else key.encode()
        producer.send(like.topic, encoded, named, partition=like.partition, headers=list(kept.items()))
        producer.close(10)

    def differences(self) -> dict[str, dict[str, str]]:
        """What differs, by topic: without prefix, namespace and version."""
        _, reports = self.verify("topics")
        found = {}
        for report in reports:
            topic = report["compared"].removeprefix("the topic ").partition(" ")[0]
            found[topic.split(".")[1]] = named(report)
            assert report["equal"] is not bool(named(report)), report
        return found


@pytest.fixture
def stage(  # noqa: PLR0913, PLR0917 - all that there is
    sqlite_url: str,
    kafka_bootstrap: str,
    topic_prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    ecosystem: Ecosystem,
    verify: Verify,
) -> Stage:
    monkeypatch.setenv("DWR_KAFKA_BOOTSTRAP_SERVERS", kafka_bootstrap)
    monkeypatch.setenv("DWR_KAFKA_TOPIC_PREFIX", topic_prefix)
    return Stage(Settings(database_url=sqlite_url, poll_seconds=0.2), ecosystem, verify)


@pytest.fixture
def filled(stage: Stage) -> Stage:
    """Thirteen entries about eleven organisations, nine of which are public, in the topics."""
    stage.ecosystem.fill(10)
    stage.ecosystem.publish(3, {"turnover": {"eur": 1.5, "year": 2025}}, size_class="micro")
    stage.ecosystem.hide(99)
    stage.ecosystem.archive(4)
    stage.relay()
    return stage


def test_topics_that_are_complete_are_equal_at_the_mark(filled: Stage) -> None:
    status, reports = filled.verify("topics")
    assert (status, [report["position"] for report in reports]) == (0, [13, 13, 13])
    assert [report["subjects"] for report in reports] == [9, 13, 13]
    filled.ecosystem.publish(1, size_class="large")
    assert filled.verify("topics")[0] == 0


def test_planted_differences_are_named_exactly(filled: Stage) -> None:
    states = filled.records(filled.topics.organisations.name, 12)
    changes = filled.records(filled.topics.changes.name, 13)
    first, second, fourth = (organisation_id(number) for number in (1, 2, 4))
    filled.send(states[first], None)
    filled.send(states[second], changed(states[second]))
    filled.send(states[fourth], json.loads(states[second].value))
    filled.send(changes[second], changed(changes[second]))
    assert filled.differences() == {
        "organisations": {first: "missing", second: "different", fourth: "extra"},
        "changes": {second: "different"},
        "internal": {},
    }


def changed(record: ConsumerRecord) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(record.value)
    return data | {"document": {"slug": "another"}}


def test_a_record_that_is_repeated_changes_nothing(filled: Stage) -> None:
    (record, *_) = filled.records(filled.topics.changes.name, 13).values()
    filled.send(record, json.loads(record.value))
    assert filled.differences() == {"organisations": {}, "changes": {}, "internal": {}}


def test_a_record_beyond_the_mark_is_checked_with_the_entry_that_it_tells(filled: Stage) -> None:
    first = organisation_id(1)
    record = filled.records(filled.topics.organisations.name, 12)[first]
    entry = filled.ecosystem.publish(1, size_class="large")
    ahead = {"version": entry.version, "document": entry.document}
    filled.send(record, ahead, position="14")
    assert filled.differences()["organisations"] == {}
    filled.relay()
    filled.send(record, ahead | {"document": {"slug": "x"}}, position="14")
    assert filled.differences()["organisations"] == {first: "different"}


def test_one_that_took_the_place_of_that_at_the_mark_is_checked_too(filled: Stage) -> None:
    like = filled.records(filled.topics.organisations.name, 12)[organisation_id(1)]
    entry = filled.ecosystem.publish(99)
    ahead = {"version": entry.version, "document": entry.document}
    filled.send(like, ahead, organisation_id(99), position="14")
    assert filled.differences()["organisations"] == {}
    filled.send(like, ahead | {"document": {"slug": "x"}}, organisation_id(99), position="14")
    assert filled.differences()["organisations"] == {organisation_id(99): "extra"}


def test_without_a_relay_there_is_nothing_to_compare(stage: Stage) -> None:
    stage.ecosystem.fill(1)
    with pytest.raises(Unavailable, match="no relay has published"):
        stage.verify("topics")
