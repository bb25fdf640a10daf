"""A registry's log on a real socket, and what partners have: an address and a folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.access.roles import Role
from services.database import open_engine
from services.events.client import Registry, View
from tests.events.entries import Ecosystem
from tests.events.service import Service, events_service
from tests.support.serving import serving


@pytest.fixture
def ecosystem(sqlite_url: str) -> Iterator[Ecosystem]:
    engine = open_engine(sqlite_url)
    yield Ecosystem(engine)
    engine.dispose()


@pytest.fixture
def service(ecosystem: Ecosystem, tmp_path: Path) -> Service:
    return events_service(ecosystem, tmp_path)


@pytest.fixture
def address(service: Service, ecosystem: Ecosystem) -> Iterator[str]:
    with serving(service.app) as address:
        yield address
        ecosystem.signal.close()


@pytest.fixture
def registry(address: str) -> Registry:
    return Registry(address, wait_seconds=0.5)


@pytest.fixture
def internal(address: str, service: Service) -> Registry:
    """The registry as its own readers see it."""
    return Registry(address, service.token(Role.READER), view=View.INTERNAL, wait_seconds=0.5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a mirror can be kept."""
    return tmp_path / "mirror.sqlite"
