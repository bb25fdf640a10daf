"""Commands on their way through the writer, and how their callers are told what became of them."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from services.registry.unit import Author, Unit


@dataclass(frozen=True, slots=True)
class Job:
    """A command that waits."""

    work: Callable[[Unit], Any]
    author: Author
    about: Sequence[str]
    """Ids of organisations that it is likely to read."""
    answer: "Future[Any] | asyncio.Future[Any]"

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The event loop that the caller waits in; none for a thread."""
        return self.answer.get_loop() if isinstance(self.answer, asyncio.Future) else None


@dataclass(frozen=True, slots=True)
class Done:
    """A command that was carried out, or refused."""

    job: Job
    result: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        """Hand the caller its own result, if it still waits."""
        answer = self.job.answer
        if answer.done():
            return
        if self.error is not None:
            answer.set_exception(self.error)
        else:
            answer.set_result(self.result)


def tell_all(done: Iterable[Done]) -> None:
    """Hand all callers their results. An event loop is woken once for all of its own: that costs a system call."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[Done]] = defaultdict(list)
    for one in done:
        by_loop[one.job.loop].append(one)
    for loop, those in by_loop.items():
        if loop is None:
            _tell(those)
        else:
            with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                loop.call_soon_threadsafe(_tell, those)


def _tell(done: Iterable[Done]) -> None:
    for one in done:
        one.tell()
