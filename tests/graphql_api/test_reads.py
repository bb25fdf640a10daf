"""What callers may ask, and how they are told what they may not."""

import asyncio

import pytest

from graphql_api.read_model.model import ReadModel
from services.events.contracts.position import Position
from tests.graphql_api.conftest import COUNT
from tests.graphql_api.documents import entry, identifier, organisation, organisations, snapshot
from tests.graphql_api.door import Door

pytestmark = pytest.mark.anyio


def _code(body: dict[str, object]) -> str:
    code: str = body["errors"][0]["extensions"]["code"]  # type: ignore[index]
    return code


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ organisations { totalCount } }", "INVALID_PAGE"),
        ("{ organisations(first: 0) { totalCount } }", "INVALID_PAGE"),
        ("{ organisations(first: 101) { totalCount } }", "INVALID_PAGE"),
        ("{ organisations(first: 5, last: 5) { totalCount } }", "INVALID_PAGE"),
        ('{ organisations(first: 5, after: "forged") { totalCount } }', "INVALID_CURSOR"),
        ('{ organisations(first: 5, search: " ") { totalCount } }', "INVALID_SEARCH"),
        ("{ organisations(first: 5, orderBy: {field: relevance}) { totalCount } }", "INVALID_SEARCH"),
        ("{ organisations(first: 5, orderBy: {field: distance}) { totalCount } }", "INVALID_SEARCH"),
        ("{ organisations(first: 5, filter: {kinds: []}) { totalCount } }", "INVALID_CONTENT"),
        ('{ organisations(first: 5, filter: {axes: ["9.9"]}) { totalCount } }', "INVALID_CONTENT"),
        ("{ organisations(first: 5, filter: {export: {turnoverEur: {min: 1}}}) { totalCount } }", "UNAUTHENTICATED"),
        ("{ organisation { id } }", "INVALID_INPUT"),
        ('{ organisation(slug: "a", id: "b") { id } }', "INVALID_INPUT"),
        ('{ organisation(enterpriseNumber: "0403.227.500") { id } }', "INVALID_INPUT"),
    ],
)
async def test_what_cannot_be_honoured_is_a_typed_error(door: Door, query: str, code: str) -> None:
    answer = await door.ask(query)
    assert answer.status_code == 200
    assert _code(answer.json()) == code
    assert answer.json()["errors"][0]["path"]


async def test_a_wrong_filter_is_told_with_a_pointer_into_it(door: Door) -> None:
    query = "query ($filter: OrganisationFilter) { organisations(first: 5, filter: $filter) { totalCount } }"
    for wrong, pointer in (
        ({"export": {"sharePercent": {"min": 50, "max": 20}}}, "/filter/export/sharePercent"),
        ({"communes": ["92094", "99999"]}, "/filter/communes/1"),
        ({"noneOf": [{"notInCommunes": ["99999"]}]}, "/filter/noneOf/0/notInCommunes/0"),
        ({"nace": [{"version": "2025", "code": "62010"}]}, "/filter/nace/0/code"),
    ):
        answer = await door.ask(query, {"filter": wrong})
        (error,) = answer.json()["errors"]
        assert error["extensions"]["errors"][0]["pointer"] == pointer


async def test_a_cursor_of_another_list_is_refused(door: Door) -> None:
    first = await door.data("{ organisations(first: 3) { pageInfo { endCursor } } }")
    cursor = first["organisations"]["pageInfo"]["endCursor"]
    query = "query ($c: String) { organisations(first: 3, after: $c, filter: {kinds: [epn]}) { totalCount } }"
    assert _code((await door.ask(query, {"c": cursor})).json()) == "INVALID_CURSOR"


async def test_a_cursor_stays_right_when_the_organisation_at_it_goes_and_others_come() -> None:
    model = ReadModel()
    model.load(snapshot(60))
    door, query = (
        Door(model),
        "query ($c: String) { organisations(first: 10, after: $c) { edges { cursor node { id } } } }",
    )
    before = (await door.data("{ organisations(first: 100) { nodes { id } } }"))["organisations"]["nodes"]
    page = (await door.data(query))["organisations"]["edges"]
    gone = page[-1]["node"]["id"]
    number = next(n for n in range(60) if identifier(n) == gone)
    model.apply(
        [entry(61, organisation(number), None), entry(62, None, organisation(60)), entry(63, None, organisation(61))]
    )
    after = (await door.data(query, {"c": page[-1]["cursor"]}))["organisations"]["edges"]
    old = [node["id"] for node in before][10:]
    seen = [edge["node"]["id"] for edge in after if edge["node"]["id"] in old]
    assert seen == old[: len(seen)]


@pytest.mark.parametrize(
    ("caller", "turnover", "seeking"),
    [
        (None, False, False),
        ("member", False, False),
        ("front", False, True),
        ("awex", True, True),
        ("moderator", True, True),
    ],
)
async def test_restricted_figures_are_null_with_a_typed_error_for_those_who_may_not_read_them(
    *, door: Door, caller: str | None, turnover: bool, seeking: bool
) -> None:
    one = next(
        one for one in organisations(COUNT) if one.restricted and {"turnover", "seeking"} <= one.restricted.keys()
    )
    query = "query ($id: ID!) { organisation(id: $id) { restricted { turnover { eur } seeking { maxEur } } } }"
    body = (await door.ask(query, {"id": one.subject.id}, as_=caller)).json()
    shown = body["data"]["organisation"]["restricted"] or {}
    assert (shown.get("turnover") is not None) == turnover
    assert (shown.get("seeking") is not None) == seeking
    if not (turnover and seeking):
        assert _code(body) in {"FORBIDDEN", "UNAUTHENTICATED"}
        assert "role" in body["errors"][0]["message"]


async def test_an_unpublished_export_share_is_found_by_awex_alone(door: Door) -> None:
    query = "{ organisations(first: 1, filter: {export: {sharePercent: {min: 0}}}) { totalCount } }"
    everybody = (await door.data(query))["organisations"]["totalCount"]
    awex = (await door.data(query, as_="awex"))["organisations"]["totalCount"]
    assert awex > everybody


async def test_every_answer_tells_its_position(door: Door) -> None:
    for query in ("{ viewer { authenticated } }", "{ nonsense }", "{"):
        answer = await door.ask(query)
        assert answer.headers["DWR-Position"] == f"1-{COUNT}"
    answer = await door.ask("{ registryStatus { position digest organisations } }")
    assert (
        answer.json()["extensions"]["position"] == answer.json()["data"]["registryStatus"]["position"] == f"1-{COUNT}"
    )


async def test_at_least_waits_for_the_position_and_then_reads_what_was_written() -> None:
    model = ReadModel()
    model.load(snapshot(5))
    model.attach(asyncio.get_running_loop())
    door = Door(model)
    query = 'query ($p: Position) @atLeast(position: $p) { organisation(slug: "org-5") { id } }'
    asking = asyncio.create_task(door.ask(query, {"p": "1-6"}))
    await asyncio.sleep(0.01)
    await asyncio.to_thread(model.apply, [entry(6, None, organisation(5))])
    answer = await asking
    assert answer.json()["data"]["organisation"] == {"id": identifier(5)}
    assert model.position == Position(1, 6)


@pytest.mark.parametrize(
    ("position", "code", "status"),
    [("1-999", "POSITION_NOT_REACHED", 503), ("57", "VARIABLES_INVALID", 400), (5, "VARIABLES_INVALID", 400)],
)
async def test_a_position_that_is_not_reached_or_none_is_a_typed_error(
    door: Door, position: object, code: str, status: int
) -> None:
    answer = await door.ask("query ($p: Position) @atLeast(position: $p) { viewer { roles } }", {"p": position})
    assert (answer.status_code, _code(answer.json())) == (status, code)


async def test_a_position_of_an_older_history_is_a_typed_error() -> None:
    model = ReadModel()
    restored = snapshot(3)
    model.load(type(restored)(Position(2, 3), restored.published_ms, restored.digest, restored.records))
    answer = await Door(model).ask('query @atLeast(position: "1-2") { viewer { roles } }')
    assert (answer.status_code, _code(answer.json())) == (409, "POSITION_OF_OTHER_HISTORY")


async def test_before_the_first_snapshot_answers_say_that_the_model_is_loading() -> None:
    answer = await Door(ReadModel()).ask("{ viewer { roles } }")
    assert (answer.status_code, _code(answer.json())) == (503, "NOT_LOADED")


async def test_labels_are_shown_while_they_are_valid_and_expired_ones_on_request(door: Door) -> None:
    query = "{ organisations(first: 100) { nodes { labels { valid } all: labels(includeExpired: true) { valid } } } }"
    nodes = (await door.data(query))["organisations"]["nodes"]
    assert all(label["valid"] for node in nodes for label in node["labels"])
    assert any(not label["valid"] for node in nodes for label in node["all"])


async def test_the_status_tells_how_far_the_process_is_behind() -> None:
    model = ReadModel()
    model.load(snapshot(3))
    model.newest = lambda: Position(1, 10)
    data = await Door(model).data("{ registryStatus { generation position lag { entries seconds } } }")
    assert data["registryStatus"]["lag"]["entries"] == 7
    assert data["registryStatus"]["position"] == "1-3"


async def test_a_node_is_found_by_its_id_with_its_type(door: Door) -> None:
    query = 'query ($id: ID!) { node(id: $id) { __typename id } nodes(ids: [$id, "org-x"]) { id } }'
    data = await door.data(query, {"id": identifier(1)})
    assert data == {
        "node": {"__typename": "Organisation", "id": identifier(1)},
        "nodes": [{"id": identifier(1)}, None],
    }
