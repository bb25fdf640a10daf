"""Servers to be measured: each a process of its own, on a core of its own."""

import contextlib
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SERVER_CORE, OTHERS_CORE = 0, 1
"""The measured server has the first core; who asks it, and the database behind it, share the second."""

_PREFERRED = -10
"""Niceness of what is measured."""


@dataclass(frozen=True)
class Server:
    """A server that was started."""

    process: "subprocess.Popen[str]"

    @cached_property
    def port(self) -> int:
        """Its TCP port on the loopback interface, once it says `PORT 12345`; what it says before is passed on."""
        for line in self.process.stdout or ():
            if line.startswith("PORT "):
                return int(line.split()[1])
            print(line.rstrip(), flush=True)
        words = " ".join(map(str, self.process.args)) if isinstance(self.process.args, list) else ""
        raise SystemExit(f"the server did not start; it tells why when run by itself: {words}")

    @property
    def memory_bytes(self) -> int:
        """Memory that is its own, with its part of what it shares (PSS); 0 where the system does not tell."""
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
        return 0


@contextlib.contextmanager
def started(command: Sequence[str], variables: Mapping[str, str] | None = None) -> Iterator[Server]:
    """The server that the command starts, until the block ends. What it writes to standard error is dropped."""
    environment = os.environ | (variables or {})
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        pin(SERVER_CORE, process.pid)
        try:
            yield Server(process)
        finally:
            process.terminate()


def pin(core: int, process: int = 0) -> bool:
    """Keep a process (this one unless said otherwise) on one core; False where that is not possible."""
    if not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) < 2:  # noqa: PLR2004 - one core is shared anyhow
        return False
    try:
        os.sched_setaffinity(process, {core})
    except OSError:
        return False
    return True


def prefer(process: int = 0) -> None:
    """Let a process (this one unless said otherwise) go before others that use the machine, where that is permitted."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process, _PREFERRED)
