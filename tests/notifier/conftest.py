"""Fixtures of the notifier's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from services.settings import Settings
from tests.notifier.support.receiver import Receiver, receiving
from tests.notifier.support.world import World


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """A short schedule of three attempts, and loopback allowed."""
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        public_url="https://registry.example",
        poll_seconds=0.1,
        webhook_allow_private_networks=True,
        webhook_timeout_seconds=2,
        webhook_retry_seconds=(0, 0.05, 0.05),
    )


@pytest.fixture
def world(settings: Settings, engine: Engine) -> World:
    """A notifier that has just started on an empty log."""
    made = World(settings, engine)
    made.start_at_head()
    return made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook endpoint on loopback."""
    with receiving() as found:
        yield found
