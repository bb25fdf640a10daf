"""GET with ETags: the same tag is the same answer, and who has the answer gets none."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest

from graphql_api.conduct.tags import tag_of
from graphql_api.examples import Example, examples
from graphql_api.read_model.model import ReadModel
from services.access.roles import Caller, Role
from services.events.contracts.vocabulary import View
from services.settings import Settings
from tests.graphql_api.documents import entry, organisation, snapshot
from tests.graphql_api.door import CALLERS, Door, context_of

pytestmark = pytest.mark.anyio

RESPONSE = "application/graphql-response+json"
TITLES = "query ($n: Int!) { organisations(first: $n) { totalCount nodes { title { text } } } }"
READS = [example for example in examples() if example.document.partition("\n")[2].startswith("query")]


async def get(door: Door, query: str, variables: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
    async with door.client() as client:
        parameters = {"query": query} | ({"variables": orjson.dumps(variables).decode()} if variables else {})
        sent = {"Accept": RESPONSE} | {name.replace("_", "-"): value for name, value in headers.items()}
        return await client.get("/graphql", params=parameters, headers=sent)


@pytest.fixture
def own_model() -> ReadModel:
    model = ReadModel()
    model.load(snapshot(30))
    return model


async def test_who_has_the_answer_gets_304_without_a_body(door: Door) -> None:
    whole = await get(door, TITLES, {"n": 3})
    tag = whole.headers["etag"]
    assert tag.startswith('"')
    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await get(door, TITLES, {"n": 3}, If_None_Match=sent)
        assert (again.status_code, again.content) == (304, b""), sent
        for name in ("etag", "cache-control", "vary", "dwr-position"):
            assert again.headers[name] == whole.headers[name]
    for sent in ('"other"', tag[1:-1], ""):
        assert (await get(door, TITLES, {"n": 3}, If_None_Match=sent)).content == whole.content


async def test_the_same_answer_has_the_same_bytes_whatever_was_spent_before(door: Door) -> None:
    answers = [await get(door, TITLES, {"n": 3}) for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert answers[0].json()["extensions"]["cost"] == {"requested": 20 + 1 + 1 + 3 * 2}
    assert answers[0].headers["ratelimit-policy"] == f'"points";q={Settings().graphql_budget_per_minute};w=60'
    assert answers[0].headers["ratelimit"].startswith('"points";r=')


async def test_a_change_of_the_log_changes_the_tag(own_model: ReadModel) -> None:
    door, before = Door(own_model), organisation(3)
    tag = (await get(door, TITLES, {"n": 30})).headers["etag"]
    own_model.apply([entry(31, before, replace(before, document=before.document | {"title": {"fr": "Autrement"}}))])
    after = await get(door, TITLES, {"n": 30}, If_None_Match=tag)
    assert after.status_code == 200
    assert after.headers["etag"] != tag
    assert "Autrement" in after.text


def test_everything_that_an_answer_depends_on_is_in_its_tag(model: ReadModel) -> None:
    context = context_of(model)
    asked = TITLES, None, {"n": 3}
    public = ReadModel(View.PUBLIC)
    public.load(snapshot(300))
    tags = [
        tag_of(asked, RESPONSE, context),
        tag_of(asked, "application/json", context),
        tag_of((TITLES + " ", None, {"n": 3}), RESPONSE, context),
        tag_of((TITLES, "A", {"n": 3}), RESPONSE, context),
        tag_of((TITLES, None, {"n": 4}), RESPONSE, context),
        tag_of((TITLES, None, None), RESPONSE, context),
        tag_of(asked, RESPONSE, replace(context, today=context.today + timedelta(days=1))),
        tag_of(asked, RESPONSE, replace(context, model=public)),
        *(tag_of(asked, RESPONSE, replace(context, caller=caller)) for caller in CALLERS.values()),
        tag_of(asked, RESPONSE, replace(context, caller=Caller("front-1", frozenset({Role.FRONT}), "other"))),
    ]
    assert len(set(tags)) == len(tags)
    assert tags[0] == tag_of(asked, RESPONSE, context)


def test_the_order_of_variables_and_which_person_asks_are_not(model: ReadModel) -> None:
    one = tag_of((TITLES, None, {"a": 1, "b": 2}), RESPONSE, context_of(model, Caller("a")))
    assert one == tag_of((TITLES, None, {"b": 2, "a": 1}), RESPONSE, context_of(model, Caller("b")))


@pytest.mark.parametrize("example", READS, ids=lambda example: example.name)
async def test_processes_of_one_version_give_the_same_bytes_under_the_same_tag(example: Example) -> None:
    loaded, followed = ReadModel(), ReadModel()
    loaded.load(snapshot(40))
    followed.load(snapshot(0))
    followed.apply([entry(number + 1, None, organisation(number)) for number in range(40)])
    assert loaded.position == followed.position
    for authorization in ({}, {"Authorization": "Bearer awex"}):
        one = await get(Door(loaded), example.document, example.variables, **authorization)
        other = await get(Door(followed), example.document, example.variables, **authorization)
        assert one.headers.get("etag") == other.headers.get("etag")
        assert not one.headers.get("etag") or one.content == other.content


async def test_caches_on_the_way_keep_what_everybody_may_read_and_nothing_else(door: Door) -> None:
    anonymous = await get(door, TITLES, {"n": 3})
    signed_in = await get(door, TITLES, {"n": 3}, Authorization="Bearer awex")
    assert anonymous.headers["cache-control"] == "public, no-cache"
    assert signed_in.headers["cache-control"] == "private, no-cache"
    assert anonymous.headers["vary"] == signed_in.headers["vary"] == "Accept, Authorization"
    assert anonymous.headers["etag"] != signed_in.headers["etag"]


@pytest.mark.parametrize(
    "query",
    [
        "{ registryStatus { position lag { seconds } } }",
        "{ organisations(first: 1) { nodes { changedAt } } }",
        "{ organisations(first: 1) { ...F } } fragment F on OrganisationConnection { nodes { c: changedAt } }",
        "{ organisations(first: 0) { totalCount } }",
        '{ organisation(slug: "org-1") { restricted { turnover { eur } } } }',
        "{ nonsense }",
        "{",
    ],
    ids=["lag", "position of a change", "in a fragment", "refused argument", "missing right", "invalid", "malformed"],
)
async def test_what_may_differ_and_what_has_errors_has_no_tag_and_is_not_kept(door: Door, query: str) -> None:
    answer = await get(door, query, If_None_Match="*" if "organisations(first: 1)" in query else '"x"')
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert answer.status_code != 304


async def test_answers_to_post_have_no_tag_and_are_not_kept(door: Door) -> None:
    answer = await door.ask(TITLES, {"n": 3}, **{"If-None-Match": "*"})
    assert answer.status_code == 200
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


async def test_a_get_that_waits_for_a_position_is_compared_once_it_is_reached(own_model: ReadModel) -> None:
    query, door = "query ($p: Position) @atLeast(position: $p) { registryStatus { position } }", Door(own_model)
    tag = (await get(door, query, {"p": "1-30"})).headers["etag"]
    assert (await get(door, query, {"p": "1-30"}, If_None_Match=tag)).status_code == 304
    own_model.apply([entry(31, None, organisation(50))])
    assert (await get(door, query, {"p": "1-30"}, If_None_Match=tag)).status_code == 200
    assert (await get(door, query, {"p": "1-99"}, If_None_Match="*")).status_code == 503


async def test_not_to_send_an_answer_costs_one_point(door: Door) -> None:
    small = Door(door.model, settings=Settings(graphql_cost_limit=100, graphql_budget_per_minute=1_200))
    tag = (await get(small, TITLES, {"n": 20})).headers["etag"]
    answers = [await get(small, TITLES, {"n": 20}, If_None_Match=tag) for _ in range(60)]
    assert {answer.status_code for answer in answers} == {304}
