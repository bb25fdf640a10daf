"""Partitions merged back into the order of the log."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Entry
from services.events.contracts.examples import example
from services.events.contracts.position import Position
from services.events.following.merging import Merging
from services.events.log.problems import PositionBeyondFork, PositionExpired

BEGINNING = Position(1, 0)


def entry(number: int, generation: int = 1) -> Entry:
    return dataclasses.replace(
        example(Event.CHANGED), position=Position(generation, number), event_id=f"{generation}-{number}"
    )


@given(st.lists(st.integers(0, 2), max_size=60), st.randoms(use_true_random=False), st.integers(1, 7))
def test_whatever_comes_when_the_order_is_that_of_the_log(partitions: list[int], random: object, size: int) -> None:
    """Each partition keeps its own order and repeats some of it; between partitions any order is possible."""
    queues: dict[int, list[Entry]] = {0: [], 1: [], 2: []}
    for number, partition in enumerate(partitions, start=1):
        queues[partition].append(entry(number))
    for queue in queues.values():
        again = random.randint(0, len(queue))  # type: ignore[attr-defined]
        queue[again:again] = queue[:again][-3:]
    merging = Merging(BEGINNING, gap_seconds=1)
    taken: list[int] = []
    while any(queues.values()):
        queue = random.choice([queue for queue in queues.values() if queue])  # type: ignore[attr-defined]
        batch = [queue.pop(0) for _ in range(min(size, len(queue)))]
        taken += [ready.position.number for ready in merging.take(batch, now=0.0)]
    assert taken == list(range(1, len(partitions) + 1))


def test_a_missing_position_is_waited_for_and_then_told() -> None:
    merging = Merging(BEGINNING, gap_seconds=5)
    assert [ready.position.number for ready in merging.take([entry(1), entry(3)], now=100.0)] == [1]
    assert merging.take([], now=101.0) == []
    assert merging.take([entry(4)], now=105.9) == []
    with pytest.raises(PositionExpired, match="1-3"):
        merging.take([], now=106.1)


def test_a_gap_that_closes_in_time_is_none() -> None:
    merging = Merging(BEGINNING, gap_seconds=5)
    merging.take([entry(2)], now=100.0)
    assert len(merging.take([entry(1)], now=104.0)) == 2
    merging.take([entry(4)], now=108.0)
    assert merging.take([], now=112.0) == []


def test_a_newer_generation_asks_for_a_snapshot() -> None:
    merging = Merging(Position(1, 80), gap_seconds=5)
    with pytest.raises(PositionBeyondFork, match="1-80"):
        merging.take([entry(61, generation=2)], now=0.0)


def test_entries_of_a_history_that_was_given_up_are_dropped() -> None:
    merging = Merging(Position(2, 60), gap_seconds=5)
    ready = merging.take([entry(61), entry(62), entry(61, generation=2)], now=0.0)
    assert [found.position for found in ready] == [Position(2, 61)]
