"""What the follower does when its sources do not."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine

from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from services.events.following.follower import Follower
from services.events.following.protocol import Snapshot
from services.events.log.problems import PositionExpired
from tests.events.entries import Ecosystem
from tests.events.following.contract import following
from tests.events.following.model import Mirror
from tests.support.waiting import eventually


class Troubled(DatabaseSource):
    """A real source on which something goes wrong first."""

    skip = 0
    expire = False
    refuse_head = False

    def follow(self, after: Position, since_ms: int, stop: threading.Event) -> Iterator[Sequence[Entry]]:
        if self.expire:
            self.expire = False
            raise PositionExpired(after, Position(1, 5))
        for batch in super().follow(after, since_ms, stop):
            skipped, self.skip = self.skip, 0
            yield batch[skipped:]

    def head(self) -> Position:
        if self.refuse_head:
            raise ConnectionError("no answer")
        return super().head()


class BreakingOff(DatabaseSource):
    """Its first snapshot breaks off."""

    times = 0

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        self.times += 1
        with super().snapshot() as snapshot:
            if self.times == 1:
                raise ConnectionError("broken off")
            yield snapshot


class Shut(Mirror):
    """A reader whose own store does not answer for a while, not even where it stands."""

    def __init__(self, view: View) -> None:
        self.away = False
        self.refused = 0
        self._kept: Position | None = None
        super().__init__(view)

    @property
    def position(self) -> Position | None:
        self._ask()
        return self._kept

    @position.setter
    def position(self, position: Position | None) -> None:
        self._kept = position

    def apply(self, entries: Sequence[Entry]) -> None:
        self._ask()
        super().apply(entries)

    def _ask(self) -> None:
        if self.away:
            self.refused += 1
            raise ConnectionError("the reader's store is away")


def test_an_expired_position_leads_to_a_snapshot(engine: Engine) -> None:
    ecosystem, mirror = Ecosystem(engine), Mirror(View.INTERNAL)
    ecosystem.fill(10)
    mirror.position = Position(1, 2)
    source = Troubled(engine, ecosystem.signal)
    source.expire = True
    with following(source, source, mirror):
        eventually(lambda: mirror.position == Position(1, 10))
    assert (mirror.snapshots, mirror.applied) == (1, [])


def test_a_gap_is_not_applied_but_read_again(engine: Engine) -> None:
    ecosystem, mirror = Ecosystem(engine), Mirror(View.INTERNAL)
    ecosystem.fill(10)
    mirror.position = Position(1, 0)
    source = Troubled(engine, ecosystem.signal)
    source.skip = 3
    with following(source, source, mirror):
        eventually(lambda: mirror.position == Position(1, 10))
    assert mirror.applied == [Position(1, number) for number in range(1, 11)]


def test_a_snapshot_that_breaks_off_is_taken_again(engine: Engine) -> None:
    ecosystem, mirror = Ecosystem(engine), Mirror(View.INTERNAL)
    ecosystem.fill(10)
    source = BreakingOff(engine, ecosystem.signal)
    with following(source, source, mirror):
        eventually(lambda: mirror.position == Position(1, 10))
    assert source.times == 2


def test_entries_are_followed_while_nobody_says_where_the_log_stands(engine: Engine) -> None:
    ecosystem, mirror = Ecosystem(engine), Mirror(View.INTERNAL)
    ecosystem.fill(10)
    source = Troubled(engine, ecosystem.signal)
    source.refuse_head = True
    with following(source, source, mirror) as follower:
        ecosystem.publish(1, size_class="micro")
        eventually(lambda: mirror.position == Position(1, 11))
        assert not follower.state.caught_up


def test_a_reader_is_caught_up_when_it_reached_the_head_of_its_start(engine: Engine) -> None:
    ecosystem, mirror = Ecosystem(engine), Mirror(View.INTERNAL)
    ecosystem.fill(10)
    mirror.position = Position(1, 3)
    mirror.failures_to_come = 2
    source = DatabaseSource(engine, ecosystem.signal)
    follower = Follower(source, source, mirror, "mirror")
    assert not follower.state.caught_up
    follower.start()
    eventually(lambda: follower.state.error)
    assert not follower.state.caught_up
    assert follower.state.lag_entries == 7
    eventually(lambda: follower.state.caught_up)
    assert follower.state.lag_entries == 0
    follower.stop()


def test_a_reader_whose_own_store_was_away_is_followed_on(engine: Engine) -> None:
    ecosystem, mirror = Ecosystem(engine), Shut(View.INTERNAL)
    ecosystem.fill(3)
    source = DatabaseSource(engine, ecosystem.signal)
    with following(source, source, mirror) as follower:
        eventually(lambda: follower.state.caught_up)
        mirror.away = True
        ecosystem.fill(2, first=10)
        eventually(lambda: mirror.refused >= 2)
        assert follower.state.error == "the reader's store is away"
        mirror.away = False
        eventually(lambda: mirror.position == Position(1, 5))
        eventually(lambda: follower.state.error is None)
