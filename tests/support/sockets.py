"""Tests reach this machine and the servers that DWR_TEST_… names, and nothing else."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest


@contextmanager
def only_loopback() -> Iterator[None]:
    """Refuse, within the block, connections of Python's sockets to other machines."""
    allowed = frozenset(_named_servers())
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name), allowed))
        yield


def _guarded(original: Any, allowed: frozenset[str]) -> Any:
    def connect(connection: socket.socket, address: Any) -> Any:
        if connection.family in (socket.AF_INET, socket.AF_INET6) and not _is_near(address[0], allowed):
            # Not an OSError: the code under test must not take it for a host that does not answer.
            raise AssertionError(f"a test tried to reach {address[0]}: only this machine may be reached")
        return original(connection, address)

    return connect


def _is_near(host: str, allowed: frozenset[str]) -> bool:
    if host == "localhost" or host in allowed:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _named_servers() -> Iterator[str]:
    """Hosts of the servers under test, by name and by address."""
    addresses = os.environ.get("DWR_TEST_KAFKA_BOOTSTRAP_SERVERS", "").split(",")
    addresses.append(urlsplit(os.environ.get("DWR_TEST_KEYCLOAK_URL", "")).netloc)
    for host in {urlsplit(f"//{address.strip()}").hostname for address in addresses}:
        if host:
            yield host
            yield from {str(found[4][0]) for found in socket.getaddrinfo(host, None)}
