"""Reads while the database is away: every service says so, with a time to come again, and its log is not flooded."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine

from services.access.authenticator import authenticator_for
from services.access.local_issuer import issue
from services.database import open_engine
from services.events.app import create_app as create_events
from services.events.log.signal import LogSignal
from services.notifier.app import create_app as create_notifier
from services.registry.app import create_app as create_registry
from services.registry.writer import Writer
from services.settings import Settings
from tests.acceptance.processes import free_port
from tests.support.serving import serving


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def engine() -> Iterator[Engine]:
    """Nobody listens there."""
    engine = open_engine(f"postgresql://dwr:unused@127.0.0.1:{free_port()}/nowhere")
    yield engine
    engine.dispose()


@pytest.fixture(params=["events", "registry", "notifier"])
def app(request: pytest.FixtureRequest, settings: Settings, engine: Engine) -> FastAPI:
    authenticator = authenticator_for(settings)
    if request.param == "events":
        return create_events(settings, engine, LogSignal(), authenticator)
    if request.param == "registry":
        return create_registry(settings, engine, Writer(settings, engine, LogSignal()), authenticator)
    return create_notifier(settings, engine, authenticator)


_READ = {
    "Events": "/events/v1/feed",
    "Registry": "/registry/v1/organisations?mine=true",
    "Notifier": "/notifier/v1/searches",
}


def test_a_read_is_answered_that_the_database_is_away_and_when_to_come_again(app: FastAPI, settings: Settings) -> None:
    headers = {"Authorization": f"Bearer {issue(settings, 'somebody')}"}
    address = _READ[app.title.split()[0]]
    with serving(app) as base:
        answer = httpx.get(f"{base}{address}", headers=headers)
    assert answer.status_code == 503, answer.text
    assert answer.headers["Retry-After"] == "2"
    problem = answer.json()
    assert problem["type"] == "/problems/unavailable"
    assert problem["detail"] == "The database does not answer. Try again in 2 seconds."
    assert "127.0.0.1" not in answer.text
