"""Fixtures of the registry's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from services.settings import Settings
from tests.registry.world import World


@pytest.fixture
def world(tmp_path: Path, database_url: str, engine: Engine) -> Iterator[World]:
    """A registry on an empty database; each test runs on SQLite and on PostgreSQL."""
    made = World(Settings(data_dir=tmp_path, database_url=database_url), engine)
    made.start()
    yield made
    made.stop()
