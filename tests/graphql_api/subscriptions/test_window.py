"""Laws of the window: what it gives is the log, or nothing."""

from hypothesis import given
from hypothesis import strategies as st

from graphql_api.read_model.model import ReadModel
from graphql_api.subscriptions.window import Window
from services.events.contracts.position import Position
from tests.graphql_api.documents import entry, organisation, snapshot

LOG = [entry(number, None, organisation(number)) for number in range(1, 41)]


@given(st.integers(0, 20), st.lists(st.integers(1, 7), max_size=8), st.integers(1, 6), st.integers(-3, 45))
def test_what_is_after_a_position_is_the_log_or_not_known(start: int, steps: list[int], most: int, asked: int) -> None:
    window = Window(most)
    window.loaded(Position(1, start))
    end = start
    for count in steps:
        window.applied(LOG[end : end + count])
        end = min(end + count, len(LOG))
    assert window.end == Position(1, end)
    found = window.after(Position(1, max(asked, 0)), 3)
    if found is None:
        assert not max(start, end - most) <= asked <= end
    else:
        assert [step.entry for step in found] == LOG[max(asked, 0) : end][:3]


def test_a_position_of_another_generation_is_not_known() -> None:
    window = Window(10)
    window.loaded(Position(2, 5))
    assert window.after(Position(1, 5), 1) is None
    assert window.after(Position(2, 5), 1) == []


def test_it_holds_what_the_read_model_went_on_by_and_nothing_twice() -> None:
    model, window = ReadModel(), Window(10)
    model.listen(window)
    assert window.end is None
    model.load(snapshot(3))
    model.apply([entry(number, None, organisation(number)) for number in (3, 4, 5)])
    model.apply([entry(number, None, organisation(number)) for number in (4, 5, 6)])
    found = window.after(Position(1, 3), 10)
    assert found is not None
    assert [step.position.number for step in found] == [4, 5, 6]
    model.load(snapshot(20))
    assert window.after(Position(1, 3), 10) is None
    assert window.end == Position(1, 20)


def test_it_stands_where_a_model_stands_that_was_loaded_before() -> None:
    model, window = ReadModel(), Window(10)
    model.load(snapshot(3))
    model.listen(window)
    assert window.end == Position(1, 3)
