"""The read model takes a snapshot only when its documents have the digest that it tells."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from graphql_api.read_model.model import ReadModel
from services.events.contracts.entries import Current, Entry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.follower import Follower
from services.events.following.protocol import Snapshot, SnapshotDiffers
from services.events.log.digest import EMPTY, hash_of, replaced
from services.telemetry.metrics import REGISTRY
from tests.graphql_api.documents import now_ms, organisation, organisations, snapshot
from tests.support.waiting import eventually

COUNT = 20


def _digest(states: Sequence[Current], view: View = View.INTERNAL) -> str:
    digest = EMPTY
    for current in states:
        documents = (current.document, current.restricted) if view is View.INTERNAL else (current.document,)
        digest = replaced(digest, None, hash_of(current.subject, *documents))
    return digest


def _telling(digest: str, states: Sequence[Current]) -> Snapshot:
    return Snapshot(Position(1, COUNT), now_ms(), digest, iter(states))


def _refused() -> float:
    return REGISTRY.get_sample_value("dwr_read_model_snapshots_refused_total") or 0.0


@pytest.mark.parametrize("view", list(View))
def test_a_snapshot_is_taken_whose_documents_have_its_digest(view: View) -> None:
    states, model = list(organisations(COUNT)), ReadModel(view)
    model.load(_telling(_digest(states, view), states))
    assert len(model.state) == COUNT


@pytest.mark.parametrize("wrong", ["a document is missing", "one is there twice", "one is another"])
def test_a_snapshot_of_other_documents_is_refused_and_the_model_stays_as_it_is(wrong: str) -> None:
    states, model = list(organisations(COUNT)), ReadModel()
    told = {
        "a document is missing": states[1:],
        "one is there twice": [*states, states[0]],
        "one is another": [organisation(0, seed=9), *states[1:]],
    }[wrong]
    model.load(snapshot(5))
    before, refused = model.state, _refused()
    with pytest.raises(SnapshotDiffers, match=_digest(states)):
        model.load(_telling(_digest(states), told))
    assert model.state is before
    assert _refused() == refused + 1


class _Source:
    """The first of its snapshots lacks a document; nothing happens after them."""

    def __init__(self) -> None:
        self._states = list(organisations(COUNT))
        self.opened = 0

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        self.opened += 1
        yield _telling(_digest(self._states), self._states[1:] if self.opened == 1 else self._states)

    def head(self) -> Position:
        return Position(1, COUNT)

    def follow(self, after: Position, since_ms: int, stop: threading.Event) -> Iterator[Sequence[Entry]]:  # noqa: ARG002
        while not stop.wait(0.01):
            yield ()


def test_a_follower_asks_for_another_snapshot_when_one_was_refused() -> None:
    source, model = _Source(), ReadModel()
    follower = Follower(source, source, model, "test")
    follower.start()
    try:
        eventually(lambda: follower.state.caught_up, deadline_seconds=10)
    finally:
        follower.stop()
    assert source.opened == 2
    assert len(model.state) == COUNT
