"""What a subscriber is told: every change that concerns it, as it was, once and in order."""

import threading
from typing import Any

import pytest

from services.events.contracts.position import Position
from tests.events.entries import organisation_id
from tests.graphql_api.subscriptions.stage import CHANGES, Client, Stage

MICRO = {"sizeClasses": ["micro"]}


def seen(client: Client, count: int) -> list[tuple[str, str]]:
    return [(change["position"], change["transition"]) for change in (client.change() for _ in range(count))]


def test_a_change_is_told_with_the_organisation_before_and_after_it(world: Stage) -> None:
    world.ecosystem.publish(1, size_class="micro")
    world.caught_up()
    with world.client() as client:
        client.subscribe()
        world.ecosystem.publish(1, size_class="small")
        assert client.change() == {
            "position": "1-2",
            "type": "profile-changed",
            "transition": "changed",
            "organisationId": organisation_id(1),
            "version": 2,
            "redirect": None,
            "changes": [{"path": "/size_class", "before": "micro", "after": "small"}],
            "organisation": {"slug": "organisation-1", "title": {"text": "Organisation 1"}, "sizeClass": "small"},
            "before": {"sizeClass": "micro"},
        }


def test_an_organisation_enters_changes_and_leaves_the_filter(world: Stage) -> None:
    with world.client() as client:
        client.subscribe(filter=MICRO)
        world.ecosystem.publish(2, size_class="large")  # never meant
        world.ecosystem.hide(3)  # a draft
        world.ecosystem.publish(1, size_class="micro")
        world.ecosystem.publish(1, size_class="micro", phone="+3281000000")
        world.ecosystem.publish(1, size_class="small")
        world.ecosystem.publish(1, size_class="micro")
        world.ecosystem.archive(1)
        found = [client.change() for _ in range(5)]
    assert [(one["position"], one["transition"]) for one in found] == [
        ("1-3", "entered"),
        ("1-4", "changed"),
        ("1-5", "left"),
        ("1-6", "entered"),
        ("1-7", "left"),
    ]
    assert [one["organisation"] and one["organisation"]["sizeClass"] for one in found] == [
        "micro", "micro", "small", "micro", None,
    ]  # fmt: skip
    assert [one["before"] and one["before"]["sizeClass"] for one in found] == [None, "micro", "micro", "small", "micro"]


def test_the_organisation_is_shown_as_it_was_at_the_position_and_not_as_it_is_now(world: Stage) -> None:
    sizes = ["micro", "small", "medium", "large"]
    for size in sizes:
        world.ecosystem.publish(1, size_class=size)
    world.caught_up()
    with world.client() as client:
        client.subscribe(after="1-0")
        assert [client.change()["organisation"]["sizeClass"] for _ in sizes] == sizes


def test_types_choose_events_by_either_of_their_names(world: Stage) -> None:
    with world.client() as client:
        client.subscribe(types=["be.digitalwallonia.registry.profile-changed.v1", "organisation-archived"])
        world.ecosystem.publish(1)
        world.ecosystem.publish(1, size_class="small")
        world.ecosystem.archive(1)
        assert [client.change()["type"] for _ in range(2)] == ["profile-changed", "organisation-archived"]


def test_a_list_and_the_changes_after_its_position_make_the_present_list(world: Stage) -> None:
    """What a front end does: load the list, subscribe from its position, apply what comes."""
    world.ecosystem.fill(20)
    world.caught_up()
    query = "query { organisations(first: 100) { nodes { id sizeClass } } }"
    with world.client() as client:
        client.subscribe(query, "list")
        listed = client.receive()["payload"]
        assert client.receive() == {"type": "complete", "id": "list"}
        world.ecosystem.publish(3, size_class="small")
        world.ecosystem.archive(4)
        world.ecosystem.publish(50)
        client.subscribe(after=listed["extensions"]["position"])
        held = {node["id"]: node["sizeClass"] for node in listed["data"]["organisations"]["nodes"]}
        for _ in range(3):
            apply(held, client.change())
        client.subscribe(query, "again")
        again = client.receive()["payload"]["data"]["organisations"]["nodes"]
    assert held == {node["id"]: node["sizeClass"] for node in again}


def apply(held: dict[str, Any], change: dict[str, Any]) -> None:
    if change["transition"] == "left":
        held.pop(change["organisationId"], None)
    else:
        held[change["organisationId"]] = change["organisation"]["sizeClass"]


def test_a_lost_connection_is_resumed_without_gap_or_duplicate_while_writes_go_on(world: Stage) -> None:
    count = 60

    def write() -> None:
        for number in range(count):
            world.ecosystem.publish(number % 7, size_class=("micro", "small")[number % 2], phone=f"+3281{number:06}")

    writing = threading.Thread(target=write)
    writing.start()
    found: list[str] = []
    after = "1-0"
    while len(found) < count:
        with world.client() as client:
            client.subscribe(after=after)
            for _ in range(min(7, count - len(found))):
                after = client.change()["position"]
                found.append(after)
            client.connection.socket.close()  # the line breaks: nobody says goodbye
    writing.join()
    assert found == [f"1-{number}" for number in range(1, count + 1)]


def test_a_subscriber_that_was_away_for_longer_than_the_memory_goes_is_served_from_the_log(world: Stage) -> None:
    world.ecosystem.fill(2_500)
    world.caught_up()
    assert world.hub.window.after(Position(1, 0), 1) is None
    with world.client() as client:
        client.subscribe(after="1-0")
        assert [client.change()["position"] for _ in range(2_500)] == [f"1-{number}" for number in range(1, 2_501)]
        world.ecosystem.publish(1, size_class="small")
        assert client.change()["position"] == "1-2501"


@pytest.mark.parametrize(
    ("after", "code", "member"),
    [("1-99", "POSITION_AHEAD", "head"), ("2-1", "POSITION_AHEAD", "head")],
    ids=["beyond the head", "of a generation to come"],
)
def test_a_position_that_was_never_given_is_a_typed_error(world: Stage, after: str, code: str, member: str) -> None:
    world.ecosystem.publish(1)
    world.caught_up()
    with world.client() as client:
        client.subscribe(after=after)
        refusal = client.refusal()
        assert (refusal["code"], refusal["asked"], refusal[member]) == (code, after, "1-1")
        client.subscribe(after="1-0")  # the socket goes on, and the id is free
        assert client.change()["position"] == "1-1"


def test_after_a_restore_who_stands_beyond_the_fork_is_told_so_and_who_does_not_goes_on(world: Stage) -> None:
    world.ecosystem.publish(1)
    with world.ecosystem.restored_to_now():
        world.ecosystem.publish(2)
        world.caught_up()
        with world.client() as client:
            client.subscribe(after="1-1")
            assert client.change()["position"] == "1-2"
    world.ecosystem.publish(3)
    world.caught_up()
    with world.client() as client:
        client.subscribe(after="1-2")
        refusal = client.refusal()
        assert (refusal["code"], refusal["forked_at"], refusal["status"]) == ("POSITION_BEYOND_FORK", 1, 410)
        client.subscribe(after="1-1")
        assert client.change()["position"] == "2-2"


def test_a_subscriber_that_was_connected_during_a_restore_is_told_so(world: Stage) -> None:
    world.ecosystem.publish(1)
    world.caught_up()
    with world.client() as client:
        with world.ecosystem.restored_to_now():
            client.subscribe(after="1-1")
            world.ecosystem.publish(2)
            assert client.change()["position"] == "1-2"
        world.ecosystem.publish(3)
        world.ecosystem.publish(4)
        assert client.refusal()["code"] == "POSITION_BEYOND_FORK"


def test_a_subscriber_at_the_head_goes_on_in_the_new_generation(world: Stage) -> None:
    world.ecosystem.publish(1)
    with world.ecosystem.restored_to_now():
        pass
    with world.client() as client:
        client.subscribe(after="1-1")
        world.ecosystem.publish(2)
        assert client.change()["position"] == "2-2"


def test_figures_that_are_not_published_are_a_criterion_only_for_who_may_read_them(world: Stage) -> None:
    wanted = {"export": {"turnoverEur": {"min": 1000}}}
    restricted = {"turnover": {"eur": 5000.0, "year": 2025}}
    with world.client() as client:
        client.subscribe(filter=wanted)
        assert client.refusal()["code"] == "UNAUTHENTICATED"
    with world.client("member") as client:
        client.subscribe(filter=wanted)
        assert client.refusal()["code"] == "FORBIDDEN"
    query = CHANGES.replace("before {", "figures: organisation { restricted { turnover { eur } } } before {")
    with world.client("awex") as client:
        client.subscribe(query, filter=wanted)
        world.ecosystem.publish(2)
        world.ecosystem.publish(1, restricted)
        world.ecosystem.publish(1, {"turnover": {"eur": 10.0, "year": 2025}})
        assert [
            (one["transition"], one["figures"]["restricted"]["turnover"]["eur"], one["changes"])
            for one in (client.change(), client.change())
        ] == [("entered", 5000.0, []), ("left", 10.0, [])]


def test_a_person_who_is_hidden_leaves_a_filter_by_place_although_the_place_is_not_told_any_more(world: Stage) -> None:
    """The log tells such a change against the document without the place: see `docs/events.md`."""
    shown = {"address": {"locality": "Namur", "point": {"longitude": 4.87, "latitude": 50.47}}}
    hidden = {"address": {"locality": "Namur"}}
    box = {"west": 4.8, "south": 50.4, "east": 4.9, "north": 50.5}
    with world.client() as client:
        client.subscribe(filter={"box": box})
        world.ecosystem.publish(1, establishments=[shown])
        assert client.change()["transition"] == "entered"
        world.ecosystem.withdraw(1, establishments=[hidden])
        left = client.change()
    assert (left["transition"], left["changes"]) == ("left", [])


def test_a_person_who_is_removed_without_a_word_leaves_every_filter(world: Stage) -> None:
    with world.client() as client:
        client.subscribe(filter=MICRO)
        world.ecosystem.publish(1, size_class="micro")
        assert client.change()["transition"] == "entered"
        world.ecosystem.withdraw(1)
        left = client.change()
    assert (left["transition"], left["organisation"], left["before"]) == ("left", None, None)
