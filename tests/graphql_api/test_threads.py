"""The follower's thread and the event loop: the state changes on the loop only, and neither hangs on the other."""

import asyncio
import threading
from collections.abc import Sequence

import pytest

from graphql_api.read_model.facts import Order
from graphql_api.read_model.model import ReadModel
from graphql_api.read_model.state import State
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from tests.graphql_api.documents import entry, organisation, snapshot

pytestmark = pytest.mark.anyio


async def test_the_state_changes_on_the_loops_thread_only(monkeypatch: pytest.MonkeyPatch) -> None:
    model, threads = ReadModel(), set()
    model.load(snapshot(2))
    applied = State.apply

    def watched(state: State, changes: Sequence[Entry]) -> None:
        threads.add(threading.get_ident())
        applied(state, changes)

    monkeypatch.setattr(State, "apply", watched)
    model.attach(asyncio.get_running_loop())
    await asyncio.to_thread(model.apply, [entry(number, None, organisation(number)) for number in range(3, 60)])
    assert threads == {threading.get_ident()}
    assert model.position == Position(1, 59)


async def test_a_query_between_two_steps_sees_one_position() -> None:
    model = ReadModel()
    model.load(snapshot(1))
    model.attach(asyncio.get_running_loop())
    following = asyncio.create_task(
        asyncio.to_thread(model.apply, [entry(number + 1, None, organisation(number)) for number in range(1, 300)])
    )
    seen = set()
    while not following.done():
        assert len(model.state) == model.state.position.number
        seen.add(model.state.position.number)
        await asyncio.sleep(0)
    assert len(seen) > 2


async def test_a_loop_that_ends_does_not_hold_up_the_follower() -> None:
    model = ReadModel()
    model.load(snapshot(1))
    model.attach(asyncio.get_running_loop())
    follower = threading.Thread(target=model.apply, args=([entry(2, None, organisation(1))],))
    follower.start()
    model.detach()
    follower.join(timeout=10)  # on the loop's own thread: the loop cannot run meanwhile
    assert not follower.is_alive()
    assert model.position == Position(1, 2)


async def test_an_error_while_applying_reaches_the_followers_thread() -> None:
    model = ReadModel()
    model.load(snapshot(1))
    model.attach(asyncio.get_running_loop())
    broken = organisation(1)
    broken.document.pop("title")
    with pytest.raises(KeyError):
        await asyncio.to_thread(model.apply, [entry(2, None, broken)])
    assert len(model.state) == 1
    assert model.position == Position(1, 1)


async def test_entries_before_one_that_fails_are_applied_and_found() -> None:
    model = ReadModel()
    model.load(snapshot(1))
    broken = organisation(2)
    broken.document.pop("title")
    with pytest.raises(KeyError):
        model.apply([entry(2, None, organisation(1)), entry(3, None, broken)])
    assert model.position == Position(1, 2)
    walk = model.state.orders[Order.TITLE].walk(None, backwards=False)
    assert {identifier for _, identifier, _ in walk} == {organisation(number).subject.id for number in range(2)}
