"""A registry's log with a mirror of it, and what `dwr verify` says."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from services.cli import app
from services.events.client import Mirror, Registry
from tests.events.entries import Ecosystem
from tests.events.service import events_service
from tests.support.serving import serving

Verify = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def ecosystem(engine: Engine) -> Ecosystem:
    return Ecosystem(engine)


@pytest.fixture
def address(ecosystem: Ecosystem, tmp_path: Path) -> Iterator[str]:
    service = events_service(ecosystem, tmp_path)
    with serving(service.app) as address:
        yield address
        ecosystem.signal.close()


@pytest.fixture
def mirror_file(ecosystem: Ecosystem, address: str, tmp_path: Path) -> Path:
    """A mirror of ten organisations, some of which changed."""
    ecosystem.fill(10)
    ecosystem.publish(3, size_class="micro")
    ecosystem.hide(99)
    ecosystem.archive(4)
    file = tmp_path / "mirror.sqlite"
    with Mirror(file, Registry(address)) as mirror:
        mirror.catch_up()
    return file


@pytest.fixture
def verify(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Verify:
    """`dwr verify … --json`: the exit status, and the reports."""
    monkeypatch.setenv("DWR_DATABASE_URL", database_url)
    monkeypatch.setenv("DWR_LOG_LEVEL", "error")

    def run(*arguments: object) -> tuple[int, list[dict[str, Any]]]:
        result = CliRunner().invoke(app, ["verify", *map(str, arguments), "--json"], catch_exceptions=False)
        return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]

    return run
