"""Readers that follow a source with gaps, and another one across them: nothing is left out and nothing comes twice."""

import threading
from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import Engine

from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.bridged import BridgedSource
from services.events.following.database import DatabaseSource
from services.events.log.problems import PositionExpired
from tests.events.entries import Ecosystem
from tests.events.following.contract import following, take
from tests.events.following.model import Mirror
from tests.support.waiting import eventually


class Gaps(DatabaseSource):
    """A real source in which some positions are missing for good, as a topic of a relay that died has them."""

    missing: frozenset[int] = frozenset()
    begun: tuple[Position, ...] = ()

    def follow(self, after: Position, since_ms: int, stop: threading.Event) -> Iterator[Sequence[Entry]]:
        self.begun = (*self.begun, after)
        for batch in super().follow(after, since_ms, stop):
            told = [entry for entry in batch if entry.position.number not in self.missing]
            whole = [entry for entry in told if not self._lacks(after, entry)]
            if whole:
                yield whole
            if len(whole) < len(told):
                raise PositionExpired(whole[-1].position if whole else after, told[len(whole)].position)
            yield ()

    def _lacks(self, after: Position, entry: Entry) -> bool:
        return any(after.number < number < entry.position.number for number in self.missing)


@pytest.fixture
def ecosystem(engine: Engine) -> Ecosystem:
    return Ecosystem(engine)


@pytest.fixture
def gaps(ecosystem: Ecosystem) -> Gaps:
    return Gaps(ecosystem.engine, ecosystem.signal, poll_seconds=0.1, batch=7)


@pytest.fixture
def feed(ecosystem: Ecosystem) -> DatabaseSource:
    return DatabaseSource(ecosystem.engine, ecosystem.signal, poll_seconds=0.1, batch=3)


def test_what_is_missing_in_one_source_comes_from_the_other(
    ecosystem: Ecosystem, gaps: Gaps, feed: DatabaseSource
) -> None:
    gaps.missing = frozenset({4, 5, 9, 17})
    mirror = Mirror(View.INTERNAL)
    mirror.position = Position(1, 0)
    ecosystem.fill(20)
    with following(feed, BridgedSource(gaps, feed), mirror):
        eventually(lambda: mirror.position == Position(1, 20))
        ecosystem.fill(5, first=50)
        eventually(lambda: mirror.position == Position(1, 25))
    assert mirror.applied == [Position(1, number) for number in range(1, 26)]
    assert mirror.snapshots == 0


def test_the_first_source_is_gone_on_with_after_a_gap(ecosystem: Ecosystem, gaps: Gaps, feed: DatabaseSource) -> None:
    gaps.missing = frozenset({2})
    ecosystem.fill(10)
    assert len(take(BridgedSource(gaps, feed), Position(1, 0), 0, 10)) == 10
    assert gaps.begun[0] == Position(1, 0)
    assert gaps.begun[1] >= Position(1, 3)


def test_entries_that_nobody_has_lead_to_a_snapshot(ecosystem: Ecosystem, gaps: Gaps) -> None:
    elsewhere = Gaps(ecosystem.engine, ecosystem.signal, poll_seconds=0.1)
    gaps.missing = elsewhere.missing = frozenset({2})
    ecosystem.fill(4)
    with pytest.raises(PositionExpired):
        take(BridgedSource(gaps, elsewhere), Position(1, 0), 0, 4)


def test_a_stop_is_prompt(ecosystem: Ecosystem, gaps: Gaps, feed: DatabaseSource) -> None:
    gaps.missing = frozenset({2})
    ecosystem.fill(1)
    stop = threading.Event()
    batches = BridgedSource(gaps, feed).follow(Position(1, 1), 0, stop)
    next(batches)
    stop.set()
    assert list(batches) == []
