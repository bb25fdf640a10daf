"""The processes that are killed, restarted and paused: ours, PostgreSQL and Kafka, all in the same way."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Protocol

from kafka_node import Node
from machine import Child, Unavailable
from postgresql_cluster import Cluster

from tests.support.waiting import eventually

STOP_SECONDS = 60.0
"""How long an orderly stop may take, also while what the process works with is away."""


class Victim(Protocol):
    """A process that faults are done to."""

    name: str

    def start(self) -> None:
        """Start it with what it had before."""

    def stop(self) -> None:
        """Ask it to end and wait for it."""

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, handed over or said."""

    def pause(self) -> None:
        """SIGSTOP."""

    def resume(self) -> None:
        """SIGCONT."""

    def ended(self) -> str | None:
        """Why it is not there although nobody ended it; none while all is well."""


class OwnProcess:
    """A Python program whose output is kept."""

    def __init__(self, name: str, log: Path, words: Sequence[str], environment: Mapping[str, str]) -> None:
        """`words` are what stands after `python -m`."""
        self.name = name
        self._log = log
        self._command = [sys.executable, "-m", *words]
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns at once."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=output, stderr=output, start_new_session=True
            )

    def stop(self) -> None:
        """Raises TimeoutExpired when it takes too long, and AssertionError when it does not end cleanly."""
        process = self._known
        process.terminate()
        try:
            status = process.wait(STOP_SECONDS)
        finally:
            self.kill()
        # One that has just been started does not listen to signals yet.
        assert status in {0, -signal.SIGTERM}, f"ended with {status}"

    def kill(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            process.wait()

    def pause(self) -> None:
        self._known.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._known.send_signal(signal.SIGCONT)

    def ended(self) -> str | None:
        status = self._process.poll() if self._process else None
        return None if status is None else f"{self.name} ended by itself with {status}"

    @property
    def _known(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise RuntimeError(f"{self.name} does not run")
        return self._process


class Database:
    """PostgreSQL with its children."""

    name = "postgresql"

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def start(self) -> None:
        """A server that was killed a moment ago may still be ending."""
        eventually(self._start, 60.0, every=0.2)

    def stop(self) -> None:
        self._cluster.stop("fast")

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def pause(self) -> None:
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        self._send(signal.SIGCONT)

    def ended(self) -> str | None:
        try:
            os.kill(self._cluster.process, 0)
        except (FileNotFoundError, ProcessLookupError):
            return "postgresql ended by itself"
        return None

    def _start(self) -> bool:
        self._cluster.start()
        return True

    def _send(self, number: signal.Signals) -> None:
        with suppress(FileNotFoundError):  # where it does not run
            for process in family(self._cluster.process):
                with suppress(ProcessLookupError):
                    os.kill(process, number)


def family(process: int) -> list[int]:
    """The process and its children."""
    command = ["ps", "-A", "-o", "pid=,ppid="]
    table = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
    return [process, *(child for child, parent in pairs if parent == process)]


class Broker:
    """Kafka."""

    name = "kafka"

    def __init__(self, node: Node) -> None:
        self._node = node
        self._life = ExitStack()
        self._child: Child | None = None

    def start(self) -> None:
        self._child = self._life.enter_context(self._node.running())

    def stop(self) -> None:
        if self._child:
            self._child.send(signal.SIGTERM)
            self._child.process.wait(STOP_SECONDS)
        self.kill()

    def kill(self) -> None:
        self._child = None
        self._life.close()

    def pause(self) -> None:
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        self._send(signal.SIGCONT)

    def ended(self) -> str | None:
        try:
            if self._child:
                self._child.said()
        except Unavailable as problem:
            return f"kafka: {problem}"
        return None

    def _send(self, number: signal.Signals) -> None:
        if self._child:
            self._child.send(number)


class Watch:
    """Notices a process that ended although nobody ended it, and starts it again as a supervisor would."""

    def __init__(self, victims: Mapping[str, Victim]) -> None:
        self.findings: list[str] = []
        self._victims = victims
        self._locks = {name: threading.Lock() for name in victims}

    def busy(self, name: str) -> threading.Lock:
        """Held while something is done to a process, which is not watched meanwhile."""
        return self._locks[name]

    def look(self) -> None:
        """Look at every process that is left alone just now."""
        for name, victim in self._victims.items():
            if self._locks[name].acquire(blocking=False):
                try:
                    self._look(victim)
                finally:
                    self._locks[name].release()

    def _look(self, victim: Victim) -> None:
        if why := victim.ended():
            self.findings.append(why)
            victim.kill()
            victim.start()
