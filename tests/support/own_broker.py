"""Brokers that a test starts for itself, where it does to them what others could not bear."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

import pytest
from machine import Unavailable

Broker = TypeVar("Broker")


@contextmanager
def own_broker(broker: AbstractContextManager[Broker]) -> Iterator[Broker]:
    """The broker while the block runs; where none can be started the test is skipped and says why."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(broker)
        except Unavailable as problem:
            pytest.skip(f"starts a broker of its own, whichever DWR_TEST_… names: {problem}")
        yield started
