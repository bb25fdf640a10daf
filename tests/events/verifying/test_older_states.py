"""The state of a view at any position is told as it was there, on both databases."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.log.cutting import cut_before
from services.events.log.problems import PositionAhead, PositionBeyondFork
from services.events.verifying.holding import Digest, Held
from services.events.verifying.log_state import LogTables
from tests.events.entries import Ecosystem

CHANGES = st.lists(
    st.tuples(st.sampled_from(["publish", "restrict", "archive", "hide", "withdraw"]), st.integers(1, 4)),
    min_size=1,
    max_size=15,
)


def state(engine: Engine, view: View, at: Position | None = None) -> tuple[Digest, set[Held]]:
    """The digest and all subjects, each told apart from the other."""
    log = LogTables(engine, view)
    with log.hashes(at=at) as holding:
        return log.digest(at=at), set(holding.subjects)


def happen(ecosystem: Ecosystem, change: str, number: int) -> None:
    doings = {
        "publish": lambda: ecosystem.publish(number, size_class="micro"),
        "restrict": lambda: ecosystem.publish(number, {"turnover": {"eur": 2.5, "year": 2025}}),
        "archive": lambda: ecosystem.archive(number),
        "hide": lambda: ecosystem.hide(number + 10),
        "withdraw": lambda: ecosystem.withdraw(number, size_class="large"),
    }
    doings[change]()


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES, cut=st.integers(0, 15))
def test_it_is_the_state_that_it_was(engine: Engine, changes: list[tuple[str, int]], cut: int) -> None:
    ecosystem = Ecosystem(engine)
    states = []
    for change, number in changes:
        happen(ecosystem, change, number)
        states.append([state(engine, view) for view in View])
    positions = [public.position for (public, _), _ in states]
    kept = positions[0].number + min(cut, len(states) - 1)
    cut_before(engine, kept)
    for position, then in zip(positions, states, strict=True):
        if position.number >= kept:
            assert [state(engine, view, position) for view in View] == then


def test_positions_that_are_none_of_this_history_are_told(engine: Engine) -> None:
    ecosystem = Ecosystem(engine)
    ecosystem.fill(3)
    shared = state(engine, View.PUBLIC)
    with pytest.raises(PositionAhead):
        state(engine, View.PUBLIC, Position(1, 4))
    with ecosystem.restored_to_now():
        ecosystem.publish(9)
    ecosystem.fill(3, first=20)
    with pytest.raises(PositionBeyondFork):
        state(engine, View.PUBLIC, Position(1, 4))
    assert state(engine, View.PUBLIC, Position(1, 3)) == shared
