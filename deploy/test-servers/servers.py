#!/usr/bin/env python3
"""Run a command with real servers beside it: PostgreSQL, Apache Kafka and what Node.js runs, unless others are named.

    servers.py run -- pytest tests
    servers.py run keycloak -- pytest -m oidc tests/oidc

Each server is the one that the environment names (DWR_TEST_…), else a container, else a program of this machine, which
is installed when it is missing. The command finds them in DWR_TEST_… variables. When it ends they stop and their data
goes. The exit status is the command's.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
from types import FrameType
from typing import NoReturn, Protocol

import containers
import contract_readers
import graphql_audit
import kafka_server
import keycloak_server
import postgresql_server
from machine import Environment, Unavailable, say


class Server(Protocol):
    """What each `…_server.py` offers."""

    @property
    def VARIABLES(self) -> tuple[str, ...]:  # noqa: N802 - the modules' constant
        """What tells the tests where the server is, and us that it is there already."""

    @property
    def REMEDY(self) -> str:  # noqa: N802
        """What a person can do where we can start none."""

    def in_container(self) -> contextlib.AbstractContextManager[Environment]:
        """Start it as a container; `Unavailable` where that does not work."""

    def installed_here(self) -> contextlib.AbstractContextManager[Environment]:
        """Start it as a program, installed when missing; `Unavailable` where that does not work."""


SERVERS: dict[str, Server] = {
    "postgresql": postgresql_server,
    "kafka": kafka_server,
    "graphql-audit": graphql_audit,
    "contract-readers": contract_readers,
    "keycloak": keycloak_server,
}
DEFAULT = ["postgresql", "kafka", "graphql-audit", "contract-readers"]


def main() -> int:
    """Start what is asked for, run the command, stop everything."""
    names, command = _read_arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    with contextlib.ExitStack() as started:
        environment: Environment = {}
        for name in names:
            environment |= _provide(name, started)
        return _run(command, os.environ | environment)


def _read_arguments() -> tuple[list[str], list[str]]:
    words = sys.argv[1:]
    place = words.index("--") if "--" in words else len(words)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.usage = "%(prog)s run [SERVER ...] -- COMMAND"
    parser.add_argument("action", choices=["run"])
    parser.add_argument("servers", nargs="*", metavar="SERVER", help=f"of {', '.join(SERVERS)}")
    arguments = parser.parse_args(words[:place])
    command = words[place + 1 :]
    if not command or not set(arguments.servers) <= set(SERVERS):
        parser.error(f"name servers of {', '.join(SERVERS)}, and after -- the command to run")
    return arguments.servers or DEFAULT, command


def _provide(name: str, started: contextlib.ExitStack) -> Environment:
    server = SERVERS[name]
    if all(os.environ.get(variable) for variable in server.VARIABLES):
        say(f"{name} as named by {server.VARIABLES[0]}")
        return {}
    ways = [server.in_container] if containers.engine_answers() else []
    for way in (*ways, server.installed_here):
        try:
            return started.enter_context(way())
        except Unavailable as problem:
            say(f"{name}: {problem}")
    sys.exit(
        f"{name} cannot be provided here. Do one of these:\n{server.REMEDY}\n"
        "`make test-embedded` runs everything that needs no server."
    )


def _run(command: list[str], environment: Environment) -> int:
    process = subprocess.Popen(command, env=environment)
    # The terminal sends Ctrl-C to the command as well; what is left to do here is to wait for its end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: process.send_signal(received))
    status = process.wait()
    return status if status >= 0 else 128 - status


def _stop(number: int, _: FrameType | None) -> NoReturn:
    """Unwind the servers that are already up."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
