"""Saved searches over HTTP: kept, changed, seen by their owner, and nobody else."""

from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, update

from services.access.roles import Role
from services.database import dump_json
from services.notifier.tables import saved_search
from services.settings import Settings
from tests.notifier.support.world import DELIVERIES, SEARCHES, World

URL = "http://127.0.0.1:9/hook"
TURNOVER = {"export": {"turnoverEur": {"min": 1_000_000}}}


def _path(search: dict[str, Any], *parts: str) -> str:
    return "/".join([SEARCHES, search["id"], *parts])


def test_a_saved_search_is_read_as_it_was_written(world: World) -> None:
    criteria = {"kinds": ["coworking"], "notInProvinces": ["BE-WNA"]}
    answer = world.call("POST", SEARCHES, json={"name": " Watched ", "criteria": criteria, "url": URL})
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == _path(made)
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["DWR-Position"] == "1-0"
    read = world.read(made)
    assert made == read | {"secret": made["secret"]}
    assert read["criteria"] == {"kinds": ["coworking"], "not_in_provinces": ["BE-WNA"]}
    assert (read["name"], read["state"], read["reason"], read["since"]) == ("Watched", "active", None, "1-0")
    assert (read["generation"], read["position"]) == (1, 0)


def test_criteria_of_before_are_kept_though_a_list_of_codes_has_changed_since(world: World) -> None:
    search = world.save(URL)
    before = {"communes": ["99999"], "nace": [{"version": "2025", "code": "62010"}]}
    with world.engine.begin() as connection:
        connection.execute(update(saved_search).values(criteria=dump_json(before)))
    assert world.change(search, name="Renamed")["criteria"] == before
    world.ecosystem.publish(1)
    world.match()
    assert world.deliveries(search) == []


def test_the_secret_is_shown_when_it_is_made_and_never_again(world: World) -> None:
    search = world.save(URL)
    shown = [world.call("GET", _path(search)), world.call("GET", SEARCHES)]
    shown.append(world.call("PATCH", _path(search), json={"name": "Other"}, headers={"If-Match": '"1"'}))
    assert all(answer.is_success and search["secret"] not in answer.text for answer in shown)


def test_members_that_are_given_are_replaced_and_the_version_rises(world: World) -> None:
    search = world.save(URL, {"kinds": ["coworking"], "sizeClasses": ["small"]})
    changed = world.change(search, criteria={"kinds": ["epn"]})
    assert changed["criteria"] == {"kinds": ["epn"]}
    assert (changed["name"], changed["version"]) == ("Watched", 2)


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "POST"])
def test_a_stale_version_is_refused_and_nothing_is_written(world: World, method: str) -> None:
    search = world.save(URL)
    world.change(search, name="Changed meanwhile")
    path = _path(search, "secret") if method == "POST" else _path(search)
    body: dict[str, Any] = {"json": {"name": "Late"}} if method == "PATCH" else {}
    stale = world.call(method, path, headers={"If-Match": '"1"'}, **body)
    blind = world.call(method, path, **body)
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/search-changed")
    assert (blind.status_code, blind.json()["errors"][0]["pointer"]) == (428, "header:If-Match")
    assert (world.read(search)["name"], world.read(search)["version"]) == ("Changed meanwhile", 2)


def test_the_list_has_the_callers_own_searches_and_an_operator_sees_all(world: World) -> None:
    first, second = world.save(URL), world.save(URL)
    other = world.save(URL, None, "somebody else")
    own = world.call("GET", SEARCHES).json()["items"]
    every = world.call("GET", SEARCHES, "operator", Role.OPERATOR).json()["items"]
    assert {search["id"] for search in own} == {first["id"], second["id"]}
    assert {search["id"] for search in every} == {first["id"], second["id"], other["id"]}


@pytest.mark.parametrize("role", [None, Role.MODERATOR, Role.AWEX, Role.READER])
def test_the_search_of_somebody_else_does_not_exist(world: World, role: Role | None) -> None:
    search = world.save(URL)
    world.ecosystem.publish(1)
    world.match()
    [delivery] = world.deliveries(search)
    roles = [role] if role else []
    match = {"headers": {"If-Match": '"1"'}}
    answers = [
        world.call("GET", _path(search), "stranger", *roles),
        world.call("PATCH", _path(search), "stranger", *roles, json={"name": "Mine"}, **match),
        world.call("DELETE", _path(search), "stranger", *roles, **match),
        world.call("POST", _path(search, "secret"), "stranger", *roles, **match),
        world.call("POST", _path(search, "test"), "stranger", *roles),
        world.call("POST", _path(search, "replay"), "stranger", *roles, json={"first": "1-1", "last": "1-1"}),
        world.call("GET", _path(search, "deliveries"), "stranger", *roles),
        world.call("GET", f"{DELIVERIES}/{delivery['id']}", "stranger", *roles),
        world.call("POST", f"{DELIVERIES}/{delivery['id']}/redeliver", "stranger", *roles),
    ]
    unknown = world.call("GET", f"{SEARCHES}/search-aaaaaaaaaaaaaaaa", "stranger", *roles)
    assert [answer.status_code for answer in answers] == [404] * 9
    assert answers[0].json()["detail"].replace(search["id"], "search-aaaaaaaaaaaaaaaa") == unknown.json()["detail"]
    assert world.read(search)["version"] == 1


def test_an_operator_may_stop_a_search_of_somebody_else(world: World) -> None:
    search = world.save(URL)
    stopped = world.call(
        "PATCH", _path(search), "operator", Role.OPERATOR, json={"state": "paused"}, headers={"If-Match": '"1"'}
    )
    assert (stopped.status_code, world.read(search)["state"]) == (200, "paused")


def test_without_a_token_nothing_is_answered(world: World) -> None:
    search = world.save(URL)
    answers = [
        world.call_with("GET", SEARCHES),
        world.call_with("POST", SEARCHES, json={"name": "n", "criteria": {}, "url": URL}),
        world.call_with("GET", _path(search)),
        world.call_with("GET", _path(search, "deliveries")),
        world.call_with("GET", SEARCHES, headers={"Authorization": "Bearer nonsense"}),
    ]
    assert [answer.status_code for answer in answers] == [401] * 5


@pytest.mark.parametrize("criteria", [TURNOVER, {"noneOf": [TURNOVER]}], ids=["asked", "left out"])
def test_criteria_on_unpublished_figures_are_refused_to_those_who_may_not_read_them(
    world: World, criteria: dict[str, Any]
) -> None:
    body = {"name": "Large exporters", "criteria": criteria, "url": URL}
    refused = world.call("POST", SEARCHES, json=body)
    search = world.save(URL)
    late = world.call("PATCH", _path(search), json={"criteria": criteria}, headers={"If-Match": '"1"'})
    for answer in (refused, late):
        assert answer.status_code == 403
        assert answer.json()["errors"][0]["pointer"].startswith("/criteria/")
        assert "AWEX" in answer.json()["detail"]
    assert world.call("POST", SEARCHES, "analyst", Role.AWEX, json=body).status_code == 201
    assert [found["criteria"] for found in world.call("GET", SEARCHES).json()["items"]] == [{}]


def test_an_owner_cannot_have_more_searches_than_the_limit(settings: Settings, engine: Engine) -> None:
    world = World(Settings(**{**settings.model_dump(), "searches_per_owner": 2}), engine)
    world.start_at_head()
    world.save(URL)
    world.save(URL)
    refused = world.call("POST", SEARCHES, json={"name": "Third", "criteria": {}, "url": URL})
    assert (refused.status_code, refused.json()["limit"]) == (409, 2)
    world.save(URL, None, "somebody else")


def test_before_the_notifier_has_seen_the_log_it_says_that_it_is_starting(settings: Settings, engine: Engine) -> None:
    world = World(settings, engine)
    answer = world.call("POST", SEARCHES, json={"name": "Early", "criteria": {}, "url": URL})
    assert answer.status_code == 503
    assert "starting" in answer.json()["detail"]


def test_an_address_inside_the_network_is_refused_where_only_public_ones_are_delivered_to(
    settings: Settings, engine: Engine
) -> None:
    world = World(Settings(**{**settings.model_dump(), "webhook_allow_private_networks": False}), engine)
    world.start_at_head()
    for url in ("https://169.254.169.254/latest/meta-data", "http://example.org/hook", "https://2130706433/"):
        answer = world.call("POST", SEARCHES, json={"name": "Inside", "criteria": {}, "url": url})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/url")
    assert world.call("GET", SEARCHES).json()["items"] == []


@pytest.mark.parametrize("path", ["test", "replay", "redeliver"])
def test_nothing_is_sent_for_a_paused_search(world: World, path: str) -> None:
    search = world.save(URL)
    world.ecosystem.publish(1)
    world.match()
    [delivery] = world.deliveries(search)
    world.change(search, state="paused")
    body: dict[str, Any] = {"json": {"first": "1-1", "last": "1-1"}} if path == "replay" else {}
    target = f"{DELIVERIES}/{delivery['id']}/redeliver" if path == "redeliver" else _path(search, path)
    answer = world.call("POST", target, **body)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/search-not-active")
    assert [one["state"] for one in world.deliveries(search)] == ["discarded"]


def test_the_delivery_log_is_paged_without_gap_or_repetition(world: World) -> None:
    search = world.save(URL)
    world.ecosystem.fill(7)
    world.match()
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = world.call("GET", _path(search, "deliveries"), params={"limit": 3, **after}).json()
        found += [delivery["at"] for delivery in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert found == [f"1-{number}" for number in range(7, 0, -1)]


def test_the_delivery_log_is_filtered_by_state(world: World) -> None:
    search = world.save(URL)
    world.ecosystem.publish(1)
    world.match()
    assert len(world.deliveries(search, state="pending")) == 1
    assert world.deliveries(search, state="delivered") == []


def test_problems_have_the_media_type_and_the_members_of_rfc_9457(world: World) -> None:
    answer = world.call("GET", f"{SEARCHES}/search-aaaaaaaaaaaaaaaa")
    _check_problem(answer, 404)


def _check_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "request_id"} <= answer.json().keys()
