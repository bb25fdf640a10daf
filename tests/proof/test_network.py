"""Links that fail: what is asked and what is answered comes through, or not, as each kind of fault says."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.proof.faults import Fault, Kind
from tests.proof.network import Network
from tests.proof.ports import lasting_ports

LINK = "asker>answerer"


@pytest.fixture
def answerer() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        yield listening


@pytest.fixture
def network(answerer: socket.socket) -> Iterator[Network]:
    with Network(lasting_ports([LINK]), {LINK: answerer.getsockname()[1]}) as network:
        yield network


@contextmanager
def connected(network: Network, answerer: socket.socket) -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_connection(("127.0.0.1", network.port(LINK)), 5) as near:
        near.sendall(b"hello")
        far, _ = answerer.accept()
        with far:
            far.settimeout(5)
            assert far.recv(100) == b"hello"
            yield near, far


def fault(kind: Kind) -> Fault:
    return Fault(0.0, kind, LINK, 0.0)


def is_over(connection: socket.socket) -> bool:
    try:
        return connection.recv(100) == b""
    except ConnectionResetError:
        return True


def says_nothing(connection: socket.socket, seconds: float = 0.3) -> bool:
    connection.settimeout(seconds)
    try:
        connection.recv(100)
    except TimeoutError:
        return True
    finally:
        connection.settimeout(5)
    return False


def test_an_open_link_brings_both_ways(network: Network, answerer: socket.socket) -> None:
    with connected(network, answerer) as (near, far):
        far.sendall(b"answer")
        assert near.recv(100) == b"answer"
        near.shutdown(socket.SHUT_WR)
        assert far.recv(100) == b""
        far.sendall(b"rest")
        assert near.recv(100) == b"rest"


def test_a_link_that_is_cut_ends_connections_and_takes_no_new_ones(network: Network, answerer: socket.socket) -> None:
    with connected(network, answerer) as (near, far):
        network.begin(fault(Kind.CUT))
        assert is_over(near)
        assert is_over(far)
        with socket.create_connection(("127.0.0.1", network.port(LINK)), 5) as another:
            assert is_over(another)
    network.end(fault(Kind.CUT))
    with connected(network, answerer):
        pass


def test_a_stalled_link_brings_later_what_was_sent_even_from_who_gave_up(
    network: Network, answerer: socket.socket
) -> None:
    with connected(network, answerer) as (near, far):
        network.begin(fault(Kind.STALL))
        near.sendall(b"held back")
        near.close()
        assert says_nothing(far)
        network.end(fault(Kind.STALL))
        assert far.recv(100) == b"held back"


def test_a_connection_made_while_a_link_is_stalled_is_served_later(network: Network, answerer: socket.socket) -> None:
    network.begin(fault(Kind.STALL))
    with socket.create_connection(("127.0.0.1", network.port(LINK)), 5) as near:
        near.sendall(b"hello")
        network.end(fault(Kind.STALL))
        far, _ = answerer.accept()
        with far:
            assert far.recv(100) == b"hello"


def test_a_mute_link_brings_what_is_asked_and_never_the_answer(network: Network, answerer: socket.socket) -> None:
    with connected(network, answerer) as (near, far):
        network.begin(fault(Kind.MUTE))
        near.sendall(b"do it")
        assert far.recv(100) == b"do it"
        far.sendall(b"done")
        assert says_nothing(near)
        network.end(fault(Kind.MUTE))
        assert is_over(near)
