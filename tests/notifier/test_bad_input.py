"""For every endpoint: what is wrong is named with its place, and nothing is written."""

from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select

from services.notifier.tables import delivery, saved_search
from tests.notifier.support.world import DELIVERIES, SEARCHES, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is refused never reaches the database: one kind of it is enough."""

URL = "http://127.0.0.1:9/hook"
GOOD = {"name": "Watched", "criteria": {}, "url": URL}


class Case(NamedTuple):
    """A request with one mistake in it; `{search}` and `{delivery}` stand for things that exist."""

    label: str
    method: str
    path: str
    status: int
    pointer: str
    body: Any = None
    headers: dict[str, str] = {}  # noqa: RUF012 - a named tuple's default, never changed


SEARCH = f"{SEARCHES}/{{search}}"
MATCH = {"If-Match": '"1"'}


def _post(label: str, pointer: str, status: int = 422, **members: Any) -> Case:
    return Case(f"save: {label}", "POST", SEARCHES, status, pointer, {**GOOD, **members})


def _patch(label: str, pointer: str, body: Any, status: int = 422) -> Case:
    return Case(f"change: {label}", "PATCH", SEARCH, status, pointer, body, MATCH)


CASES = [
    _post("name of the wrong type", "/name", name=7),
    _post("name too long", "/name", name="x" * 201),
    _post("name empty", "/name", name="  "),
    _post("control character", "/name", name="a\u0001b"),
    _post("unknown field", "/colour", colour="red"),
    _post("criteria of the wrong type", "/criteria", criteria=[]),
    _post("unknown criterion", "/criteria/colour", criteria={"colour": ["red"]}),
    _post("unknown kind", "/criteria/kinds/0", criteria={"kinds": ["casino"]}),
    _post("empty list", "/criteria/kinds", criteria={"kinds": []}),
    _post("unknown province", "/criteria/provinces/0", criteria={"provinces": ["BE-VAN"]}),
    _post("unknown commune", "/criteria/communes/0", criteria={"communes": ["99999"]}),
    _post("unknown commune to leave out", "/criteria/notInCommunes/1", criteria={"notInCommunes": ["92094", "99999"]}),
    _post("unknown commune in none of", "/criteria/noneOf/0/communes/0", criteria={"noneOf": [{"communes": ["1"]}]}),
    _post("NACE code of another version", "/criteria/nace/0/code", criteria={
        "nace": [{"version": "2025", "code": "62010"}]
    }),
    _post("unknown country", "/criteria/export/activeMarkets/0", criteria={"export": {"activeMarkets": ["XX"]}}),
    _post("unknown scheme", "/criteria/categories/0/0/scheme", criteria={
        "categories": [[{"scheme": "colours", "code": "red"}]]
    }),
    _post("invalid number", "/criteria/enterpriseNumbers/0", criteria={"enterpriseNumbers": ["0403227500"]}),
    _post("range upside down", "/criteria/export/sharePercent", criteria={
        "export": {"sharePercent": {"min": 2, "max": 1}}
    }),
    _post("radius of the wrong type", "/criteria/near/radiusKm", criteria={
        "near": {"point": {"longitude": 4.8, "latitude": 50.4}, "radiusKm": "5"}
    }),
    _post("address that is none", "/url", url="hook"),
    _post("address too long", "/url", url="https://example.org/" + "x" * 2_000),
    _post("address with a password", "/url", url="https://a:b@example.org/"),
    _post("host with an empty part", "/url", url="https://a..example/"),
    _post("host part too long", "/url", url=f"https://{'a' * 64}.example/"),
    _post("host that is none", "/url", url="https://%00.example/"),
    _post("port that is none", "/url", url="https://partner.example:0/"),
    _post("criterion in two spellings", "/criteria/size_classes", criteria={
        "size_classes": ["small"], "sizeClasses": ["large"]
    }),
    Case("save: nothing", "POST", SEARCHES, 422, "/name", {}),
    Case("save: a list", "POST", SEARCHES, 422, "", []),
    _patch("name removed", "/name", {"name": None}),
    _patch("criteria removed", "/criteria", {"criteria": None}),
    _patch("unknown field", "/owner", {"owner": "me"}),
    _patch("unknown state", "/state", {"state": "disabled"}),
    _patch("unknown code", "/criteria/axes/0", {"criteria": {"axes": ["9.9.9"]}}),
    _patch("address that is none", "/url", {"url": "ftp://example.org/"}),
    Case("change: no version", "PATCH", SEARCH, 428, "header:If-Match", {"name": "n"}),
    *(
        Case(f"change: version {sent}", "PATCH", SEARCH, 400, "header:If-Match", {"name": "n"}, {"If-Match": sent})
        for sent in ("one", "1", 'W/"1"', "*", '"0"', '"1", "2"')
    ),
    Case("delete: version that is none", "DELETE", SEARCH, 400, "header:If-Match", None, {"If-Match": "one"}),
    Case("delete: no version", "DELETE", SEARCH, 428, "header:If-Match"),
    Case("rotate: stale version", "POST", f"{SEARCH}/secret", 412, "header:If-Match", None, {"If-Match": '"9"'}),
    Case("delete: body", "DELETE", SEARCH, 400, "", {"name": "n"}, MATCH),
    Case("rotate: body", "POST", f"{SEARCH}/secret", 400, "", {}, MATCH),
    Case("test: body", "POST", f"{SEARCH}/test", 400, "", {"position": "1-1"}),
    Case("redeliver: body", "POST", f"{DELIVERIES}/{{delivery}}/redeliver", 400, "", []),
    Case("list: body", "GET", SEARCHES, 400, "", {"limit": 5}),
    Case("list: unknown parameter", "GET", f"{SEARCHES}?page=2", 400, "query:page"),
    Case("log: unknown state", "GET", f"{SEARCH}/deliveries?state=lost", 400, "query:state"),
    Case("log: limit too high", "GET", f"{SEARCH}/deliveries?limit=101", 400, "query:limit"),
    Case("log: limit of the wrong type", "GET", f"{SEARCH}/deliveries?limit=few", 400, "query:limit"),
    Case("log: cursor that is none", "GET", f"{SEARCH}/deliveries?after=5", 400, "query:after"),
    Case("log: cursor of nothing", "GET", f"{SEARCH}/deliveries?after=delivery-{'a' * 16}", 400, "query:after"),
    Case("log: limit twice", "GET", f"{SEARCH}/deliveries?limit=1&limit=2", 400, "query:limit"),
    Case("log: unknown parameter", "GET", f"{SEARCH}/deliveries?sort=at", 400, "query:sort"),
    Case("replay: position that is none", "POST", f"{SEARCH}/replay", 422, "/first", {"first": 5, "last": "1-9"}),
    Case("replay: no end", "POST", f"{SEARCH}/replay", 422, "/last", {"first": "1-5"}),
    Case("replay: upside down", "POST", f"{SEARCH}/replay", 422, "/last", {"first": "1-5", "last": "1-4"}),
    Case("replay: beyond the log", "POST", f"{SEARCH}/replay", 422, "/last", {"first": "1-1", "last": "9-9"}),
    Case("replay: unknown field", "POST", f"{SEARCH}/replay", 422, "/all", {"first": "1-1", "last": "1-2", "all": 1}),
    Case("test: unknown parameter", "POST", f"{SEARCH}/test?now=1", 400, "query:now"),
    Case("redeliver: unknown parameter", "POST", f"{DELIVERIES}/{{delivery}}/redeliver?now=1", 400, "query:now"),
    Case("read delivery: unknown parameter", "GET", f"{DELIVERIES}/{{delivery}}?full=1", 400, "query:full"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_mistake_is_named_and_nothing_is_written(world: World, case: Case) -> None:
    search = world.save(URL)
    world.ecosystem.publish(1)
    world.match()
    [made] = world.deliveries(search)
    before = _everything(world)
    path = case.path.format(search=search["id"], delivery=made["id"])
    body = {} if case.body is None else {"json": case.body}
    answer = world.call(case.method, path, headers=case.headers, **body)
    assert answer.status_code == case.status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert case.pointer in [error["pointer"] for error in answer.json()["errors"]], answer.text
    assert _everything(world) == before


@pytest.mark.parametrize("path", [SEARCHES, f"{SEARCH}/replay"])
@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [(b"{", "application/json", 400), (b"{}", "text/plain", 415), (b'{"name":NaN}', "application/json", 400)],
)
def test_a_body_that_is_no_json_is_refused(
    world: World, path: str, content: bytes, media_type: str, status: int
) -> None:
    search = world.save(URL)
    answer = world.call("POST", path.format(search=search["id"]), content=content, headers={"content-type": media_type})
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", SEARCHES + "/search-aaaaaaaaaaaaaaaa"),
        ("GET", SEARCHES + "/nonsense"),
        ("GET", SEARCHES + "/search-aaaaaaaaaaaaaaaa/deliveries"),
        ("POST", SEARCHES + "/search-aaaaaaaaaaaaaaaa/test"),
        ("GET", DELIVERIES + "/delivery-aaaaaaaaaaaaaaaa"),
        ("POST", DELIVERIES + "/nonsense/redeliver"),
        ("GET", "/notifier/v1/nothing"),
    ],
)
def test_what_does_not_exist_is_not_found(world: World, method: str, path: str) -> None:
    assert world.call(method, path).status_code == 404


def _everything(world: World) -> tuple[Any, ...]:
    with world.engine.connect() as connection:
        found = connection.execute(select(saved_search).order_by("id")).all()
        sent = connection.execute(select(delivery.c.id, delivery.c.state, delivery.c.next_ms).order_by("id")).all()
        return tuple(found), tuple(sent), connection.execute(select(func.count()).select_from(delivery)).scalar_one()
