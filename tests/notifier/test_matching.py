"""Which changes are delivered for which search, and as what."""

from typing import Any

import pytest
from sqlalchemy import Engine

from services.access.roles import Role
from services.events.contracts.position import Position
from services.events.following.protocol import Snapshot
from services.notifier.matching import Matcher
from services.settings import Settings
from tests.events.entries import organisation_id
from tests.notifier.support.world import SEARCHES, World

URL = "http://127.0.0.1:9/hook"
COWORKING = {"profiles": {"coworking": {"desks": 12}}}
COMPANY: dict[str, Any] = {"profiles": {"company": {}}}
COWORKINGS = {"kinds": ["coworking"]}


def test_an_organisation_enters_changes_in_and_leaves_a_search(world: World) -> None:
    search = world.save(URL, COWORKINGS)
    world.ecosystem.publish(1, **COMPANY)
    world.ecosystem.publish(1, **COWORKING)
    world.ecosystem.publish(1, **COWORKING, size_class="small")
    world.ecosystem.publish(1, **COMPANY)
    world.match()
    assert world.transitions(search) == [(2, "entered"), (3, "changed"), (4, "left")]


def test_publication_and_archiving_are_entering_and_leaving(world: World) -> None:
    search = world.save(URL)
    world.ecosystem.publish(1)
    world.ecosystem.archive(1)
    world.match()
    assert world.transitions(search) == [(1, "entered"), (2, "left")]


def test_what_never_matches_and_what_is_hidden_is_not_delivered(world: World) -> None:
    search = world.save(URL, COWORKINGS)
    world.ecosystem.hide(1)
    world.ecosystem.publish(2, **COMPANY)
    world.ecosystem.archive(2)
    world.match()
    assert world.transitions(search) == []


def test_an_entry_that_changes_nothing_public_is_not_delivered(world: World) -> None:
    search = world.save(URL)
    world.ecosystem.publish(1, {"turnover": {"eur": 1.0, "year": 2025}})
    world.ecosystem.publish(1, {"turnover": {"eur": 2.0, "year": 2025}})
    world.match()
    assert world.transitions(search) == [(1, "entered")]


def test_a_person_who_withdraws_leaves_the_searches_although_what_was_shown_is_not_told_again(world: World) -> None:
    place = {"address": {"locality": "Namur", "point": {"longitude": 4.87, "latitude": 50.47}}}
    near = world.save(URL, {"box": {"west": 4.8, "south": 50.4, "east": 4.9, "north": 50.5}})
    anybody = world.save(URL)
    world.ecosystem.publish(1, establishments=[place])
    world.ecosystem.withdraw(1, establishments=[{"address": {"locality": "Namur"}}])
    world.ecosystem.withdraw(1)
    world.match()
    assert world.transitions(near)[:2] == [(1, "entered"), (2, "left")]
    assert world.transitions(anybody) == [(1, "entered"), (3, "left")]


def test_entries_that_come_again_have_no_effect(world: World) -> None:
    search = world.save(URL)
    world.ecosystem.publish(1)
    entries = world.match()
    world.ecosystem.publish(2)
    world.matcher.apply([*entries, *world.match()])
    world.matcher.apply(entries)
    assert world.transitions(search) == [(1, "entered"), (2, "entered")]
    assert str(world.matcher.position) == "1-2"


def test_two_notifiers_that_match_the_same_entries_deliver_each_once(
    world: World, settings: Settings, engine: Engine
) -> None:
    search = world.save(URL)
    world.ecosystem.publish(1)
    other = Matcher(settings, engine)
    other.apply(world.match())
    assert world.transitions(search) == [(1, "entered")]


def test_what_was_accepted_before_the_search_was_saved_is_not_delivered(world: World) -> None:
    world.ecosystem.publish(1)
    search = world.save(URL)
    world.ecosystem.publish(1, size_class="small")
    world.match()
    assert search["since"] == "1-1"
    assert world.transitions(search) == [(2, "changed")]


def test_a_search_that_another_process_changed_is_matched_as_it_is_now(world: World) -> None:
    search = world.save(URL, COWORKINGS)
    world.ecosystem.publish(1, **COMPANY)
    world.match()
    world.change(search, criteria={"kinds": ["company"]})
    world.ecosystem.publish(2, **COMPANY)
    world.match()
    assert world.transitions(search) == [(2, "entered")]


def test_nothing_is_matched_while_a_search_is_paused_and_nothing_of_that_time_comes_later(world: World) -> None:
    search = world.save(URL)
    world.change(search, state="paused")
    world.ecosystem.publish(1)
    resumed = world.change(search, state="active")
    world.ecosystem.publish(2)
    world.match()
    assert resumed["since"] == "1-1"
    assert world.transitions(search) == [(2, "entered")]


def test_a_deleted_search_is_not_matched(world: World) -> None:
    search = world.save(URL)
    path = f"{SEARCHES}/{search['id']}"
    assert world.call("DELETE", path, headers={"If-Match": '"1"'}).status_code == 204
    world.ecosystem.publish(1)
    world.match()
    assert world.call("GET", path).status_code == 404


def test_unpublished_figures_count_for_those_who_may_read_them_only(world: World) -> None:
    share = {"export": {"sharePercent": {"min": 30}}}
    partner, analyst = world.save(URL, share), world.save(URL, share, "analyst", Role.AWEX)
    world.ecosystem.publish(1, {"export_share": {"percent": 40.0, "year": 2025, "source": "declared"}})
    world.match()
    assert world.deliveries(partner) == []
    path = f"{SEARCHES}/{analyst['id']}/deliveries"
    assert len(world.call("GET", path, "analyst").json()["items"]) == 1


def test_a_payload_is_the_public_event_and_says_why_it_is_sent(world: World) -> None:
    search = world.save(URL)
    entry = world.ecosystem.publish(1, {"turnover": {"eur": 4_711_815.0, "year": 2025}})
    world.match()
    [payload] = world.payloads(search)
    [delivery] = world.deliveries(search)
    assert payload["id"] == entry.event_id
    assert payload["type"] == "be.digitalwallonia.registry.profile-published.v1"
    assert (payload["searchid"], payload["searchname"]) == (search["id"], "Watched")
    assert (payload["transition"], payload["deliveryid"]) == ("entered", delivery["id"])
    assert (payload["data"]["generation"], payload["data"]["position"]) == (1, 1)
    assert payload["data"]["document"]["title"] == {"fr": "Organisation 1"}


def test_a_restricted_figure_is_in_no_payload_not_even_for_those_who_may_read_it(world: World) -> None:
    search = world.save(URL, {"export": {"turnoverEur": {"min": 1}}}, "analyst", Role.AWEX)
    world.ecosystem.publish(1, {"turnover": {"eur": 4_711_815.0, "year": 2025}})
    world.ecosystem.publish(1, {"turnover": {"eur": 4_711_816.0, "year": 2025}})
    world.match()
    items = world.call("GET", f"{SEARCHES}/{search['id']}/deliveries", "analyst").json()["items"]
    payloads = [world.call("GET", f"/notifier/v1/deliveries/{item['id']}", "analyst").text for item in items]
    assert [item["transition"] for item in items] == ["changed", "entered"]
    assert all("47118" not in payload and "restricted" not in payload for payload in payloads)


def test_an_event_of_more_than_20_kilobytes_is_sent_thin_with_a_link_to_the_whole(world: World) -> None:
    search = world.save(URL)
    long: dict[str, Any] = {"description": {"fr": "é" * 9_990}}
    world.ecosystem.publish(1)
    world.ecosystem.publish(1, **long)
    world.match()
    _, payload = world.payloads(search)
    assert "document" not in payload["data"]
    assert payload["data"]["changes"] == [{"path": "/description"}]
    assert payload["data"]["subject"] == {"kind": "organisation", "id": organisation_id(1)}
    assert payload["dataref"] == "https://registry.example/events/v1/feed?after=1-1&limit=1"
    assert "dataschema" not in payload


def test_changes_that_a_snapshot_leaps_over_raise_an_alarm(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    world.matcher.load(Snapshot(Position(1, 9), 0, "", ()))
    # Where it is written depends on whether a test before this one has set the logs up.
    assert "changes_not_matched" in capsys.readouterr().out + caplog.text
    assert str(world.matcher.position) == "1-9"


def test_a_first_start_raises_none(settings: Settings, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    matcher = Matcher(settings, engine)
    assert (matcher.position, matcher.published_ms) == (None, 0)
    matcher.load(Snapshot(Position(1, 9), 77, "", ()))
    assert (str(matcher.position), matcher.published_ms) == ("1-9", 77)
    assert "changes_not_matched" not in capsys.readouterr().out
