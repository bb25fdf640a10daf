"""Doing the planned faults, each at its time and in a thread of its own, and keeping when it began and ended."""

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from machine import Unavailable

from tests.proof.faults import Fault, Kind
from tests.proof.network import Network
from tests.proof.victims import Victim, Watch


@dataclass(frozen=True, slots=True)
class Suffered:
    """A fault that was done; times by the monotonic clock."""

    fault: Fault
    began: float
    ended: float
    """When the process ran again, or the link worked again."""


class Inflictor:
    """Goes through the plan from `start` on; `join` returns when the last fault is over."""

    def __init__(self, plan: Sequence[Fault], victims: Mapping[str, Victim], network: Network, watch: Watch) -> None:
        self.suffered: list[Suffered] = []
        self.findings: list[str] = []
        self._plan = plan
        self._victims = victims
        self._network = network
        self._watch = watch
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(fault,), name=str(fault)) for fault in plan]

    def start(self) -> None:
        """Begin; returns at once."""
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait until every fault is over."""
        for thread in self._threads:
            thread.join()

    def give_up(self) -> None:
        """Do nothing of what is still to come."""
        self._over.set()
        self.join()

    def _run(self, fault: Fault) -> None:
        if self._over.wait(max(0.0, self._began + fault.at - time.monotonic())):
            return
        began = time.monotonic()
        try:
            self._suffer(fault)
        except (AssertionError, RuntimeError, Unavailable, subprocess.TimeoutExpired) as problem:
            self.findings.append(f"{fault}: {problem}")
        self.suffered.append(Suffered(fault, began, time.monotonic()))

    def _suffer(self, fault: Fault) -> None:
        if fault.target not in self._victims:
            self._network.begin(fault)
            self._over.wait(fault.seconds)
            self._network.end(fault)
            return
        with self._watch.busy(fault.target):
            self._hit(self._victims[fault.target], fault)

    def _hit(self, victim: Victim, fault: Fault) -> None:
        if fault.kind is Kind.PAUSE:
            victim.pause()
            self._over.wait(fault.seconds)
            victim.resume()
            return
        try:
            if fault.kind is Kind.KILL:
                victim.kill()
            else:
                victim.stop()
            self._over.wait(fault.seconds)
        finally:
            victim.start()
