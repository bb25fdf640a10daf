"""The read model as the follower sees it: loaded from a snapshot, kept in step entry by entry."""

import asyncio
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Protocol, TypeVar

import structlog

from graphql_api.read_model.memory import give_back
from graphql_api.read_model.problems import NotLoaded
from graphql_api.read_model.state import State
from graphql_api.read_model.store.folder import RecordFolder
from graphql_api.read_model.waiting import Waiting
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.protocol import Snapshot, SnapshotDiffers
from services.telemetry.metrics import READ_MODEL_SNAPSHOTS_REFUSED

_ENTRIES_PER_TURN = 50
"""Entries applied at once, about 4 ms: queries take their turn between two such steps, each at its own position."""
_COPIED, _COPIED_PER_ENTRY = 500, 4
"""Records copied after each batch, where they are: about 2 ms, and more quickly than they can change."""
_LOOK_FOR_THE_LOOP_SECONDS = 0.2

Result = TypeVar("Result")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lag:
    """How far the model is behind the log, as far as it knows."""

    entries: int
    seconds: float


class Listener(Protocol):
    """What wants to know how the model moved, on the thread that moves it."""

    def loaded(self, position: Position) -> None:
        """The model became the snapshot of this position."""
        ...

    def applied(self, entries: Sequence[Entry]) -> None:
        """The model went on by exactly these entries."""
        ...


class ReadModel:
    """A `Reader` of the log that queries are answered from.

    The follower's thread calls `load` and `apply`. Once an event loop is attached, what they change is changed on the
    loop's thread, between two turns: a query, which runs there without a pause, sees exactly one position. Without a
    loop (a test, a tool) they work in the caller's thread.
    """

    def __init__(self, view: View = View.INTERNAL, folder: RecordFolder | None = None) -> None:
        """`folder` is where processes that follow the same view share a file of records."""
        self.waiting = Waiting()
        self.newest: Callable[[], Position | None] = lambda: None
        """Tells the newest position of the log that this process knows of: the follower's `state.head`, say."""
        self._listeners: list[Listener] = []
        self._view = view
        self._folder = folder
        self._state: State | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_thread: int | None = None

    @property
    def state(self) -> State:
        """What answers are made from. Raises NotLoaded before the first snapshot."""
        if self._state is None:
            raise NotLoaded
        return self._state

    @property
    def view(self) -> View:
        """Whether the model follows the public view or the internal one, with the restricted parts."""
        return self._view

    @property
    def position(self) -> Position | None:
        """Where the model stands; none before its first snapshot."""
        return None if self._state is None else self._state.position

    @property
    def published_ms(self) -> int:
        """Time of the entry at the position."""
        return 0 if self._state is None else self._state.published_ms

    @property
    def lag(self) -> Lag:
        """How far the model is behind the newest position that this process has heard of; (0, 0) when it is not."""
        newest, here = self.newest(), self.position
        behind = max(0, newest.number - here.number) if newest and here else 0
        seconds = max(0.0, time.time() - self.published_ms / 1000) if behind else 0.0
        return Lag(behind, seconds)

    def listen(self, listener: Listener) -> None:
        """Tell the listener of every step from now on, and first where the model stands."""
        self._listeners.append(listener)
        if self._state is not None:
            listener.loaded(self._state.position)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on change the state on this loop only. Call it on the loop's own thread."""
        self._loop, self._loop_thread = loop, threading.get_ident()

    def detach(self) -> None:
        """The loop is ending: change the state in the caller's thread again.

        Call it before the follower is stopped from the loop's own thread, which else would wait for itself.
        """
        self._loop = self._loop_thread = None

    def load(self, snapshot: Snapshot) -> None:
        """Become the snapshot. The new state is built beside the old one, which goes on answering meanwhile.

        Raises SnapshotDiffers, and stays as it is, when the documents do not have the digest that the snapshot tells.
        """
        state = State(snapshot.position, snapshot.published_ms, self._view, self._folder)
        state.fill(snapshot.records)
        _check(snapshot, state.digest)
        self._on_loop(lambda: self._take(state))
        give_back()

    def apply(self, entries: Sequence[Entry]) -> None:
        """Go on by these entries; one that was applied before has no effect."""
        for few in _batched(entries, _ENTRIES_PER_TURN):
            self._on_loop(lambda few=few: self._apply(few))  # type: ignore[misc]
        records = self.state.records
        if records.copy(_COPIED + len(entries) * _COPIED_PER_ENTRY):
            self._on_loop(records.take_copy)

    def _take(self, state: State) -> None:
        self._state = state
        self.waiting.advance(state.position)
        for listener in self._listeners:
            listener.loaded(state.position)

    def _apply(self, entries: Sequence[Entry]) -> None:
        state = self.state
        fresh = entries[_until(state.position, entries) :]
        try:
            state.apply(fresh)
        finally:
            # Also when one of them failed: those before it were applied and do not come again.
            self.waiting.advance(state.position)
            applied = fresh[: _until(state.position, fresh)]
            for listener in self._listeners:
                listener.applied(applied)

    def _on_loop(self, change: Callable[[], Result]) -> Result:
        """Run the change on the loop's thread and wait for it, so that the follower is never ahead of the model."""
        loop = self._loop
        if loop is None or threading.get_ident() == self._loop_thread:
            return change()
        done: Future[Result] = Future()
        loop.call_soon_threadsafe(_run, change, done)
        while True:
            try:
                return done.result(_LOOK_FOR_THE_LOOP_SECONDS)
            except TimeoutError:
                if done.done():
                    raise  # the change's own
                if self._loop is not loop and done.cancel():
                    return change()


def _check(snapshot: Snapshot, found: str) -> None:
    told = snapshot.digest
    if told is not None and told != found:
        READ_MODEL_SNAPSHOTS_REFUSED.inc()
        log.error("snapshot_differs", position=str(snapshot.position), told=told, found=found)
        raise SnapshotDiffers(snapshot.position, told, found)


def _until(position: Position, entries: Sequence[Entry]) -> int:
    """How many of the entries, which follow on one another, come no later than the position."""
    return bisect_right(entries, position, key=attrgetter("position"))


def _run(change: Callable[[], Result], done: "Future[Result]") -> None:
    if not done.set_running_or_notify_cancel():
        return
    try:
        done.set_result(change())
    except BaseException as error:  # noqa: BLE001 - it belongs to the thread that asked
        done.set_exception(error)


def _batched(entries: Sequence[Entry], size: int) -> Iterator[Sequence[Entry]]:
    rest = iter(entries)
    while few := list(islice(rest, size)):
        yield few
