"""What callers have left, and who shares a budget with whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphql_api.conduct import budgets
from graphql_api.conduct.budgets import Budgets, account_key
from graphql_api.conduct.problems import BudgetExhausted
from services.access.roles import ANONYMOUS, Caller
from services.settings import Settings
from tests.graphql_api.door import Door

pytestmark = pytest.mark.anyio

VIEWER = "{ viewer { authenticated } }"


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def test_a_budget_is_used_up_and_fills_within_a_minute() -> None:
    clock = Clock()
    kept = Budgets(600, clock)
    assert kept.take("a", 500) == (600, 100, 50)
    with pytest.raises(BudgetExhausted) as refused:
        kept.take("a", 110)
    assert refused.value.headers["Retry-After"] == "1"
    assert (refused.value.members["remaining"], refused.value.members["requested"]) == (100, 110)
    clock.seconds += 1
    assert kept.take("a", 110) == (600, 0, 60)
    clock.seconds += 60
    assert kept.take("a", 1) == (600, 599, 1)


def test_what_is_refused_takes_nothing_and_another_caller_has_a_budget_of_their_own() -> None:
    kept = Budgets(100, Clock())
    for _ in range(5):
        with pytest.raises(BudgetExhausted):
            kept.take("a", 101)
    assert kept.take("a", 100).remaining == 0
    assert kept.take("b", 1).remaining == 99


@given(st.lists(st.tuples(st.integers(1, 80), st.floats(0, 30)), max_size=50))
def test_nobody_gets_more_in_a_minute_than_a_bucket_and_what_flows_into_it(steps: list[tuple[int, float]]) -> None:
    clock = Clock()
    kept, taken, began = Budgets(100, clock), 0, clock.seconds
    for points, seconds in steps:
        clock.seconds += seconds
        try:
            kept.take("a", points)
        except BudgetExhausted:
            continue
        taken += points
        assert taken <= 100 + (clock.seconds - began) * 100 / 60 + 1e-6


def test_callers_are_forgotten_once_there_are_too_many_those_who_spent_least_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(budgets, "_MOST_CALLERS", 100)
    kept = Budgets(1_000, Clock())
    kept.take("greedy", 900)
    for number in range(10_000):
        kept.take(f"caller {number}", 1)
    assert len(kept._full_at) <= 100  # noqa: SLF001 - memory is what this is about
    assert kept.take("greedy", 1).remaining < 200


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ((Caller("a"), "192.0.2.1"), (Caller("a"), "192.0.2.2"), True),
        ((Caller("a"), "192.0.2.1"), (Caller("b"), "192.0.2.1"), False),
        ((ANONYMOUS, "192.0.2.1"), (ANONYMOUS, "192.0.2.2"), False),
        ((ANONYMOUS, "192.0.2.1"), (ANONYMOUS, "::ffff:192.0.2.1"), True),
        ((ANONYMOUS, "2001:db8::1"), (ANONYMOUS, "2001:db8::2:1"), True),
        ((ANONYMOUS, "2001:db8:0:1::1"), (ANONYMOUS, "2001:db8:0:2::1"), False),
        ((ANONYMOUS, None), (ANONYMOUS, "192.0.2.1"), False),
        ((Caller("192.0.2.1"), "192.0.2.9"), (ANONYMOUS, "192.0.2.1"), False),
    ],
)
def test_a_token_or_else_an_address_tells_whose_budget_it_is(
    one: tuple[Caller, str | None], other: tuple[Caller, str | None], *, same: bool
) -> None:
    assert (account_key(*one) == account_key(*other)) is same


async def test_a_used_up_budget_is_a_429_that_says_when_to_come_again(door: Door) -> None:
    small = Door(door.model, settings=Settings(graphql_cost_limit=10, graphql_budget_per_minute=200))
    await small.ask(VIEWER)  # reading the document costs most of it
    answers = [await small.ask(VIEWER) for _ in range(40)]
    refused = next(answer for answer in answers if answer.status_code != 200)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["extensions"]["code"]) == (429, "BUDGET_EXHAUSTED")
    assert int(refused.headers["retry-after"]) >= 1
    assert error["extensions"]["limit"] == 200
    assert (await small.ask(VIEWER, as_="member")).status_code == 200


async def test_documents_that_are_refused_are_paid_for_each_time_they_are_read(door: Door) -> None:
    small = Door(door.model, settings=Settings(graphql_cost_limit=10, graphql_budget_per_minute=1_000))
    statuses = [(await small.ask("{ viewer { nonsense } }")).status_code for _ in range(20)]
    assert statuses[0] == 400
    assert statuses[-1] == 429


async def test_without_a_budget_nothing_is_refused_and_the_cost_is_told(door: Door) -> None:
    free = Door(door.model, settings=Settings(graphql_budget_per_minute=0))
    answers = [await free.ask(VIEWER) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].json()["extensions"]["cost"]["requested"] == 2


def test_a_budget_below_the_cost_of_one_request_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="DWR_GRAPHQL_BUDGET_PER_MINUTE"):
        Settings(graphql_cost_limit=100, graphql_budget_per_minute=99)
