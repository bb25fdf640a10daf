"""A broker in memory; `test_publisher.py` holds it to what the real one does."""

import threading
from collections.abc import Sequence

from services.events.relay.publisher import PublishingFailed, Record


class FakePublisher:
    """Takes records like a broker; can be unreachable, and can fail after a number of records."""

    def __init__(self, topics: Sequence[str], existing: Sequence[str] = ()) -> None:
        self.records: list[Record] = []
        self.topics = topics
        self.existing = set(existing)
        self.reachable = True
        self.fail_after: int | None = None
        self.most_at_once = 0
        self.attempts = 0
        self._open = False

    def open(self) -> frozenset[str]:
        self.attempts += 1
        self._check_reachable()
        created = frozenset(self.topics) - self.existing
        self.existing |= created
        self._open = True
        return created

    def publish(self, records: Sequence[Record], _stop: threading.Event) -> None:
        if not self._open:
            raise PublishingFailed("the publisher is not open")
        self._check_reachable()
        self.most_at_once = max(self.most_at_once, len(records))
        taken = len(records) if self.fail_after is None else self.fail_after
        self.fail_after = None
        self.records.extend(records[:taken])
        if taken < len(records):
            raise PublishingFailed("told to fail", taken)

    @property
    def is_open(self) -> bool:
        return self._open

    def close(self) -> None:
        self._open = False

    def _check_reachable(self) -> None:
        if not self.reachable:
            raise PublishingFailed("unreachable")
