"""The layers around an application without any framework."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from services.http.edge import Edge
from services.problems import Conflict
from tests.http.conftest import Log
from tests.http.sample import PRIVATE
from tests.http.test_bodies import refused
from tests.support.serving import serving
from tests.support.waiting import eventually


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the body, then does what its path says."""
    length = 0
    while True:
        message = await receive()
        length += len(message["body"])
        if not message["more_body"]:
            break
    if scope["path"] == "/conflict":
        raise Conflict("It is there already.", headers={"Retry-After": "7"}, candidates=["org-a"])
    if scope["path"] == "/broken":
        raise ValueError(PRIVATE)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"dwr-position", b"2-9")]})
    await send({"type": "http.response.body", "body": str(length).encode()})


@pytest.fixture(scope="module")
def app() -> ASGIApp:
    return Edge(bare, service="bare", route="/graphql", max_body_bytes=1_000)


@pytest.fixture(scope="module")
def bare_url(app: ASGIApp, _logging: Log) -> Iterator[str]:
    with serving(app) as url:
        yield url


def test_an_answer_passes_with_the_request_id_in_it(bare_url: str, log: Log) -> None:
    answer = httpx.post(f"{bare_url}/graphql", content=b"12345", headers={"X-Request-Id": "0123abcd"})
    assert (answer.text, answer.headers["x-request-id"]) == ("5", "0123abcd")
    line = eventually(lambda: log.events("request_answered"))[0]
    assert (line["service"], line["route"], line["position"], line["status"]) == ("bare", "/graphql", "2-9", 200)


def test_a_problem_is_answered_with_its_members_and_headers(bare_url: str) -> None:
    answer = httpx.get(f"{bare_url}/conflict")
    document = refused(answer, 409, "conflict")
    assert document["candidates"] == ["org-a"]
    assert answer.headers["retry-after"] == "7"


def test_a_defect_is_answered_without_its_cause(bare_url: str, log: Log) -> None:
    refused(httpx.get(f"{bare_url}/broken"), 500, "internal-error")
    assert "bare" in log.events("request_failed")[0]["exception"]
    assert PRIVATE not in log.text


@pytest.mark.parametrize("content", [b"x" * 1_001, iter([b"x" * 600, b"x" * 600])], ids=["told", "in chunks"])
def test_a_body_over_the_limit_is_refused(bare_url: str, content: bytes | Iterator[bytes]) -> None:
    refused(httpx.post(f"{bare_url}/graphql", content=content), 413, "body-too-large")


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
def test_what_is_no_http_request_passes_on_untouched(kind: str) -> None:
    seen: list[Scope] = []

    async def inner(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope)

    async def nothing() -> dict[str, str]:
        return {}

    async def drop(_message: object) -> None:
        return None

    asyncio.run(Edge(inner, service="bare", max_body_bytes=1_000)({"type": kind}, nothing, drop))
    assert seen == [{"type": kind}]
