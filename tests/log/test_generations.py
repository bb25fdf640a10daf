"""A restored log goes on in a new generation, and whoever was ahead of it can tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from services.events.contracts.catalogue import REGISTRY, Event
from services.events.contracts.entries import Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import Visibility
from services.events.log.append import LogWriter
from services.events.log.generations import begin_generation
from services.events.log.guard import FormerGeneration, HistoryGuard
from services.events.log.hashes import Hashes
from services.events.log.problems import PositionBeyondFork
from services.events.log.reading import check_resumable, entries_after, read_head
from tests.events.entries import Ecosystem
from tests.log.checking import check_log


def _begin(engine: Engine, above: int = 0) -> Position:
    with engine.begin() as connection:
        return begin_generation(connection, above=above).position


def _digests(engine: Engine) -> Hashes:
    with engine.connect() as connection:
        return read_head(connection).digests


def test_its_first_entry_tells_of_it_and_changes_nothing(engine: Engine) -> None:
    ecosystem = Ecosystem(engine)
    ecosystem.fill(3)
    before = _digests(engine)

    assert _begin(engine) == Position(2, 4)

    assert _digests(engine) == before
    entry = check_log(engine)[-1]
    assert (entry.event, entry.subject) == (Event.HISTORY_FORKED, Subject(REGISTRY, REGISTRY))
    assert (entry.visibility, entry.document) == (Visibility.HIDDEN, None)
    assert ecosystem.publish(9).position == Position(2, 5)
    with engine.connect() as connection:
        assert read_head(connection).position == Position(2, 5)


def test_who_stands_before_the_fork_goes_on_and_who_stands_beyond_it_is_told(engine: Engine) -> None:
    Ecosystem(engine).fill(3)
    _begin(engine)
    with engine.connect() as connection:
        assert check_resumable(connection, Position(1, 3)).position == Position(2, 4)
        assert [entry.position for entry in entries_after(connection, 3, 10)] == [Position(2, 4)]
        with pytest.raises(PositionBeyondFork) as refused:
            check_resumable(connection, Position(1, 4))
    assert refused.value.members["forked_at"] == 3


def test_of_several_forks_the_first_one_that_the_reader_has_not_passed_counts(engine: Engine) -> None:
    ecosystem = Ecosystem(engine)
    ecosystem.fill(3)
    _begin(engine)
    ecosystem.publish(7)
    assert _begin(engine) == Position(3, 6)
    with engine.connect() as connection:
        check_resumable(connection, Position(1, 3))
        check_resumable(connection, Position(2, 5))
        for beyond in (Position(1, 4), Position(2, 6)):
            with pytest.raises(PositionBeyondFork):
                check_resumable(connection, beyond)


def test_a_number_that_a_lost_history_had_is_not_given_again(engine: Engine) -> None:
    Ecosystem(engine).fill(1)
    assert _begin(engine, above=7) == Position(8, 2)
    assert _begin(engine, above=3) == Position(9, 3)


class TestGuard:
    def test_a_process_of_the_former_generation_cannot_write(self, engine: Engine) -> None:
        ecosystem, guard = Ecosystem(engine), HistoryGuard()
        ecosystem.publish(1)
        with engine.begin() as connection:
            LogWriter(connection, guard=guard)
        assert guard.trouble is None
        _begin(engine)
        with pytest.raises(FormerGeneration, match="Restart this process"), engine.begin() as connection:
            LogWriter(connection, guard=guard)
        assert guard.trouble is not None
        with engine.begin() as connection:
            LogWriter(connection, guard=HistoryGuard())

    @given(seen=st.integers(0, 60), head=st.integers(0, 60))
    def test_a_log_that_is_shorter_than_it_was_is_written_by_nobody_who_knows(self, seen: int, head: int) -> None:
        guard = HistoryGuard()
        guard.check(Position(1, seen))
        if head >= seen:
            guard.check(Position(1, head))
        else:
            with pytest.raises(FormerGeneration, match="dwr new-generation"):
                guard.check(Position(1, head))
        assert (guard.trouble is None) == (head >= seen)
