"""Pages of the feed."""

import json
import threading
from typing import Any

import httpx
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.cloudevents import entry_from
from services.events.contracts.vocabulary import View
from tests.events.entries import Ecosystem, organisation_id

FEED = "/events/v1/feed"
RESTRICTED = {"turnover": {"eur": 7_654_321.0, "year": 2025}}


def page(client: httpx.Client, **parameters: Any) -> dict[str, Any]:
    answer = client.get(FEED, params=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    found: dict[str, Any] = answer.json()
    return found


def positions(found: dict[str, Any]) -> list[int]:
    return [event["data"]["position"] for event in found["events"]]


class TestPages:
    def test_the_pages_of_the_log_are_the_log(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.fill(25)
        seen: list[int] = []
        address = FEED + "?limit=10"
        while True:
            found = client.get(address).json()
            seen += positions(found)
            address = found["next"]
            if not found["more"]:
                break
        assert seen == list(range(1, 26))
        assert (found["generation"], found["position"]) == (1, 25)

    def test_an_event_is_a_structured_cloud_event(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        entry = ecosystem.publish(7)
        (event,) = page(client)["events"]
        assert event["specversion"] == "1.0"
        assert event["id"] == entry.event_id
        assert event["type"] == "be.digitalwallonia.registry.profile-published.v1"
        assert event["subject"] == f"{ORGANISATION}/{organisation_id(7)}"
        assert event["data"]["document"]["slug"] == "organisation-7"
        assert client.get(event["dataschema"].partition(":8000")[2]).status_code == 200

    def test_the_events_of_a_page_are_a_batch_for_those_who_ask_for_one(
        self, client: httpx.Client, ecosystem: Ecosystem
    ) -> None:
        ecosystem.fill(3)
        address, seen = f"{FEED}?limit=2", []
        for size in (2, 1, 0):
            answer = client.get(address, headers={"Accept": "application/cloudevents-batch+json"})
            assert answer.headers["content-type"] == "application/cloudevents-batch+json"
            batch = [JSONFormat().read(CloudEvent, json.dumps(event)) for event in answer.json()]
            assert len(batch) == size
            seen += [entry_from(event, event["data"]).position.number for event in answer.json()]
            address = answer.links["next"]["url"]
        assert seen == [1, 2, 3]
        assert client.get(FEED).links["next"]["url"] == client.get(FEED).json()["next"]

    def test_every_answer_tells_the_position_of_the_log(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.fill(25)
        for address in (FEED, FEED + "?limit=3", "/events/v1/digest", "/events/v1/snapshots/current"):
            assert client.get(address).headers["DWR-Position"] == "1-25"

    def test_an_empty_log_has_an_empty_page(self, client: httpx.Client) -> None:
        assert page(client) == {
            "generation": 1,
            "position": 0,
            "more": False,
            "events": [],
            "next": FEED + "?after=1-0",
        }

    def test_hidden_entries_keep_their_place(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.hide(1)
        ecosystem.publish(1)
        hidden, _ = page(client)["events"]
        assert hidden["data"]["visibility"] == "hidden"
        assert hidden["data"]["document"] is None
        assert hidden["data"]["changes"] == []


class TestCaching:
    def test_a_full_page_of_the_past_stays_the_same(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.fill(10)
        first = client.get(FEED, params={"limit": 5})
        ecosystem.fill(10, first=20)
        second = client.get(FEED, params={"limit": 5})
        assert first.content == second.content
        assert first.headers["ETag"] == second.headers["ETag"]
        assert "max-age=86400" in first.headers["Cache-Control"]

    def test_the_last_page_is_asked_for_again(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.fill(5)
        answer = client.get(FEED, params={"limit": 5})
        assert answer.headers["Cache-Control"] == "public, no-cache"
        again = client.get(FEED, params={"limit": 5}, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    def test_a_page_by_criteria_is_not_kept_because_labels_end(
        self, client: httpx.Client, ecosystem: Ecosystem
    ) -> None:
        ecosystem.fill(10)
        answer = client.get(FEED, params={"limit": 5, "criteria": "{}"})
        assert "no-cache" in answer.headers["Cache-Control"]


class TestFilters:
    def test_types_and_kinds(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.hide(1)
        ecosystem.publish(1)
        ecosystem.publish(1, size_class="micro")
        assert positions(page(client, types="profile-published,profile-changed")) == [2, 3]
        assert positions(page(client, types=["profile-published", "organisation-registered"])) == [1, 2]
        assert positions(page(client, types="be.digitalwallonia.registry.profile-changed.v1")) == [3]
        assert positions(page(client, kinds="organisation")) == [1, 2, 3]

    def test_entries_about_the_registry_are_a_kind_of_their_own(
        self, client: httpx.Client, ecosystem: Ecosystem
    ) -> None:
        ecosystem.publish(1)
        beat = ecosystem.beat()
        (event,) = page(client, kinds="registry")["events"]
        assert event["subject"] == "registry/registry"
        assert event["type"] == "be.digitalwallonia.registry.registry-heartbeat.v1"
        assert event["data"] == beat.data(View.PUBLIC)
        assert positions(page(client, types="registry-heartbeat")) == [2]
        assert positions(page(client, kinds="registry,organisation")) == positions(page(client)) == [1, 2]
        assert positions(page(client, criteria="{}")) == [1]

    def test_criteria_are_met_after_or_before_the_change(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.publish(1)
        ecosystem.publish(1, size_class="micro")
        ecosystem.publish(1, size_class="micro", axes=["1.1.1"])
        ecosystem.publish(1)
        ecosystem.publish(1, axes=["1.1.1"])
        ecosystem.publish(2, size_class="micro")
        ecosystem.archive(2)
        ecosystem.hide(3)
        found = page(client, criteria='{"sizeClasses": ["micro"]}')
        assert positions(found) == [2, 3, 4, 6, 7]
        assert found["position"] == 8

    def test_a_person_who_withdraws_is_told_to_who_may_have_shown_it(
        self, client: httpx.Client, ecosystem: Ecosystem
    ) -> None:
        ecosystem.publish(1, size_class="micro")
        ecosystem.withdraw(1)
        assert positions(page(client, criteria='{"sizeClasses": ["micro"]}')) == [1, 2]

    def test_a_page_that_a_filter_leaves_empty_moves_on(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.fill(20)
        found = page(client, types="label-granted")
        assert (found["events"], found["position"]) == ([], 20)
        assert found["next"] == FEED + "?types=label-granted&after=1-20"

    def test_a_filtered_page_looks_at_so_many_entries_only(
        self, client: httpx.Client, ecosystem: Ecosystem, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("services.events.feed.pages.MOST_READ", 10)
        ecosystem.fill(20)
        found = page(client, types="label-granted")
        assert (found["position"], found["more"]) == (10, True)


class TestViews:
    def test_the_internal_view_has_the_restricted_part(
        self, client: httpx.Client, ecosystem: Ecosystem, reader: dict[str, str]
    ) -> None:
        ecosystem.publish(1, RESTRICTED)
        answer = client.get(FEED, params={"view": "internal"}, headers=reader)
        assert answer.json()["events"][0]["data"]["restricted"] == RESTRICTED
        assert answer.headers["Cache-Control"].startswith("private")
        assert "7654321" not in client.get(FEED).text

    def test_turnover_can_be_asked_of_the_internal_view_alone(
        self, client: httpx.Client, ecosystem: Ecosystem, reader: dict[str, str]
    ) -> None:
        ecosystem.publish(1, RESTRICTED)
        ecosystem.publish(2)
        asked = {"criteria": '{"export": {"turnover_eur": {"min": 1000}}}'}
        refused = client.get(FEED, params=asked)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "restricted")
        found = client.get(FEED, params={**asked, "view": "internal"}, headers=reader).json()
        assert positions(found) == [1]

    @pytest.mark.parametrize("address", [FEED, FEED + "/stream", "/events/v1/snapshots/current", "/events/v1/digest"])
    def test_the_internal_view_is_for_readers(self, client: httpx.Client, service: Any, address: str) -> None:
        asked = address + "?view=internal"
        assert client.get(asked).status_code == 401
        member = {"Authorization": f"Bearer {service.token()}"}
        assert client.get(asked, headers=member).status_code == 403
        assert client.get(asked, headers={"Authorization": "Bearer nonsense"}).status_code == 401


class TestWaiting:
    def test_a_long_poll_is_answered_when_something_comes(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        later = threading.Timer(0.3, lambda: ecosystem.publish(1))
        later.start()
        found = page(client, wait=10)
        assert positions(found) == [1]

    def test_a_long_poll_ends_empty_after_its_time(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.fill(3)
        found = page(client, after="1-3", wait=0.2)
        assert (found["events"], found["position"]) == ([], 3)

    def test_a_position_that_was_written_can_be_waited_for(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.fill(2)
        assert positions(page(client, at_least="1-2", wait=10)) == [1, 2]
        later = threading.Timer(0.3, lambda: ecosystem.fill(2, first=10))
        later.start()
        found = page(client, after="1-2", at_least="1-4", wait=10)
        assert positions(found) == [3, 4]
        assert "at_least" not in found["next"]

    def test_one_that_does_not_come_in_time_is_told(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.fill(2)
        answer = client.get(FEED, params={"at_least": "1-3", "wait": 0.2})
        assert (answer.status_code, answer.json()["head"]) == (409, "1-2")
        with ecosystem.restored_to_now():
            ecosystem.publish(9)
        ecosystem.fill(2, first=20)
        lost = client.get(FEED, params={"at_least": "1-3", "wait": 10})
        assert (lost.status_code, lost.json()["type"]) == (410, "/problems/position-beyond-fork")

    def test_a_long_poll_ends_when_the_process_does(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        later = threading.Timer(0.3, ecosystem.signal.close)
        later.start()
        assert page(client, wait=30)["events"] == []


WRONG = [
    ({"limit": 0}, 400, "query:limit"),
    ({"limit": 1001}, 400, "query:limit"),
    ({"limit": "ten"}, 400, "query:limit"),
    ({"wait": 31}, 400, "query:wait"),
    ({"wait": "nan"}, 400, "query:wait"),
    ({"after": "57"}, 400, "query:after"),
    ({"at_least": "57"}, 400, "query:at_least"),
    ({"after": "0-57"}, 400, "query:after"),
    ({"view": "private"}, 400, "query:view"),
    ({"types": "profile-exploded"}, 400, "query:types"),
    ({"types": ""}, 400, "query:types"),
    ({"kinds": "measure"}, 400, "query:kinds"),
    ({"criteria": "{"}, 400, "query:criteria"),
    ({"criteria": "[]"}, 400, "query:criteria"),
    ({"criteria": '{"kinds": ["company"], "kinds": ["epn"]}'}, 400, "query:criteria"),
    ({"criteria": '{"kind": ["company"]}'}, 400, "query:criteria/kind"),
    ({"criteria": '{"kinds": ["brewery"]}'}, 400, "query:criteria/kinds/0"),
    ({"criteria": '{"near": {"point": {"longitude": 4.8, "latitude": 50.4}}}'}, 400, "query:criteria/near"),
    ({"criteria": '{"communes": ["92094", "99999"]}'}, 400, "query:criteria/communes/1"),
    ({"criteria": '{"noneOf": [{"communes": ["21004"]}]}'}, 400, "query:criteria/noneOf/0/communes/0"),
    ({"criteria": '{"nace": [{"version": "2025", "code": "62010"}]}'}, 400, "query:criteria/nace/0/code"),
    ({"cursor": "1-57"}, 400, "query:cursor"),
    ({"limit": [1, 2]}, 400, "query:limit"),
]


@pytest.mark.parametrize(("parameters", "status", "pointer"), WRONG)
def test_a_wrong_parameter_is_named(
    client: httpx.Client, parameters: dict[str, Any], status: int, pointer: str
) -> None:
    answer = client.get(FEED, params=parameters)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


class TestPositions:
    def test_a_position_ahead_of_the_log(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.fill(3)
        for asked in ("1-4", "2-1"):
            answer = client.get(FEED, params={"after": asked})
            assert (answer.status_code, answer.json()["type"]) == (409, "/problems/position-ahead")
            assert answer.json()["head"] == "1-3"

    def test_a_position_beyond_the_fork(self, client: httpx.Client, ecosystem: Ecosystem) -> None:
        ecosystem.fill(3)
        with ecosystem.restored_to_now():
            ecosystem.fill(3, first=10)
        answer = client.get(FEED, params={"after": "1-5"})
        assert (answer.status_code, answer.json()["type"]) == (410, "/problems/position-beyond-fork")
        assert answer.json()["snapshot"] == "/events/v1/snapshots/current"
        found = page(client, after="1-3")
        assert (found["generation"], found["position"]) == (2, 3)
