"""Load on a server: requests over kept-open connections, each sent when the answer to the one before is there.

`wrk` sends them where it is installed (it takes a few microseconds of the core it shares with the database for each),
else this process.
"""

import asyncio
import itertools
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = Path(__file__).with_name("load.lua")
_FEWEST = 50
"""Answers that a figure is made from."""
_LONGER = 3
_HEAD_END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """How a server answered."""

    per_second: float
    p50_ms: float
    p99_ms: float
    client_busy: float
    """Share of its core that the client took: near 1, it is the client that was measured."""


def measure(port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Load:
    """Ask these requests in turn for so long. Ends the program on any answer that is not a success.

    A server that hardly answers in that time is asked again for longer.
    """
    before, began = _processor_seconds(), time.perf_counter()
    by = _by_wrk if shutil.which("wrk") else _by_this_process
    done, lasted, p50_ms, p99_ms = by(port, requests, seconds, connections)
    if done < _FEWEST:
        done, lasted, p50_ms, p99_ms = by(port, requests, _LONGER * seconds, connections)
    busy = (_processor_seconds() - before) / (time.perf_counter() - began)
    return Load(max(done, 1) / lasted, p50_ms, p99_ms, busy)


def _processor_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


Result = tuple[int, float, float, float]


def _by_wrk(port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Result:
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"".join(b"%d\n%s" % (len(request), request) for request in requests))
        file.flush()
        command = ["wrk", "--threads=1", f"--connections={connections}", f"--duration={max(1, round(seconds))}s"]
        command += ["--timeout=60s", f"--script={_SCRIPT}", f"http://127.0.0.1:{port}", "--", file.name]
        told = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    words = told.partition("RESULT ")[2].split()
    done, microseconds, p50, p99, failed = map(float, words)
    if failed:
        raise SystemExit(f"{failed:.0f} of {done:.0f} requests failed; the first was {requests[0][:300]!r}")
    return int(done), microseconds / 1e6, p50 / 1e3, p99 / 1e3


def _by_this_process(port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Result:
    times = asyncio.run(_ask_all(port, itertools.cycle(requests), seconds, connections))
    percentiles = statistics.quantiles(times, n=100)
    return len(times), seconds, percentiles[49] * 1e3, percentiles[98] * 1e3


async def _ask_all(port: int, requests: Iterator[bytes], seconds: float, connections: int) -> list[float]:
    """The time that each answer took, in seconds."""
    loop, times = asyncio.get_running_loop(), list[float]()
    asking = [_Asking(requests, loop.time() + seconds, times) for _ in range(connections)]
    for one in asking:
        await loop.create_connection(lambda one=one: one, "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(one.ended for one in asking))
    return times


class _Asking(asyncio.Protocol):
    """One connection."""

    def __init__(self, requests: Iterator[bytes], deadline: float, times: list[float]) -> None:
        self._loop = asyncio.get_running_loop()
        self._requests, self._deadline, self._times = requests, deadline, times
        self._received = b""
        self.ended: asyncio.Future[None] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a TCP connection is one
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not _is_whole(self._received):
            return
        if not self._received.startswith(b"HTTP/1.1 2"):
            self.ended.set_exception(SystemExit(f"a request failed: {self._received[:500]!r}"))
            return
        now = self._loop.time()
        self._times.append(now - self._sent_at)
        self._received = b""
        if now < self._deadline:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if self.ended.done():
            return
        if error:
            self.ended.set_exception(error)
        else:
            self.ended.set_result(None)

    def _send(self) -> None:
        self._sent_at = self._loop.time()
        self._transport.write(next(self._requests))


def _is_whole(received: bytes) -> bool:
    head, end, body = received.partition(_HEAD_END)
    if not end:
        return False
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)
