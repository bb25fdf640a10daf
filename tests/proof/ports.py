"""Ports for processes that are started again: no connection may take one while its process is away."""

import random
import socket
from collections.abc import Iterable, Iterator

_PORTS = range(10_000, 30_000)
"""Below those that systems give to outgoing connections: 32768 and above on Linux, 49152 and above elsewhere."""


def lasting_ports(names: Iterable[str]) -> dict[str, int]:
    """A port of the loopback interface for each name, all different, that nobody listens on just now."""
    free = _free()
    return {name: next(free) for name in names}


def _free() -> Iterator[int]:
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        yield port
