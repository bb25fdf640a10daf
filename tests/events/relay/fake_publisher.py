"""A broker in memory; `test_publisher.py` holds it to what the real one does."""

import secrets
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.events.contracts.position import Position
from services.events.relay.publisher import PublishingFailed, RecordRefused
from services.events.relay.record import Record, State
from services.events.relay.refill import FoundTopics


class FakePublisher:
    """Takes records like a broker; can be unreachable, fail after a number of records, and refuse long ones."""

    def __init__(self, topics: Sequence[str]) -> None:
        self.records: list[Record] = []
        self.topics = topics
        self.ids: dict[str, str] = {}
        self.largest: int | None = None
        self.reachable = True
        self.fail_after: int | None = None
        self.under_way = 0
        self.most_at_once = 0
        self.attempts = 0
        self._open = False
        self._found = FoundTopics({})

    def open(self) -> FoundTopics:
        self.attempts += 1
        self._check_reachable()
        created = frozenset(self.topics) - self.ids.keys()
        self.ids |= {topic: secrets.token_hex(4) for topic in created}
        self._found = FoundTopics(dict(self.ids), created)
        self._open = True
        self.under_way = 0
        return self._found

    def changed_topics(self) -> frozenset[str]:
        return frozenset(topic for topic, found in self._found.ids.items() if self.ids.get(topic, found) != found)

    def send(self, records: Sequence[Record]) -> "FakeDelivery":
        self.under_way += len(records)
        self.most_at_once = max(self.most_at_once, self.under_way)
        return FakeDelivery(self, records)

    def take(self, records: Sequence[Record]) -> None:
        self.under_way -= len(records)
        if not self._open:
            raise PublishingFailed("the publisher is not open")
        self._check_reachable()
        taken = len(records) if self.fail_after is None else self.fail_after
        self.fail_after = None
        for index, record in enumerate(records[:taken]):
            if self.largest is not None and len(record.value or b"") > self.largest:
                self._open = False
                raise RecordRefused("too large", index)
            self.records.append(record)
        if taken < len(records):
            self._open = False
            raise PublishingFailed("told to fail", taken)

    def states(self, topic: str) -> Iterator[Sequence[State]]:
        self._check_reachable()
        for record in [record for record in self.records if record.topic == topic]:
            headers = dict(record.headers)
            yield [State(record.key.decode(), Position(int(headers["generation"]), int(headers["position"])))]

    @property
    def is_open(self) -> bool:
        return self._open

    def close(self) -> None:
        self._open = False

    def _check_reachable(self) -> None:
        if not self.reachable:
            raise PublishingFailed("unreachable")


@dataclass
class FakeDelivery:
    publisher: FakePublisher
    records: Sequence[Record]

    def settle(self, _stop: threading.Event, *, is_last: bool) -> None:  # noqa: ARG002
        self.publisher.take(self.records)
