"""The network of the proof: every connection between two processes leads through a link that can fail."""

import subprocess
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from tests.proof.faults import Fault, Kind
from tests.proof.proxy import Condition

_CONDITIONS = {Kind.CUT: Condition.CUT, Kind.STALL: Condition.STALLED, Kind.MUTE: Condition.MUTE}


class Network:
    """Links by name, `from>to`, each to a port of this machine; the proxy behind them is a process of its own."""

    def __init__(self, ports: Mapping[str, int], targets: Mapping[str, int]) -> None:
        """Each link begins at one of the ports of this machine and leads to another, where a process listens."""
        self._ports = {name: ports[name] for name in targets}
        self._pairs = [f"{self._ports[name]}:{port}" for name, port in targets.items()]
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._proxy = subprocess.Popen(
            [sys.executable, "-m", "tests.proof.proxy", *self._pairs],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._expect("ready")
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._proxy.kill()
        self._proxy.communicate()

    def port(self, link: str) -> int:
        """Where the process that the link begins at connects to."""
        return self._ports[link]

    def address(self, link: str) -> str:
        """The same as the address of an HTTP server."""
        return f"http://127.0.0.1:{self.port(link)}"

    def begin(self, fault: Fault) -> None:
        """Let the link fail in that way."""
        self._tell(fault.target, _CONDITIONS[fault.kind])

    def end(self, fault: Fault) -> None:
        """Let the link work again."""
        self._tell(fault.target, Condition.OPEN)

    def _tell(self, link: str, condition: Condition) -> None:
        line = f"{self._ports[link]} {condition}"
        with self._lock:
            if self._proxy.stdin is None:
                raise RuntimeError("the proxy has no input")
            self._proxy.stdin.write(f"{line}\n")
            self._proxy.stdin.flush()
            self._expect(line)

    def _expect(self, line: str) -> None:
        said = self._proxy.stdout.readline().strip() if self._proxy.stdout else ""
        if said != line:
            raise RuntimeError(f"the proxy said {said!r} where {line!r} was expected")
