"""What every source of entries does, whatever carries them: one contract, inherited by a test class a source."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from services.events.following.follower import Follower
from services.events.following.protocol import EntrySource, SnapshotSource
from services.events.log.problems import PositionBeyondFork
from tests.events.entries import Ecosystem
from tests.events.following.model import Mirror
from tests.support.waiting import eventually

RESTRICTED = {"turnover": {"eur": 7_654_321.0, "year": 2025}}


@pytest.fixture(params=list(View))
def view(request: pytest.FixtureRequest) -> View:
    found: View = request.param
    return found


class FollowingContract:
    @pytest.fixture
    def ecosystem(self) -> Ecosystem:
        raise NotImplementedError

    @pytest.fixture
    def source(self) -> EntrySource:
        raise NotImplementedError

    @pytest.fixture
    def snapshots(self) -> SnapshotSource:
        raise NotImplementedError

    def test_a_snapshot_and_what_follows_make_the_same_state(
        self, ecosystem: Ecosystem, snapshots: SnapshotSource, source: EntrySource, view: View
    ) -> None:
        ecosystem.fill(30)
        ecosystem.publish(5, RESTRICTED)
        mirror = Mirror(view)
        with following(snapshots, source, mirror) as follower:
            eventually(lambda: follower.state.caught_up)
            ecosystem.publish(6, RESTRICTED, size_class="micro")
            ecosystem.hide(50)
            ecosystem.archive(7)
            last = ecosystem.publish(50)
            eventually(lambda: mirror.position == last.position)
        assert mirror.snapshots == 1
        assert mirror.digest == digest_of(ecosystem, view)
        assert mirror.applied == [Position(1, number) for number in range(32, 36)]
        assert mirror.published_ms == last.published_ms

    def test_a_reader_goes_on_from_where_it_stood(
        self, ecosystem: Ecosystem, snapshots: SnapshotSource, source: EntrySource, view: View
    ) -> None:
        entries = ecosystem.fill(40)
        ecosystem.fill(5, first=50)
        middle = entries[19]
        mirror = Mirror(view)
        mirror.position, mirror.published_ms = middle.position, middle.published_ms
        with following(snapshots, source, mirror):
            eventually(lambda: mirror.position == Position(1, 45), 20)
        assert mirror.snapshots == 0
        assert mirror.applied == [Position(1, number) for number in range(21, 46)]

    def test_the_first_entry_comes_to_who_stands_before_it(
        self, ecosystem: Ecosystem, source: EntrySource, view: View
    ) -> None:
        restricted = ecosystem.publish(1, RESTRICTED)
        (first,) = take(source, Position(1, 0), 0, 1)
        assert first.event_id == restricted.event_id
        assert first.published_ms == restricted.published_ms
        assert first.restricted == (RESTRICTED if view is View.INTERNAL else None)
        assert first.document == restricted.document

    def test_entries_written_meanwhile_come_in_order_and_without_gap(
        self, ecosystem: Ecosystem, snapshots: SnapshotSource, source: EntrySource, view: View
    ) -> None:
        mirror = Mirror(view)
        writer = threading.Thread(target=lambda: [ecosystem.publish(number % 17) for number in range(150)])
        with following(snapshots, source, mirror):
            writer.start()
            writer.join()
            eventually(lambda: mirror.position == Position(1, 150), 20)
        first = mirror.applied[0].number
        assert mirror.applied == [Position(1, number) for number in range(first, 151)]
        assert mirror.digest == digest_of(ecosystem, view)

    def test_a_reader_that_fails_is_given_the_same_entries_again(
        self, ecosystem: Ecosystem, snapshots: SnapshotSource, source: EntrySource, view: View
    ) -> None:
        mirror = Mirror(view)
        with following(snapshots, source, mirror) as follower:
            eventually(lambda: follower.state.caught_up)
            mirror.failures_to_come = 2
            for number in range(10):
                ecosystem.publish(number)
            eventually(lambda: mirror.position == Position(1, 10), 20)
        assert mirror.applied == [Position(1, number) for number in range(1, 11)]
        assert follower.state.error is None

    def test_a_position_beyond_the_fork_is_told_and_the_reader_converges(
        self, ecosystem: Ecosystem, snapshots: SnapshotSource, source: EntrySource, view: View
    ) -> None:
        ecosystem.fill(10)
        with ecosystem.restored_to_now():
            lost = ecosystem.fill(5, first=20)[-1]
            self.stop_all(ecosystem, lost.position)
        self.start_again()
        mirror = Mirror(view)
        mirror.position, mirror.published_ms = lost.position, lost.published_ms
        for number in range(30, 33):
            ecosystem.publish(number)
        with pytest.raises(PositionBeyondFork):
            take(source, lost.position, lost.published_ms, 1)
        with following(snapshots, source, mirror):
            eventually(lambda: mirror.position == Position(2, 13), 20)
            eventually(lambda: mirror.snapshots > 0)
        assert mirror.digest == digest_of(ecosystem, view)

    def test_a_stop_is_prompt(
        self, ecosystem: Ecosystem, snapshots: SnapshotSource, source: EntrySource, view: View
    ) -> None:
        ecosystem.fill(3)
        follower = Follower(snapshots, source, Mirror(view), "mirror")
        follower.start()
        eventually(lambda: follower.state.caught_up)
        stopped = threading.Thread(target=follower.stop)
        stopped.start()
        stopped.join(4)
        assert not stopped.is_alive()

    def stop_all(self, ecosystem: Ecosystem, position: Position) -> None:
        """Stop what hands the log on, once it has done so up to the position."""

    def start_again(self) -> None:
        """Start it again."""


@contextmanager
def following(snapshots: SnapshotSource, source: EntrySource, mirror: Mirror) -> Iterator[Follower]:
    """A follower that keeps the mirror in step meanwhile."""
    follower = Follower(snapshots, source, mirror, "mirror")
    follower.start()
    yield follower
    follower.stop()


def take(source: EntrySource, after: Position, since_ms: int, count: int) -> list[Entry]:
    """The next entries of a source."""
    stop = threading.Event()
    too_late = threading.Timer(20, stop.set)
    too_late.start()
    entries: list[Entry] = []
    for batch in source.follow(after, since_ms, stop):
        entries.extend(batch)
        if len(entries) >= count:
            break
    too_late.cancel()
    assert len(entries) >= count, f"{len(entries)} of {count} entries came"
    return entries


def digest_of(ecosystem: Ecosystem, view: View) -> str:
    """The registry's digest of the view now."""
    with DatabaseSource(ecosystem.engine, ecosystem.signal, view=view).snapshot() as snapshot:
        assert snapshot.digest is not None, "the log knows it"
        return snapshot.digest
