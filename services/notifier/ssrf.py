"""Connections that stay outside: a webhook's address is chosen by a caller, and must not lead into our own network.

A host name is resolved once, when the connection is made. It is refused when any of its addresses is not public, and
the connection goes to an address that was looked at: a name that answers differently a moment later gains nothing.
"""

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from ssl import SSLContext
from typing import Any, TypeAlias

import httpcore

Address: TypeAlias = IPv4Address | IPv6Address
Resolver: TypeAlias = Callable[[str, int], Iterable[str]]
"""Gives the addresses of a host name. Raises OSError when it has none."""

# Written out, because `ipaddress.is_global` says yes to multicast, NAT64, 6to4 and more (and differs between Pythons).
_REFUSED_V4 = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # a cloud provider's metadata, at a public address
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_GLOBAL_V6 = ip_network("2000::/3")
_REFUSED_V6 = tuple(
    ip_network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
    )
)
_NAT64 = ip_network("64:ff9b::/96")


class AddressRefused(Exception):  # noqa: N818 - says what was done, as the other names here
    """The host has an address that is not public."""


def is_public(address: Address) -> bool:
    """Whether the address is on the public internet, after unwrapping IPv4 in IPv6."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    inner = address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None)
    if inner is not None:
        return is_public(inner)
    return address in _GLOBAL_V6 and not any(address in network for network in _REFUSED_V6)


def literal_address(host: str) -> Address | None:
    """The address that a host of digits stands for: `2130706433`, `0x7f.1` and `0177.0.0.1` too, as resolvers do."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def system_resolver(host: str, port: int) -> Iterable[str]:
    """What the machine's resolver says."""
    return (str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to public addresses only, and ends every connection after `seconds`."""

    def __init__(self, seconds: float, *, allow_private: bool, resolve: Resolver = system_resolver) -> None:
        self._seconds = seconds
        self._allow_private = allow_private
        self._resolve = resolve
        self._direct = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline is over the whole attempt
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers. Raises AddressRefused where one of them is not public."""
        deadline = time.monotonic() + self._seconds
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port):
            try:
                stream = self._direct.connect_tcp(str(address), port, _left(deadline), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, deadline)
        raise failure

    def _addresses(self, host: str, port: int) -> Sequence[Address]:
        try:
            # A scoped address (`fe80::1%eth0`) is link-local whatever its scope is.
            found = [ip_address(text.partition("%")[0]) for text in self._resolve(host, port)]
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the host name cannot be resolved: {error}") from error
        if not self._allow_private and not all(is_public(address) for address in found):
            raise AddressRefused(f"{host} has an address that is not public")
        return found


class _DeadlineStream(httpcore.NetworkStream):
    """A connection whose reads and writes end at one deadline: a receiver that drips bytes cannot hold a worker."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - see the class
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - see the class
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - see the class
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _DeadlineStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the attempt took too long")
    return left
