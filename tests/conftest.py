"""Fixtures of the whole suite: databases with the real schema, brokers, a clean environment, closed borders."""

import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from kafka.admin import KafkaAdminClient
from sqlalchemy import Engine

from services.database import migrate, open_engine
from tests.support.servers import FIXTURES, PostgresqlServer, required, shared_folder
from tests.support.sockets import only_loopback

# Two cores that others use too say nothing about the time that one example takes.
settings.register_profile("suite", deadline=None, print_blob=True)
# For a night: `pytest --hypothesis-profile=long`.
settings.register_profile("long", settings.get_profile("suite"), max_examples=5_000)
settings.load_profile("suite")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark a test by the servers that its fixtures need, so that `make test-embedded` can leave it out."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in FIXTURES:
                item.add_marker(FIXTURES[fixture])


@pytest.fixture(autouse=True)
def _no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("DWR_") and not name.startswith("DWR_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def _no_other_machine() -> Iterator[None]:
    with only_loopback():
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of input material that is laid beside the project."""
    folder = shared_folder()
    if not folder.is_dir():
        pytest.skip("reads the input material of ../shared (or of the folder that DWR_TEST_SHARED names): not there")
    return folder


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with the newest schema; each test that uses it runs on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """The same without any table, for tests of the migrations themselves."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on `database_url`, closed after the test."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """Where a SQLite file may be made."""
    return f"sqlite:///{tmp_path / 'empty.sqlite'}"


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """A fresh SQLite file with the newest schema."""
    return f"sqlite:///{shutil.copy(_sqlite_template, tmp_path / 'registry.sqlite')}"


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "registry.sqlite"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def empty_postgresql_url(_postgresql: PostgresqlServer) -> Iterator[str]:
    """A fresh PostgreSQL database without any table."""
    url = _postgresql.create()
    yield url
    _postgresql.drop(url)


@pytest.fixture
def postgresql_url(_postgresql: PostgresqlServer, _postgresql_template: str) -> Iterator[str]:
    """A fresh PostgreSQL database with the newest schema."""
    url = _postgresql.create(_postgresql_template)
    yield url
    _postgresql.drop(url)


@pytest.fixture(scope="session")
def _postgresql() -> PostgresqlServer:
    return PostgresqlServer(required("DWR_TEST_DATABASE_URL"), f"dwr_test_{secrets.token_hex(4)}")


@pytest.fixture(scope="session")
def _postgresql_template(_postgresql: PostgresqlServer) -> Iterator[str]:
    url = _postgresql.create()
    migrate(url)
    yield url
    _postgresql.drop(url)


@pytest.fixture(scope="session")
def kafka_bootstrap() -> str:
    """Addresses of the brokers, as clients take them."""
    return required("DWR_TEST_KAFKA_BOOTSTRAP_SERVERS")


@pytest.fixture
def topic_prefix(kafka_bootstrap: str) -> Iterator[str]:
    """What the names of this test's topics and groups start with; its topics are removed afterwards."""
    prefix = f"test-{secrets.token_hex(4)}-"
    yield prefix
    with KafkaAdminClient(bootstrap_servers=kafka_bootstrap) as admin:
        if topics := [topic for topic in admin.list_topics() if topic.startswith(prefix)]:
            admin.delete_topics(topics)
