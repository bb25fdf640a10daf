"""Our GraphQL API, PostGraphile 5 and SQL by hand: the same six questions over the same organisations.

    python -m benchmarks.peers --organisations 10000 --rounds 5
    python -m benchmarks.peers --organisations 1000000 --rounds 5
    python -m benchmarks.peers --without postgraphile --rounds 2 --seconds 1

Starts PostgreSQL itself, with settings for the work, unless DWR_TEST_DATABASE_URL names one; installs PostGraphile from
npm and wrk by apt-get where they are missing. Measured servers have the first core, database and client the second.
All answers are compared before anything is measured. Ratios count: the figures themselves are the machine's.
"""

import argparse
import os
import secrets
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg

from benchmarks.peers import postgraphile, statements
from benchmarks.peers.checking import check
from benchmarks.peers.database import load, place_server, wait_until_idle
from benchmarks.peers.registry import registry
from benchmarks.peers.report import report
from benchmarks.peers.rounds import Plan, run
from benchmarks.peers.variables import variables
from benchmarks.processes import OTHERS_CORE, pin, prefer
from benchmarks.provisions import SERVERS, Unavailable, install, say
from tests.support.servers import PostgresqlServer

_VARIABLE = "DWR_TEST_DATABASE_URL"
_POSTGRESQL = (
    "shared_buffers=3GB effective_cache_size=8GB work_mem=32MB maintenance_work_mem=1GB max_wal_size=8GB"
    " random_page_cost=1.1 jit=off max_parallel_workers_per_gather=0"
)
"""As on a machine of its own; no plans that are slow to begin, since the statements are short."""


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # unwinding stops the servers
    if not os.environ.get(_VARIABLE):
        _again_with_postgresql()
    _have_wrk()
    with _database() as url, ExitStack() as stack:
        ours = stack.enter_context(registry(arguments.organisations))
        load(url, arguments.organisations)
        place_server(url, OTHERS_CORE)
        pin(OTHERS_CORE)
        peers = {postgraphile.NAME: postgraphile.postgraphile, statements.NAME: statements.statements}
        asked_of = [start(url) for name, start in peers.items() if name not in arguments.without]
        subjects = [ours, *(stack.enter_context(peer) for peer in asked_of)]
        asked = variables(arguments.organisations)
        check(subjects, asked)
        plan = Plan(arguments.rounds, arguments.seconds, arguments.connections)
        for process in (0, *(subject.server.process.pid for subject in subjects)):
            prefer(process)
        watching = stack.enter_context(psycopg.connect(url, autocommit=True))
        measured = run(subjects, asked, plan, lambda: wait_until_idle(watching))
        report(subjects, measured, arguments.organisations)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each question to each server in each round")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--without", nargs="+", default=[], choices=[postgraphile.NAME, statements.NAME])
    return parser.parse_args()


def _again_with_postgresql() -> None:
    """Start this program again as the command that the test servers run."""
    os.environ |= {"DWR_TEST_DURABLE": "1", "DWR_TEST_POSTGRESQL_SETTINGS": _POSTGRESQL}
    command = [sys.executable, str(SERVERS), "run", "postgresql", "--", sys.executable, "-m", "benchmarks.peers"]
    os.execv(sys.executable, [*command, *sys.argv[1:]])  # noqa: S606 - our own program


def _have_wrk() -> None:
    if shutil.which("wrk"):
        return
    try:
        install("wrk")
    except Unavailable as problem:
        say(f"wrk: {problem}; the load comes from Python, which takes more of the core it shares with the database")


@contextmanager
def _database() -> Iterator[str]:
    """An empty database, removed in the end."""
    server = PostgresqlServer(os.environ[_VARIABLE], f"peers_{secrets.token_hex(4)}")
    url = server.create()
    try:
        yield url
    finally:
        server.drop(url)


if __name__ == "__main__":
    try:
        main()
    except Unavailable as problem:
        sys.exit(f"{problem}\nLeave that peer out with --without, or provide what it needs.")
