"""The stage of each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.graphql_api.subscriptions.stage import Stage, stage
from tests.support.waiting import eventually


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    """A log with everything that follows it; nothing may stay open."""
    with stage(sqlite_url, tmp_path, socket_init_seconds=5) as made:
        yield made
        eventually(lambda: made.subscriptions() == 0)
