"""Starts `dwr` commands as processes of their own and waits until they are ready."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.support.waiting import eventually

START_SECONDS = 60.0


def free_port() -> int:
    """A port that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Installation:
    """Settings that the processes of one installation share."""

    folder: Path
    settings: dict[str, str]

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a process, with nothing of this test run's own settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DWR_")}
        return kept | {"DWR_DATA_DIR": str(self.folder / "data")} | self.settings | more

    def run(self, *arguments: str) -> str:
        """Run a `dwr` command to its end and return what it printed. Fails when the command does."""
        done = subprocess.run(
            [sys.executable, "-m", "services.cli", *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"dwr {arguments}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def token(self, subject: str, *roles: str) -> dict[str, str]:
        """Headers with an access token of the local issuer."""
        options = [option for role in roles for option in ("--role", role)]
        return {"Authorization": f"Bearer {self.run('token', '--subject', subject, *options).strip()}"}

    @contextmanager
    def serving(self, command: str, **more: str) -> Iterator[str]:
        """A `dwr` command that serves HTTP, once it is ready; yields its address."""
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        log = self.folder / f"{command}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "services.cli", command],
                env=self.environment(DWR_PORT=str(port), **more),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                eventually(lambda: _ready(process, address, log), START_SECONDS)
                yield address
            finally:
                stop(process, log)


def _ready(process: subprocess.Popen[bytes], address: str, log: Path) -> bool:
    if process.poll() is not None:
        raise RuntimeError(f"ended with {process.returncode} before it was ready:\n{log.read_text()[-4000:]}")
    try:
        return httpx.get(f"{address}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def stop(process: subprocess.Popen[bytes], log: Path) -> None:
    """Ask the process to end, as a supervisor does; it must end by itself, and cleanly."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"did not stop within 20 s:\n{log.read_text()[-4000:]}") from None
    assert process.returncode == 0, f"ended with {process.returncode}:\n{log.read_text()[-4000:]}"


@contextmanager
def one_process(installation: Installation) -> Iterator[dict[str, str]]:
    """`dwr up`: every service at one address."""
    with installation.serving("up") as address:
        yield dict.fromkeys(("registry", "events", "graphql", "notifier"), address)


@contextmanager
def many_processes(installation: Installation) -> Iterator[dict[str, str]]:
    """One process for each part, as on several machines."""
    installation.run("migrate")
    reader = installation.run("token", "--subject", "reader", "--role", "reader").strip()
    with ExitStack() as running:
        registry = running.enter_context(installation.serving("registry"))
        running.enter_context(installation.serving("relay"))
        apart = {"DWR_REGISTRY_URL": registry, "DWR_READER_TOKEN": reader}
        graphql = running.enter_context(installation.serving("graphql", **apart))
        notifier = running.enter_context(installation.serving("notifier", **apart))
        yield {"registry": registry, "events": registry, "graphql": graphql, "notifier": notifier}
