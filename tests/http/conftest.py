"""The sample service behind a real socket, and its log."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.settings import Settings
from services.telemetry.logs import configure_logging
from tests.http.sample import sample_api
from tests.support.serving import serving


class Log:
    """The lines that the service has written."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        """All of it."""
        return self.stream.getvalue()

    def events(self, name: str) -> list[dict[str, Any]]:
        """The lines of one event."""
        lines = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in lines if line["event"] == name]

    def clear(self) -> None:
        """Forget what was written."""
        self.stream.seek(0)
        self.stream.truncate()


@pytest.fixture(scope="package")
def _logging() -> Iterator[Log]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    written = Log()
    configure_logging(Settings(log_format="json"), written.stream)
    yield written
    root.handlers[:], root.level = before


@pytest.fixture
def log(_logging: Log) -> Log:
    _logging.clear()
    return _logging


@pytest.fixture(scope="package")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder: Path = tmp_path_factory.mktemp("sample")
    return Settings(data_dir=folder, max_body_bytes=5_000)


@pytest.fixture(scope="package")
def url(settings: Settings, _logging: Log) -> Iterator[str]:
    with serving(sample_api(settings)) as address:
        yield address


@pytest.fixture
def client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=30) as opened:
        yield opened
