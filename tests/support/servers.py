"""The real servers that tests run against, named by the environment."""

import os
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import URL, make_url

FIXTURES = {
    "postgresql_url": "postgresql",
    "empty_postgresql_url": "postgresql",
    "kafka_bootstrap": "kafka",
    "graphql_audit": "node",
    "contract_readers": "node",
}
"""Which mark a test gets for a fixture that it uses."""


def required(variable: str) -> str:
    """The variable's value. Without it the test fails: a suite that quietly leaves a server out proves nothing."""
    value = os.environ.get(variable)
    if not value:
        pytest.fail(f"{variable} is not set: `make test` provides the server, `make test-embedded` needs none")
    return value


def shared_folder() -> Path:
    """Where the input material is that is not part of the project."""
    beside = Path(__file__).resolve().parents[3] / "shared"
    return Path(os.environ.get("DWR_TEST_SHARED", beside))


class PostgresqlServer:
    """Makes and drops databases on the server that `DWR_TEST_DATABASE_URL` names."""

    def __init__(self, url: str, prefix: str) -> None:
        self._url: URL = make_url(url).set(drivername="postgresql")
        self._prefix = prefix
        self._made = 0

    def create(self, template: str | None = None) -> str:
        """The address of a new database: an empty one, or a copy of the one at the address `template`."""
        self._made += 1
        name = f"{self._prefix}_{self._made}"
        # Copying files is twice as fast as the default here, where no disk is waited for.
        source = f"TEMPLATE {make_url(template).database} STRATEGY file_copy" if template else ""
        self._execute(f"CREATE DATABASE {name} {source}")
        return self._url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Remove the database at `url`, whoever is still connected to it."""
        self._execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self._url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement.encode())
