"""What the test servers need of this machine: packages, free ports, a cache folder, child processes."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache"
"""Downloads that later runs use again; `make clean` removes it."""

Environment = dict[str, str]
"""Variables that tell the tests where a server is."""


class Unavailable(Exception):  # noqa: N818 - an answer to "can it be had this way?", not a defect
    """A server cannot be provided in this way; the text says why."""


def say(text: str) -> None:
    """Report to whoever waits at the terminal, without mixing with the command's own output."""
    print(f"test servers: {text}", flush=True)


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_until(check: Callable[[], bool], what: str, seconds: float = 90.0) -> None:
    """Return when `check` is true; `Unavailable` when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            raise Unavailable(f"{what} did not start within {seconds:.0f} s")
        time.sleep(0.1)


def call(command: Sequence[str | Path], *, seconds: float = 600.0, **options: object) -> str:
    """What a program prints; `Unavailable` with its last lines when it fails or is not there."""
    try:
        done = subprocess.run(  # type: ignore[call-overload]
            command, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL, check=False, **options
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise Unavailable(f"{command[0]}: {problem}") from problem
    if done.returncode:
        raise Unavailable(f"{' '.join(map(str, command[:3]))} …: {last_lines(done.stdout + done.stderr)}")
    return str(done.stdout)


def last_lines(text: str, count: int = 15) -> str:
    """The end of a log, where the cause stands."""
    return "\n".join(text.strip().splitlines()[-count:])


def install(*packages: str) -> None:
    """Install packages of a Debian-like distribution; `Unavailable` when we may not or when it has none of them."""
    if not shutil.which("apt-get"):
        raise Unavailable("this is not a Debian-like system (no apt-get)")
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-oDPkg::Lock::Timeout=120"]
    say(f"installing {' '.join(packages)} with apt-get (once)")
    call([*apt, "update"])
    call([*apt, "install", "--yes", "--no-install-recommends", *packages])


@dataclass(frozen=True)
class Child:
    """A program that was started, with the children of its start script."""

    command: str
    process: "subprocess.Popen[bytes]"
    log: Path

    def said(self) -> str:
        """What it has written; `Unavailable` with the end of it when it has died."""
        text = self.log.read_text(errors="replace")
        if self.process.poll() is not None:
            raise Unavailable(f"{self.command} ended with status {self.process.returncode}:\n{last_lines(text)}")
        return text

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it; nothing happens when it has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


@contextlib.contextmanager
def child(command: Sequence[str | Path], log: Path, variables: Environment | None = None) -> Iterator[Child]:
    """A program that runs until the block ends.

    It has a session of its own, so that Ctrl-C reaches the tests first and the servers only when those are done.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | (variables or {}),
            start_new_session=True,
        )
    started = Child(str(command[0]), process, log)
    try:
        yield started
    finally:
        # There is nothing to close in order: the data goes too.
        started.send(signal.SIGKILL)
        process.wait()
