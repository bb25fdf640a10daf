"""Effects that come later are awaited with a deadline, never slept for."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")


def eventually(check: Callable[[], Value], deadline_seconds: float = 10.0, every: float = 0.02) -> Value:
    """The first true value of `check`, which may raise until then.

    Fails after `deadline_seconds` and shows the last value, or the last exception as the cause.
    """
    deadline = time.monotonic() + deadline_seconds
    while True:
        cause: Exception | None = None
        seen = "an exception"
        try:
            if value := check():
                return value
            seen = repr(value)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the next turn may go well
            cause = problem
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {deadline_seconds} s; at last there was {seen}") from cause
        time.sleep(every)
