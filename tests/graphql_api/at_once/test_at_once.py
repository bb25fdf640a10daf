"""What is answered inside the server's protocol class is what the ordinary way answers, byte by byte."""

import socket
import time
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphql_api.read_model.model import ReadModel
from services.telemetry.metrics import REGISTRY
from tests.graphql_api.at_once.ways import SETTINGS, Server, served
from tests.graphql_api.at_once.wire import Reading, Told, get, post

LIST = "query List($n: Int) { organisations(first: $n) { totalCount nodes { slug title { text } } } }"
FIGURES = "{ organisations(first: 20) { nodes { slug restricted { turnover { eur } } } } }"
VIEWER = "{ viewer { authenticated roles } }"
QUERY = {"query": LIST, "variables": {"n": 3}}
BEHIND = {"query": "query @atLeast(position: $p) { viewer { authenticated } }".replace("$p", '"1-999999"')}

AT_ONCE = {
    "a query": post(QUERY),
    "the same as plain JSON": post(QUERY, Accept="application/json"),
    "a query without a preference": post(QUERY, Accept=""),
    "with other variables": post({"query": LIST, "variables": {"n": 5}}),
    "without rights": post({"query": FIGURES}),
    "with rights": post({"query": FIGURES}, Authorization="Bearer awex"),
    "of a member": post({"query": VIEWER}, Authorization="Bearer member"),
    "an error of a field": post({"query": "{ organisations(first: 1000) { totalCount } }"}),
    "a wrong variable": post({"query": LIST, "variables": {"n": "three"}}),
    "too costly": post(
        {"query": LIST.replace("slug", "slug relations { organisation { slug } }"), "variables": {"n": 100}}
    ),
    "from a page of an origin that may": post(QUERY, Origin="https://front.example"),
    "from a page of another origin": post(QUERY, Origin="https://elsewhere.example"),
    "with an id": post(QUERY, X_Request_Id="request-0123456789"),
    "behind a proxy": post(QUERY, X_Forwarded_For="203.0.113.7", X_Forwarded_Proto="https"),
    "by GET": get(f"/graphql?query={quote(VIEWER)}"),
    "a persisted document by GET": get("/graphql?documentId=FacetsToChooseFrom"),
}
ORDINARY = {
    "a document that is no JSON": post(b"{"),
    "nothing": post(b""),
    "a document with an error": post({"query": "{ nonsense }"}),
    "another media type": post(QUERY, Content_Type="text/plain"),
    "a media type that is not answered": post(QUERY, Accept="image/png"),
    "a token that is not accepted": post(QUERY, Authorization="Bearer wrong"),
    "a mutation": post({"query": "mutation { registerOrganisation(content: {}) { __typename } }"}),
    "a subscription": post({"query": "subscription { changes { position } }"}),
    "another address": post(QUERY, path="/graphql/other"),
    "an escaped address": post(QUERY, path="/%67raphql"),
    "a page": get("/graphql", Accept="text/html"),
    "a preflight": get(
        "/graphql", method="OPTIONS", Origin="https://front.example", Access_Control_Request_Method="GET"
    ),
    "a compressed body": post(QUERY, Content_Encoding="gzip"),
    "two tokens": post(QUERY, Authorization="Bearer awex\r\nAuthorization: Bearer member"),
    "a body in chunks": post(b"4\r\n{}  \r\n0\r\n\r\n", Content_Length="", Transfer_Encoding="chunked"),
    "a large body": post({"query": LIST, "variables": {"n": 3, "other": "x" * 12_000}}),
    "a body that is too large": post({"query": LIST, "variables": {"n": "x" * 30_000}}, X_Request_Id="0123456789"),
    "a position to come": post(BEHIND),
    "a client that asks before it sends": post(QUERY, Expect="100-continue"),
}
LAST = {
    "an old version": post(QUERY, version="1.0"),
    "a connection that ends": post(QUERY, Connection="close"),
    "no HTTP": b"nonsense\r\n\r\n",
    "a length that is no number": post(QUERY, Content_Length="many"),
}


@pytest.fixture(scope="module")
def at_once(model: ReadModel) -> Iterator[Server]:
    with served(model, at_once=True) as server:
        yield server


@pytest.fixture(scope="module")
def ordinary(model: ReadModel) -> Iterator[Server]:
    with served(model, at_once=False) as server:
        yield server


def ask(server: Server, *pieces: bytes) -> list[Told | None]:
    """The answers to requests on one connection, each sent when the one before is answered."""
    with server.connect() as connection:
        reading = Reading(connection)
        told = []
        for piece in pieces:
            connection.sendall(piece)
            told.append(reading.next())
        return told


@pytest.mark.parametrize("request_", AT_ONCE.values(), ids=AT_ONCE)
def test_it_gives_the_answer_of_the_ordinary_way(at_once: Server, ordinary: Server, request_: bytes) -> None:
    before = at_once.answered
    # The first time a document is met, it is paid for and compiled in the ordinary way.
    assert ask(at_once, request_, request_, request_) == ask(ordinary, request_, request_, request_)
    assert at_once.answered - before in {2, 3}


@pytest.mark.parametrize("request_", ORDINARY.values(), ids=ORDINARY)
def test_it_leaves_everything_else_to_the_ordinary_way(at_once: Server, ordinary: Server, request_: bytes) -> None:
    before = at_once.answered
    usual = post(QUERY)
    answers = ask(at_once, usual, request_, usual)
    assert answers == ask(ordinary, usual, request_, usual)
    assert at_once.answered - before <= 2


@pytest.mark.parametrize("request_", LAST.values(), ids=LAST)
def test_a_connection_that_ends_does_so_in_the_ordinary_way(at_once: Server, ordinary: Server, request_: bytes) -> None:
    usual = post(QUERY)
    for server in (at_once, ordinary):
        with server.connect() as connection:
            reading = Reading(connection)
            connection.sendall(usual)
            assert reading.next() is not None
            connection.sendall(request_)
            answer = reading.next()
            assert answer is not None
            assert reading.next() is None
    assert ask(at_once, usual, request_) == ask(ordinary, usual, request_)


def test_a_client_that_has_the_answer_is_told_so(at_once: Server, ordinary: Server) -> None:
    address = f"/graphql?query={quote(VIEWER)}"
    for server in (at_once, ordinary):
        first = ask(server, get(address))[0]
        assert first is not None
        again = ask(server, get(address, If_None_Match=first.headers["etag"]))[0]
        assert again is not None
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]


MOST_UNREAD = 20_000
"""Answers of several thousand bytes; what a connection holds unread is some millions."""

PIECES = st.lists(
    st.sampled_from([*AT_ONCE.values(), *(ORDINARY[name] for name in ("nothing", "a body in chunks", "a mutation"))]),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(requests=PIECES, cuts=st.lists(st.floats(0, 1), max_size=6), data=st.data())
def test_it_does_not_matter_in_which_pieces_requests_arrive(
    at_once: Server, ordinary: Server, requests: list[bytes], cuts: list[float], data: st.DataObject
) -> None:
    sent = b"".join(requests)
    places = sorted({0, len(sent), *(round(cut * len(sent)) for cut in cuts)})
    pieces = [sent[start:end] for start, end in pairwise(places)]
    waits = data.draw(st.lists(st.booleans(), min_size=len(pieces), max_size=len(pieces)))
    assert _answers(at_once, pieces, waits, len(requests)) == _answers(ordinary, pieces, waits, len(requests))


def _answers(server: Server, pieces: list[bytes], waits: list[bool], count: int) -> list[Told | None]:
    """The answers to requests sent in these pieces; where it waits, a round trip on another connection lies between."""
    with server.connect() as connection, server.connect() as other:
        reading, elsewhere = Reading(connection), Reading(other)
        for piece, wait in zip(pieces, waits, strict=True):
            connection.sendall(piece)
            if wait:
                other.sendall(get("/graphql?documentId=ExportFigures"))
                elsewhere.next()
        return [reading.next() for _ in range(count)]


def test_what_looks_like_a_request_within_another_one_is_a_part_of_it(at_once: Server, ordinary: Server) -> None:
    hidden = post({"query": FIGURES}, Authorization="Bearer awex")
    outer = post(hidden)
    in_head = [b"POST /graphql/other HTTP/1.1\r\nX-Note: ", hidden]
    in_body = [outer[:30], outer[30 : -len(hidden)], hidden]
    for server in (at_once, ordinary):
        for pieces, status in ((in_head, 404), (in_body, 400)):
            answer = _answers(server, pieces, [True] * len(pieces), 1)[0]
            assert answer is not None
            assert (answer.status, b"turnover" in answer.body) == (status, False)


def test_a_request_that_waits_is_answered_before_the_next_one(at_once: Server, ordinary: Server) -> None:
    pieces = [ORDINARY["a position to come"], post(QUERY)]
    answers = _answers(at_once, pieces, [True, True], 2)
    assert [answer and answer.status for answer in answers] == [503, 200]
    assert answers == _answers(ordinary, pieces, [True, True], 2)


def test_head_is_answered_in_the_ordinary_way(at_once: Server) -> None:
    before = at_once.answered
    with at_once.connect() as connection:
        connection.sendall(get(f"/graphql?query={quote(VIEWER)}", method="HEAD"))
        assert connection.recv(4_096).startswith(b"HTTP/1.1 200 OK")
    assert at_once.answered == before


def test_a_client_that_does_not_read_is_waited_for(model: ReadModel) -> None:
    request = post({"query": LIST, "variables": {"n": 100}})
    with served(model, at_once=True) as server, server.connect() as connection, server.connect() as other:
        ask(server, request)
        elsewhere, sent = Reading(other), 0
        while sent == server.answered:
            assert sent < MOST_UNREAD, "it goes on writing what nobody reads"
            connection.sendall(request)
            sent += 1
            _let_it_answer(server, sent, other, elsewhere)
        unread = Reading(connection)
        assert all(unread.next() is not None for _ in range(sent))


def _let_it_answer(server: Server, count: int, other: socket.socket, elsewhere: Reading) -> None:
    """Return when so many requests were answered at once, or a while later, counted in requests elsewhere."""
    for _ in range(20):
        if server.answered == count:
            return
        other.sendall(ORDINARY["another address"])
        elsewhere.next()


@pytest.mark.parametrize("last", [post(QUERY), get("/graphql/other")], ids=["at once", "in the ordinary way"])
def test_a_connection_is_closed_when_nothing_came_for_a_while(model: ReadModel, last: bytes) -> None:
    with served(model, at_once=True, idle_seconds=1) as server:
        ask(server, post(QUERY))
        with server.connect() as connection:
            reading = Reading(connection)
            for request in (post(QUERY), last):
                connection.sendall(request)
                assert reading.next() is not None
            began = time.monotonic()
            assert reading.next() is None
            assert 0.9 < time.monotonic() - began < 3


def test_it_is_counted_and_logged_like_any_request(at_once: Server) -> None:
    def counted() -> float:
        labels = {"service": "graphql", "method": "POST", "route": "/graphql", "status": "200"}
        return REGISTRY.get_sample_value("dwr_http_requests_total", labels) or 0

    ask(at_once, post(QUERY))
    before = counted()
    ask(at_once, post(QUERY))
    assert counted() == before + 1


def test_points_are_taken_as_in_the_ordinary_way(model: ReadModel) -> None:
    tight = SETTINGS.model_copy(update={"graphql_budget_per_minute": 2_000})
    told = []
    for way in (True, False):
        with served(model, at_once=way, settings=tight) as server:
            answers = ask(server, *[post({"query": LIST, "variables": {"n": 100}})] * 8)
            told.append([(answer.status, answer.headers.get("retry-after")) for answer in answers if answer])
            assert server.answered == (7 if way else 0)
    assert told[0] == told[1]
    assert told[0][-1][0] == 429
