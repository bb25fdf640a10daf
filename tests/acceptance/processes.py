"""Starts `dwr` commands as processes of their own and waits until they are ready."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx

from tests.support.waiting import eventually

START_SECONDS = 60.0
STOP_SECONDS = 20.0


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

    def start(self, command: str, **more: str) -> "Running":
        """Start a `dwr` command that serves HTTP, on a free port unless one is named, and wait until it is ready."""
        port = more.setdefault("DWR_PORT", str(free_port()))
        log = self.folder / f"{command}-{port}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "services.cli", command],
                env=self.environment(**more),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        running = Running(process, f"http://127.0.0.1:{port}", log)
        try:
            eventually(running.is_ready, START_SECONDS)
        except BaseException:
            running.kill()
            raise
        return running

    @contextmanager
    def serving(self, command: str, **more: str) -> Iterator[str]:
        """The address of a `dwr` command that serves HTTP; it is asked to end when the context closes."""
        running = self.start(command, **more)
        try:
            yield running.address
        finally:
            running.stop()


@dataclass(frozen=True)
class Running:
    """A process that serves."""

    process: subprocess.Popen[bytes]
    address: str
    log: Path

    def is_ready(self) -> bool:
        """Whether it answers and every part of it has caught up. Fails when it has ended."""
        if self.process.poll() is not None:
            raise RuntimeError(f"ended with {self.process.returncode} before it was ready:\n{self._said()}")
        try:
            return httpx.get(f"{self.address}/health/ready").status_code == HTTPStatus.OK
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """SIGKILL: it gets no chance to finish anything."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end, as a supervisor does; it must end by itself, and cleanly."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not stop within {STOP_SECONDS} s:\n{self._said()}") from None
        assert self.process.returncode == 0, f"ended with {self.process.returncode}:\n{self._said()}"

    def _said(self) -> str:
        return self.log.read_text()[-4000:]


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
