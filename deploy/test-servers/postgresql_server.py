"""PostgreSQL for the tests: an empty cluster whose role may create databases."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from containers import container, succeeds
from machine import Environment, free_port, say, wait_until
from postgresql_cluster import ENCODING, LEAST_VERSION, ROLE, Cluster

VARIABLES = ("DWR_TEST_DATABASE_URL",)
REMEDY = f"""\
  - set DWR_TEST_DATABASE_URL to a server of version {LEAST_VERSION} or newer, with a role that may create databases; or
  - start a Docker engine; or
  - as root: apt-get install postgresql"""
IMAGE = "postgres:16"


def options() -> list[str]:
    """Server options: no disk is waited for, which only a power failure would show, unless DWR_TEST_DURABLE is set.

    DWR_TEST_POSTGRESQL_SETTINGS adds settings, `name=value` with spaces between: what a benchmark compares with.
    """
    fast = [] if os.environ.get("DWR_TEST_DURABLE") else ["fsync=off", "full_page_writes=off"]
    asked = os.environ.get("DWR_TEST_POSTGRESQL_SETTINGS", "").split()
    return [f"-c{setting}" for setting in ("max_connections=200", *fast, *asked)]


@contextlib.contextmanager
def in_container() -> Iterator[Environment]:
    """The official image."""
    port, password = free_port(), secrets.token_hex(16)
    variables = {
        "POSTGRES_USER": ROLE,
        "POSTGRES_PASSWORD": password,
        "POSTGRES_INITDB_ARGS": " ".join(ENCODING),
        "PGPORT": str(port),
    }
    command = ["postgres", *options()]
    with container(IMAGE, port, variables, *command) as identifier:
        # By TCP: while the image prepares its cluster, a first server answers on the Unix socket only.
        wait_until(lambda: succeeds(identifier, "pg_isready", "--host=127.0.0.1"), "PostgreSQL's container")
        say(f"PostgreSQL in a container ({IMAGE}) on 127.0.0.1:{port}")
        yield _environment(password, port)


@contextlib.contextmanager
def installed_here() -> Iterator[Environment]:
    """The distribution's programs, with a cluster in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="dwr-postgresql-") as folder:
        cluster = Cluster(Path(folder), options())
        with cluster.running():
            say(f"PostgreSQL {cluster.version()}, started here on 127.0.0.1:{cluster.port}")
            yield {VARIABLES[0]: cluster.url}


def _environment(password: str, port: int) -> Environment:
    return {VARIABLES[0]: f"postgresql://{ROLE}:{password}@127.0.0.1:{port}/postgres"}
