"""The same contract for the fake that the relay's tests use and for real brokers."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from kafka.admin import KafkaAdminClient

from services.events.relay.kafka import KafkaPublisher
from services.events.relay.publisher import Publisher, PublishingFailed, RecordRefused
from services.events.relay.record import Record
from services.events.topics import topics_of
from services.settings import Settings
from tests.events.kafka_reading import read_topic
from tests.events.ports import free_port
from tests.events.relay.fake_publisher import FakePublisher
from tests.support.waiting import eventually

STOP = threading.Event()


def record(topic: str, key: str, value: bytes | None) -> Record:
    return Record(topic, key.encode(), value, [("position", b"1")], 1_700_000_000_000)


LARGEST = 1_000_000


class PublisherContract:
    """`publisher` takes records of LARGEST bytes, and none of twice as many."""

    publisher: Publisher
    unreachable: Publisher
    topic: str
    read: Callable[[int], list[tuple[bytes, bytes | None]]]
    make_anew: Callable[[], None]

    def publish(self, records: Sequence[Record]) -> None:
        self.publisher.send(records).settle(STOP, is_last=True)

    def test_topics_are_created_once(self) -> None:
        first = self.publisher.open()
        self.publisher.close()
        again = self.publisher.open()
        assert self.topic in first.created
        assert again.created == frozenset()
        assert again.ids == first.ids
        assert self.publisher.changed_topics() == frozenset()

    def test_records_arrive_in_order_and_tombstones_with_them(self) -> None:
        self.publisher.open()
        values = [b"%d" % number for number in range(500)]
        self.publish([record(self.topic, "k", value) for value in values])
        self.publish([record(self.topic, "k", None)])
        assert self.read(501) == [(b"k", value) for value in [*values, None]]

    def test_a_record_that_is_too_large_is_refused_and_none_behind_it_is_taken(self) -> None:
        self.publisher.open()
        self.publish([record(self.topic, "k", b"v" * LARGEST)])
        records = [record(self.topic, "k", value) for value in (b"before", b"v" * 2 * LARGEST, b"behind")]
        with pytest.raises(RecordRefused) as failure:
            self.publish(records)
        assert failure.value.acknowledged <= 1
        self.publisher.close()
        self.publisher.open()
        with pytest.raises(RecordRefused):
            self.publish([record(self.topic, "k", b"v" * 2 * LARGEST)])
        self.publisher.close()
        self.publisher.open()
        self.publish([record(self.topic, "k", b"last")])
        values = [value for _, value in self.read(2 + failure.value.acknowledged)]
        assert [value for value in values[1:] if value != b"before"] == [b"last"]

    def test_a_topic_that_somebody_else_made_anew_is_noticed(self) -> None:
        before = self.publisher.open()
        self.publish([record(self.topic, "k", b"v")])
        self.make_anew()
        eventually(lambda: self.publisher.changed_topics() == {self.topic}, 20)
        self.publisher.close()
        again = self.publisher.open()
        assert again.created == frozenset()
        assert again.lacking(before.ids, list(again.ids)) == {self.topic}

    def test_what_was_handed_over_in_parts_is_settled_in_parts(self) -> None:
        self.publisher.open()
        first, second = (self.publisher.send([record(self.topic, "k", value)] * 100) for value in (b"1", b"2"))
        first.settle(STOP, is_last=False)
        second.settle(STOP, is_last=True)
        assert self.read(200) == [(b"k", b"1")] * 100 + [(b"k", b"2")] * 100

    def test_what_is_not_open_does_not_publish(self) -> None:
        with pytest.raises(PublishingFailed) as failure:
            self.publish([record(self.topic, "k", b"v")])
        assert failure.value.acknowledged == 0

    def test_it_can_be_closed_twice_and_opened_again(self) -> None:
        self.publisher.close()
        self.publisher.open()
        self.publisher.close()
        self.publisher.close()
        self.publisher.open()
        self.publish([record(self.topic, "k", b"v")])
        assert self.read(1) == [(b"k", b"v")]

    def test_unreachable_brokers_are_told_when_it_is_opened(self) -> None:
        with pytest.raises(PublishingFailed):
            self.unreachable.open()


class TestFakePublisher(PublisherContract):
    @pytest.fixture(autouse=True)
    def _prepare(self) -> None:
        fake, self.unreachable = FakePublisher(["t"]), FakePublisher(["t"])
        fake.largest = LARGEST
        self.make_anew = lambda: fake.ids.update(t="another")
        self.unreachable.reachable = False
        self.publisher, self.topic = fake, "t"
        self.read = lambda _count: [(record.key, record.value) for record in fake.records]


class TestKafkaPublisher(PublisherContract):
    @pytest.fixture(autouse=True)
    def _prepare(self, kafka_bootstrap: str, topic_prefix: str) -> Any:
        settings = Settings(
            kafka_bootstrap_servers=kafka_bootstrap, kafka_topic_prefix=topic_prefix, max_body_bytes=1_024
        )
        self.publisher, self.topic = KafkaPublisher(settings), topics_of(settings).changes.name
        self.unreachable = KafkaPublisher(Settings(kafka_bootstrap_servers=f"127.0.0.1:{free_port()}"))
        self.read = lambda count: [
            (record.key, record.value) for record in read_topic(kafka_bootstrap, self.topic, count)
        ]
        self.make_anew = lambda: make_anew(kafka_bootstrap, self.topic)
        yield
        self.publisher.close()

    def test_the_cause_of_being_unreachable_is_named(self) -> None:
        with pytest.raises(PublishingFailed, match=r"127\.0\.0\.1:\d+: Connection refused"):
            self.unreachable.open()


def make_anew(bootstrap: str, topic: str) -> None:
    with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
        admin.delete_topics([topic])
        eventually(lambda: topic not in admin.list_topics())
        eventually(lambda: admin.create_topics({topic: {"num_partitions": 3}}))
