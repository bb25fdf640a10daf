"""The endpoint's conduct over HTTP."""

import json
from typing import Any

import pytest
from graphql import get_introspection_query

from services.settings import Settings
from services.telemetry.metrics import REGISTRY
from tests.graphql_api.door import Door

pytestmark = pytest.mark.anyio

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
QUERY = "{ viewer { authenticated } }"


async def _send(door: Door, method: str, **options: Any) -> Any:
    async with door.client() as client:
        return await client.request(method, "/graphql", **options)


@pytest.mark.parametrize(
    ("accept", "given"),
    [
        (RESPONSE, RESPONSE),
        (JSON, JSON),
        ("*/*", JSON),
        (f"{JSON};q=0.5, {RESPONSE}", RESPONSE),
        (f"{JSON}, {RESPONSE};q=0.5", JSON),
    ],
)
async def test_the_media_type_is_the_one_preferred(door: Door, accept: str, given: str) -> None:
    answer = await _send(door, "POST", json={"query": QUERY}, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{given}; charset=utf-8"


@pytest.mark.parametrize(("accept", "status"), [(RESPONSE, 400), (JSON, 200)])
@pytest.mark.parametrize("query", ["{", "{ nonsense }", "query A { viewer { roles } } query B { viewer { roles } }"])
async def test_a_refused_document_has_no_data_and_a_status_by_the_media_type(
    door: Door, accept: str, status: int, query: str
) -> None:
    answer = await _send(door, "POST", json={"query": query}, headers={"Accept": accept})
    assert answer.status_code == status
    assert "data" not in answer.json()
    assert answer.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"content": b"{"}, 400),
        ({"content": b""}, 400),
        ({"content": b"\xff"}, 400),
        ({"content": b"[]"}, 400),
        ({"content": b'{"query": 5}'}, 400),
        ({"content": b'{"query": ""}'}, 400),
        ({"content": b'{"query": "{x}", "variables": []}'}, 400),
        ({"content": b'{"query": "{x}", "operationName": 5}'}, 400),
        ({"content": b'{"query": "{x}", "id": 5}'}, 400),
        ({"content": json.dumps({"query": QUERY}).encode(), "headers": {"Content-Type": "text/plain"}}, 415),
        ({"content": json.dumps({"query": QUERY}).encode(), "headers": {"Accept": "image/png"}}, 406),
        ({"content": json.dumps({"query": QUERY}).encode(), "headers": {"Authorization": "Bearer wrong"}}, 401),
    ],
)
async def test_what_is_no_graphql_request_gets_a_4xx_with_a_typed_json_error(
    door: Door, options: dict[str, Any], status: int
) -> None:
    headers = {"Content-Type": JSON, "Accept": JSON, **options.pop("headers", {})}
    answer = await _send(door, "POST", headers=headers, **options)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"]


async def test_queries_may_be_sent_by_get_and_mutations_may_not(door: Door) -> None:
    headers = {"Accept": RESPONSE}
    answer = await _send(door, "GET", params={"query": QUERY, "variables": "{}"}, headers=headers)
    assert answer.json()["data"] == {"viewer": {"authenticated": False}}
    mutation = 'mutation { confirmProfile(id: "x", version: 1) { __typename } }'
    refused = await _send(door, "GET", params={"query": mutation}, headers=headers)
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


async def test_other_methods_are_refused_with_what_is_allowed(door: Door) -> None:
    answer = await _send(door, "PUT", json={"query": QUERY})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


async def test_a_body_over_the_limit_is_refused(door: Door) -> None:
    small = Door(door.model, settings=Settings(max_body_bytes=1024))
    answer = await _send(small, "POST", json={"query": QUERY + " " * 2000})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "query",
    [
        "{ organisation(id: 1) { " + "relations { organisation { " * 12 + "id" + " } }" * 12 + " } }",
        "{ " + " ".join(f"a{n}: viewer {{ roles }}" for n in range(11)) + " }",
        "{ viewer { " + " ".join(f"a{n}: roles" for n in range(40)) + " } }",
        "{ viewer { " + "roles " * 2000 + " } }",
        "{ " * 400 + "}" * 400,
        "query A { viewer { ...X } } fragment X on Viewer { ...Y } fragment Y on Viewer { ...X }",
    ],
    ids=["deep", "many root fields", "many aliases", "many tokens", "nested without end", "cyclic fragments"],
)
async def test_a_document_beyond_the_limits_is_refused_before_it_is_executed(door: Door, query: str) -> None:
    answer = await door.ask(query)
    assert answer.status_code == 400
    assert "data" not in answer.json()


async def test_a_browser_gets_a_page_with_the_example_operations_that_works_without_network(door: Door) -> None:
    answer = await _send(door, "GET", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.headers["content-type"].startswith("text/html")
    assert "OrganisationPage" in answer.text
    assert "https://" not in answer.text.replace("https://www.example.org/", "")


async def test_graphiql_is_one_link_away(door: Door) -> None:
    async with door.client() as client:
        answer = await client.get("/graphql?graphiql", headers={"Accept": "text/html"})
    assert "GraphiQL" in answer.text


async def test_introspection_answers_with_the_whole_schema(door: Door) -> None:
    answer = await door.ask(get_introspection_query())
    assert answer.status_code == 200, answer.json()
    assert answer.json()["data"]["__schema"]


async def test_the_metrics_tell_which_queries_their_plans_could_not_answer(door: Door) -> None:
    def counted() -> list[float]:
        found = (
            REGISTRY.get_sample_value("dwr_graphql_queries_total", {"way": way}) for way in ("compiled", "ordinary")
        )
        return [value or 0.0 for value in found]

    compiled, ordinary = counted()
    await _send(door, "POST", json={"query": QUERY})
    assert counted() == [compiled + 1, ordinary]
    await _send(door, "POST", json={"query": "{ organisations(first: 0) { totalCount } }"})
    assert counted() == [compiled + 2, ordinary]
    await _send(door, "POST", json={"query": "{ __schema { queryType { name } } }"})
    assert counted() == [compiled + 2, ordinary + 1]
