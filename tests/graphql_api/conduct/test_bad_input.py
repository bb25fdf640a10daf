"""Hostile requests: refused by a typed 4xx or an error, in time, without another caller's data, and forgotten."""

import gc
import json
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphql_api.read_model.model import ReadModel
from services.settings import Settings
from tests.graphql_api.conduct.hostile import bodies, forged, never_the_same
from tests.graphql_api.documents import snapshot
from tests.graphql_api.door import CALLERS, Door

pytestmark = pytest.mark.anyio

RESPONSE = {"Accept": "application/graphql-response+json", "Content-Type": "application/json"}
IN_TIME = Settings().graphql_seconds
PAGE_BYTES = 4_096
MOST_GROWTH_MEBIBYTES = 8
"""Of the process, by the thousands of requests that come after what is kept is full."""
ALL = dict(bodies())


async def post(door: Door, content: Any, **headers: str) -> httpx.Response:
    async with door.client() as client:
        return await client.post("/graphql", content=content, headers=RESPONSE | headers)


def errors(answer: httpx.Response) -> list[dict[str, Any]]:
    """The errors of an answer that is none of the server's own failures, each with its code."""
    assert answer.status_code < 500, answer.text
    body = answer.json()
    found: list[dict[str, Any]] = body.get("errors", [])
    assert all(error["extensions"]["code"] != "INTERNAL_ERROR" for error in found)
    assert all(error["message"] for error in found)
    return found


@pytest.mark.parametrize("name", ALL)
async def test_a_hostile_request_is_refused_with_a_code_and_in_time(door: Door, name: str) -> None:
    content = json.dumps(ALL[name])
    began = time.monotonic()
    answer = await post(door, content)
    seconds = time.monotonic() - began
    assert errors(answer), answer.text
    assert answer.status_code == 200 or 400 <= answer.status_code < 500
    assert not any((answer.json().get("data") or {}).values())
    assert seconds < IN_TIME


async def test_ten_megabytes_are_refused_whether_or_not_their_length_is_told(door: Door) -> None:
    whole = b'{"query": "{ viewer { roles } }", "variables": {"x": "' + b"x" * 10_000_000 + b'"}}'

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(whole), 65_536):
            yield whole[at : at + 65_536]

    for content in (whole, pieces()):
        answer = await post(door, content)
        assert answer.status_code == 413
        assert "BODY_TOO_LARGE" in answer.text or "body-too-large" in answer.text


async def test_a_body_of_the_largest_size_is_read_in_time_and_paid_for(door: Door) -> None:
    content = json.dumps({"query": "{ viewer { roles } }", "variables": {"x": [{"a": 1}] * 90_000}}).encode()
    assert len(content) < Settings().max_body_bytes
    began = time.monotonic()
    statuses = [(await post(door, content)).status_code for _ in range(12)]
    assert statuses[0] == 400
    assert statuses[-1] == 429
    assert time.monotonic() - began < 12 * IN_TIME


@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_bytes_are_refused_with_a_code(door: Door, content: bytes) -> None:
    assert errors(await post(door, content))


WORDS = (
    'query mutation subscription fragment on { } ( ) [ ] : ! $ @ ... "x" 1 -1 1.5 null true organisations organisation '
    "viewer roles nodes slug first after filter near kinds company ID Int OrganisationFilter include if A B"
)


@given(words=st.lists(st.sampled_from(WORDS.split()), max_size=60))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_words_of_the_language_are_answered_or_refused(door: Door, words: list[str]) -> None:
    answer = await post(door, json.dumps({"query": " ".join(words)}))
    assert errors(answer) or "data" in answer.json()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["kinds", "near", "x"]), inner),
    max_leaves=20,
)


@given(value=JSON)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("kind", ["OrganisationFilter", "NearInput", "[ID!]", "Position", "Int"])
async def test_any_value_of_a_variable_is_taken_or_refused_alike_by_post_and_get(
    door: Door, kind: str, value: Any
) -> None:
    uses = {
        "OrganisationFilter": "organisations(first: 1, filter: $v) { totalCount }",
        "NearInput": "organisations(first: 1, near: $v) { totalCount }",
        "[ID!]": "nodes(ids: $v) { id }",
        "Int": "organisations(first: $v) { totalCount }",
        "Position": "viewer { roles }",
    }
    query = f"query ($v: {kind}{'!' if kind == '[ID!]' else ''}) {{ {uses[kind]} }}"
    if kind == "Position":
        query = "query ($v: Position) @atLeast(position: $v) { viewer { roles } }"
    variables = {"v": value}
    try:
        content = json.dumps({"query": query, "variables": variables})
    except ValueError:  # a number that JSON does not have
        return
    posted = await post(door, content)
    if posted.status_code == 503 and "POSITION_NOT_REACHED" in posted.text:
        return
    async with door.client() as client:
        parameters = {"query": query, "variables": json.dumps(variables)}
        got = await client.get("/graphql", params=parameters, headers=RESPONSE)
    assert errors(posted) or "data" in posted.json()
    assert [error["extensions"]["code"] for error in errors(got)] == [
        error["extensions"]["code"] for error in errors(posted)
    ]


LIST = "query ($c: String) { organisations(first: 3, after: $c) { pageInfo { endCursor } nodes { slug } } }"


async def test_a_forged_cursor_is_refused(door: Door) -> None:
    cursor = (await door.data(LIST))["organisations"]["pageInfo"]["endCursor"]
    for wrong in forged(cursor):
        answer = await door.ask(LIST, {"c": wrong})
        (error,) = errors(answer)
        assert error["extensions"]["code"] == "INVALID_CURSOR", wrong


async def test_a_cursor_of_a_list_that_only_some_may_ask_for_leads_others_nowhere(door: Door) -> None:
    restricted = LIST.replace("first: 3", "first: 3, filter: { export: { turnoverEur: { min: 1 } } }")
    listed = (await door.data(restricted, as_="awex"))["organisations"]
    for caller in (None, "member", "front"):
        for query in (restricted, LIST):
            answer = await door.ask(query, {"c": listed["pageInfo"]["endCursor"]}, as_=caller)
            assert errors(answer)
            assert not answer.json()["data"]


RESTRICTED = "restricted { turnover { eur } exportShare { percent } seeking { minEur } }"
WAYS: Mapping[str, str] = {
    "list": f"{{ organisations(first: 100) {{ nodes {{ slug {RESTRICTED} }} }} }}",
    "edges": f"{{ organisations(first: 100) {{ edges {{ node {{ slug {RESTRICTED} }} }} }} }}",
    "alias": f"{{ organisations(first: 100) {{ nodes {{ slug a: {RESTRICTED} }} }} }}",
    "fragments": f"{{ organisations(first: 100) {{ nodes {{ slug ...A }} }} }} "
    f"fragment A on Organisation {{ ... on Node {{ ... on Organisation {{ {RESTRICTED} }} }} }}",
    "links": f"{{ organisations(first: 100) {{ nodes {{ relations {{ organisation {{ slug {RESTRICTED} }} }} }} }} }}",
    "condition": f"{{ organisations(first: 100) {{ nodes {{ slug ... @include(if: true) {{ {RESTRICTED} }} }} }} }}",
}
FIGURES = ("turnover", "exportShare")


def _shown(value: Any) -> list[Any]:
    """Every figure that only AWEX and the agency may read, wherever in an answer."""
    if isinstance(value, list):
        return [figure for one in value for figure in _shown(one)]
    if not isinstance(value, dict):
        return []
    own = [value[name] for name in FIGURES if value.get(name) is not None]
    return own + [figure for one in value.values() for figure in _shown(one)]


@pytest.mark.parametrize("way", WAYS)
async def test_no_caller_gets_the_figures_of_another_role_whoever_asked_the_same_before(door: Door, way: str) -> None:
    for caller in (None, "awex", None, "member", "moderator", "front", "awex", "member", None):
        answer = await door.ask(WAYS[way], as_=caller)
        found = errors(answer)
        shown = _shown(answer.json()["data"])
        if caller in {"awex", "moderator"}:
            assert shown
            assert not found
        else:
            assert not shown
            assert {error["extensions"]["code"] for error in found} <= {"FORBIDDEN", "UNAUTHENTICATED"}


async def test_a_tag_of_another_role_gives_nothing(door: Door) -> None:
    async with door.client() as client:

        async def get(caller: str | None, tag: str = "") -> httpx.Response:
            headers = RESPONSE | ({"Authorization": f"Bearer {caller}"} if caller else {}) | {"If-None-Match": tag}
            return await client.get("/graphql", params={"query": WAYS["list"]}, headers=headers)

        tag = (await get("awex")).headers["etag"]
        assert (await get("awex", tag)).status_code == 304
        for caller in (None, *(set(CALLERS) - {"awex"})):
            answer = await get(caller, tag)
            assert answer.status_code == 200
            assert bool(_shown(answer.json()["data"])) is (caller == "moderator")


def resident_mebibytes() -> int:
    """Memory of this process, with what is waiting to be collected collected."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES // 2**20


async def test_memory_is_back_at_its_level_after_thousands_of_hostile_requests() -> None:
    model = ReadModel()
    model.load(snapshot(50))
    door = Door(model, settings=Settings(graphql_budget_per_minute=0, graphql_kept_bytes=2**20))
    async with door.client() as client:
        for number in range(6_000):
            if number == 4_500:  # what is kept is full by now
                level = resident_mebibytes()
            answer = await client.post("/graphql", json=never_the_same(number), headers=RESPONSE)
            assert answer.status_code in {200, 400}, answer.text
    assert resident_mebibytes() - level < MOST_GROWTH_MEBIBYTES
