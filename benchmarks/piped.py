"""The organisations that all are asked about, made by another process: what makes them takes memory, and imports."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import orjson

from benchmarks.processes import OTHERS_CORE, pin
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Current, Subject
from services.events.contracts.position import Position
from services.events.following.protocol import Lines, Snapshot

_PUBLISHED_MS = 1_795_564_800_000


@contextmanager
def snapshot(count: int) -> Iterator[Snapshot]:
    """`benchmarks.organisations.snapshot`, as a follower gets it: as JSON."""
    making = [sys.executable, "-m", "benchmarks.organisations", str(count)]
    with subprocess.Popen(making, stdout=subprocess.PIPE) as process:
        assert process.stdout  # noqa: S101 - it was asked for
        pin(OTHERS_CORE, process.pid)
        yield Snapshot(Position(1, count), _PUBLISHED_MS, None, Lines(process.stdout, read_line))


def read_line(line: bytes) -> Current:
    """The organisation of such a line."""
    told = orjson.loads(line)
    subject, position = Subject(ORGANISATION, told["document"]["id"]), Position(1, told["position"])
    return Current(subject, told["version"], told["document"], told["restricted"], position)
