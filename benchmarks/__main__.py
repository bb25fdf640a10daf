"""Every benchmark, one after the other, on SQLite and on the servers that `make bench` provides.

    make bench

Each is a program of its own with options (`python -m benchmarks.log_writes --help`). The figures: benchmarks/README.md.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.servers import PostgresqlServer


def main() -> None:
    """Run them all; the first that fails ends it."""
    with _database() as writes, _database() as latency, _database() as snapshots:
        _run("log_writes")
        _run("log_writes", "--database-url", writes)
        _run("relay")
        _run("relay_memory")
        _run("latency")
        _run("latency", "--database-url", latency)
        _run("snapshots")
        _run("snapshots", "--database-url", snapshots)
        _run("graphql_requests")
        _run("read_model")
        _run("compiling")
        _run("search")


def _run(name: str, *options: str) -> None:
    print(f"\n== {name} {'on PostgreSQL' if options else ''}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], check=True)


@contextmanager
def _database() -> Iterator[str]:
    """An empty database on the server that `DWR_TEST_DATABASE_URL` names."""
    named = os.environ.get("DWR_TEST_DATABASE_URL") or sys.exit("DWR_TEST_DATABASE_URL is not set: use `make bench`")
    server = PostgresqlServer(named, f"benchmark_{secrets.token_hex(4)}")
    url = server.create()
    yield url
    server.drop(url)


if __name__ == "__main__":
    main()
