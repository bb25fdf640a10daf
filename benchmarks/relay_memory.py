"""Memory of a relay whose broker is down for the whole run, while writes go on.

    python -m benchmarks.relay_memory
    python -m benchmarks.relay_memory --seconds 300 --rate 500

The relay is a process of its own. First nobody listens at the broker's address; then somebody takes the connection and
never answers, as a broker does whose machine is stuck; then a real broker is killed after ten seconds. Memory is what
is the relay's own (PSS), looked at every second from there on.
"""

import argparse
import contextlib
import itertools
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Engine

from benchmarks.brokers import publication
from benchmarks.processes import Server
from benchmarks.provisions import Node, free_port, properties
from services.database import migrate, open_engine
from services.events.log.append import LogWriter

Strike: TypeAlias = Callable[[], None]
"""Takes the broker away."""
_WARM_UP_SECONDS = 10
_MIB = 1024 * 1024


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    print(f"{arguments.rate} writes/s for {arguments.seconds:g} s")
    print(f"{'broker':<22}{'first MiB':>12}{'least':>10}{'most':>10}{'last':>10}{'entries':>12}")
    for name, broker in {"nobody listens": _nobody, "never answers": _silent, "killed": _killed}.items():
        with tempfile.TemporaryDirectory() as folder, broker() as (address, strike):
            memory, entries = _measure(Path(folder), address, strike, arguments)
        figures = (memory[0], min(memory), max(memory), memory[-1])
        print(f"{name:<22}{figures[0]:>12.1f}{''.join(f'{figure:>10.1f}' for figure in figures[1:])}{entries:>12,}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=500, help="entries written a second")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long, for each broker")
    return parser.parse_args()


def _measure(folder: Path, address: str, strike: Strike, arguments: argparse.Namespace) -> tuple[list[float], int]:
    url = f"sqlite:///{folder / 'registry.sqlite'}"
    migrate(url)
    engine = open_engine(url)
    with _relay(url, address) as relay:
        memory = _memory_while_writing(relay, engine, arguments)
        before = list(itertools.islice(memory, _WARM_UP_SECONDS))
        strike()
        found = list(memory)
    engine.dispose()
    return found, arguments.rate * (len(before) + len(found))


@contextlib.contextmanager
def _relay(url: str, address: str) -> Iterator[Server]:
    variables = {"DWR_DATABASE_URL": url, "DWR_KAFKA_BOOTSTRAP_SERVERS": address, "DWR_PORT": "0"}
    command = [sys.executable, "-m", "services.cli", "relay"]
    with subprocess.Popen(command, env=os.environ | variables, text=True, stderr=subprocess.DEVNULL) as process:
        try:
            yield Server(process)
        finally:
            process.kill()


def _memory_while_writing(relay: Server, engine: Engine, arguments: argparse.Namespace) -> Iterator[float]:
    """The relay's memory in MiB after each second, in which so many entries were written."""
    began = time.monotonic()
    for second in range(int(arguments.seconds)):
        with engine.begin() as connection:
            writer = LogWriter(connection)
            for number in range(arguments.rate):
                writer.append(publication(second * arguments.rate + number))
            writer.flush()
        time.sleep(max(0.0, began + second + 1 - time.monotonic()))
        yield relay.memory_bytes / _MIB


@contextlib.contextmanager
def _nobody() -> Iterator[tuple[str, Strike]]:
    yield f"127.0.0.1:{free_port()}", _nothing


@contextlib.contextmanager
def _silent() -> Iterator[tuple[str, Strike]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}", _nothing


@contextlib.contextmanager
def _killed() -> Iterator[tuple[str, Strike]]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as life:
        life.enter_context(Node(Path(folder), properties({"PLAINTEXT": port})).running())
        yield f"127.0.0.1:{port}", life.close


def _nothing() -> None:
    """The broker is down from the start."""


if __name__ == "__main__":
    main()
