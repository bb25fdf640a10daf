"""The events service over a fresh log, on a real socket."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from services.access.roles import Role
from services.database import migrate, open_engine
from tests.events.entries import Ecosystem
from tests.events.service import Service, events_service
from tests.support.serving import serving


@pytest.fixture
def ecosystem(sqlite_url: str) -> Iterator[Ecosystem]:
    engine: Engine = open_engine(sqlite_url)
    yield Ecosystem(engine)
    engine.dispose()


@pytest.fixture
def service(ecosystem: Ecosystem, tmp_path: Path) -> Service:
    return events_service(ecosystem, tmp_path)


@pytest.fixture
def client(service: Service, ecosystem: Ecosystem) -> Iterator[httpx.Client]:
    with serving(service.app) as address:
        with httpx.Client(base_url=address) as client:
            yield client
        ecosystem.signal.close()


@pytest.fixture
def reader(service: Service) -> dict[str, str]:
    return {"Authorization": f"Bearer {service.token(Role.READER)}"}


@pytest.fixture(scope="session")
def empty_log(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The content of a SQLite file with the newest schema, for tests that need many."""
    file = tmp_path_factory.mktemp("empty") / "registry.sqlite"
    migrate(f"sqlite:///{file}")
    return file.read_bytes()
