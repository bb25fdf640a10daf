"""What becomes of a delivery: sent, tried again, given up; by one process or several."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from standardwebhooks import Webhook

from services.settings import Settings
from tests.notifier.support.receiver import Receiver, Reply
from tests.notifier.support.world import DELIVERIES, SEARCHES, World
from tests.support.waiting import eventually


def test_a_match_arrives_signed_and_is_in_the_delivery_log(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    with world.delivering():
        entry = world.ecosystem.publish(1)
        world.match()
        [message] = receiver.wait_for(1)
        [delivery] = world.wait_for_states(search, "delivered")
    assert message.payload(search["secret"])["id"] == entry.event_id
    assert message.headers["webhook-id"] == delivery["id"]
    assert message.headers["content-type"] == "application/cloudevents+json"
    assert (delivery["event_id"], delivery["at"], delivery["transition"]) == (entry.event_id, "1-1", "entered")
    [attempt] = delivery["attempts"]
    assert (attempt["number"], attempt["status"], attempt["error"]) == (1, 204, None)
    assert delivery["next_attempt_at"] is None


def test_what_arrives_is_a_cloudevent_to_another_library(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    with world.delivering():
        world.ecosystem.publish(1)
        world.match()
        [message] = receiver.wait_for(1)
    event = _cloudevent(message.body)
    assert event.get_type() == "be.digitalwallonia.registry.profile-published.v1"
    assert event.get_extension("searchid") == search["id"]


def test_messages_arrive_in_the_order_of_positions(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    world.ecosystem.fill(60)
    world.match()
    with world.delivering():
        messages = receiver.wait_for(60)
    positions = [message.payload(search["secret"])["data"]["position"] for message in messages]
    assert positions == list(range(1, 61))


def test_a_failed_attempt_is_repeated_with_the_same_id_and_body(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    receiver.replies.extend([Reply(500, body=b"broken"), Reply(500)])
    with world.delivering():
        world.ecosystem.publish(1)
        world.match()
        messages = receiver.wait_for(3)
        [delivery] = world.wait_for_states(search, "delivered")
    assert len({(message.headers["webhook-id"], message.body) for message in messages}) == 1
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 500, 204]
    assert delivery["attempts"][0]["response"] == "broken"
    assert delivery["attempts"][0]["error"] == "answered 500"


def test_a_message_that_the_receiver_cannot_take_does_not_hold_up_the_next(world: World, receiver: Receiver) -> None:
    slow = Settings(**{**world.settings.model_dump(), "webhook_retry_seconds": (0, 3600)})
    world = World(slow, world.engine)
    search = world.save(receiver.url)
    receiver.replies.append(Reply(400))
    world.ecosystem.publish(1)
    world.ecosystem.publish(2)
    world.match()
    with world.delivering():
        receiver.wait_for(2)
        second, first = world.wait_for_states(search, "delivered", "failed")
    assert (first["at"], second["at"]) == ("1-1", "1-2")
    assert first["next_attempt_at"] > second["created_at"]


def test_a_search_whose_receiver_never_takes_a_message_is_disabled(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    receiver.otherwise = Reply(500)
    with world.delivering():
        world.ecosystem.publish(1)
        world.match()
        [delivery] = world.wait_for_states(search, "exhausted")
    assert len(delivery["attempts"]) == 3
    stopped = world.read(search)
    assert (stopped["state"], stopped["version"]) == ("disabled", 2)
    assert stopped["reason"] == "every attempt at a delivery failed"


def test_a_receiver_that_is_gone_disables_its_search_at_once(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    receiver.otherwise = Reply(410)
    world.ecosystem.publish(1)
    world.ecosystem.publish(2)
    world.match()
    with world.delivering():
        world.wait_for_states(search, "discarded", "discarded")
        receiver.wait_for(1)
    world.ecosystem.publish(3)
    world.match()
    stopped = world.read(search)
    assert (stopped["state"], stopped["reason"]) == ("disabled", "the receiver answered 410 Gone")
    assert len(world.deliveries(search)) == 2


def test_a_disabled_search_that_is_made_active_again_starts_from_now(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    receiver.replies.append(Reply(410))
    with world.delivering():
        world.ecosystem.publish(1)
        world.match()
        world.wait_for_states(search, "discarded")
        world.ecosystem.publish(2)
        again = world.change(search, state="active")
        world.ecosystem.publish(3)
        world.match()
        world.wait_for_states(search, "delivered", "discarded")
    assert (again["state"], again["reason"], again["since"]) == ("active", None, "1-2")
    assert [one["at"] for one in world.deliveries(search)] == ["1-3", "1-1"]


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_receiver_that_asks_for_time_is_left_alone_for_that_long(
    world: World, receiver: Receiver, status: int
) -> None:
    search = world.save(receiver.url)
    receiver.replies.append(Reply(status, {"retry-after": "3600"}))
    world.ecosystem.publish(1)
    world.ecosystem.publish(2)
    world.match()
    with world.delivering():
        receiver.wait_for(1)
        waiting, tried = world.wait_for_states(search, "pending", "failed")
    pause = datetime.fromisoformat(tried["next_attempt_at"]) - datetime.fromisoformat(tried["attempts"][0]["at"])
    assert timedelta(hours=1) <= pause < timedelta(hours=1, minutes=1)
    assert waiting["attempts"] == []
    receiver.wait_for(1)


def test_what_is_on_its_way_when_a_search_is_paused_is_not_tried_again(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    receiver.otherwise = Reply(500)
    receiver.answering.clear()
    with world.delivering():
        world.ecosystem.publish(1)
        world.match()
        receiver.wait_for(1)
        world.change(search, state="paused")
        receiver.answering.set()
        eventually(lambda: world.deliveries(search)[0]["attempts"])
    assert [one["state"] for one in world.deliveries(search)] == ["discarded"]
    receiver.wait_for(1)


def test_a_search_that_is_deleted_while_its_message_is_on_the_way_is_forgotten(
    world: World, receiver: Receiver
) -> None:
    search = world.save(receiver.url)
    other = world.save(receiver.url)
    receiver.answering.clear()
    with world.delivering():
        world.ecosystem.publish(1)
        world.match()
        receiver.wait_for(2)
        headers = {"If-Match": world.etag(search)}
        assert world.call("DELETE", f"{SEARCHES}/{search['id']}", headers=headers).status_code == 204
        receiver.answering.set()
        world.wait_for_states(other, "delivered")


def test_during_a_rotation_both_secrets_verify(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    path, headers = f"{SEARCHES}/{search['id']}/secret", {"If-Match": world.etag(search)}
    rotated = world.call("POST", path, headers=headers).json()
    with world.delivering():
        world.ecosystem.publish(1)
        world.match()
        [message] = receiver.wait_for(1)
    assert rotated["secret"] != search["secret"]
    for secret in (rotated["secret"], search["secret"]):
        Webhook(secret).verify(message.body, dict(message.headers))
    assert len(message.headers["webhook-signature"].split()) == 2


def test_a_test_message_is_marked_and_arrives(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    with world.delivering():
        asked = world.call("POST", f"{SEARCHES}/{search['id']}/test")
        [message] = receiver.wait_for(1)
        world.wait_for_states(search, "delivered")
    payload = message.payload(search["secret"])
    assert (asked.status_code, asked.json()["transition"]) == (202, "test")
    assert payload["type"] == "be.digitalwallonia.registry.webhook-test.v1"
    assert (payload["transition"], payload["data"]["test"]) == ("test", True)
    _cloudevent(message.body)


def test_one_delivery_is_sent_again_with_the_same_id(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    with world.delivering():
        world.ecosystem.publish(1)
        world.match()
        [delivery] = world.wait_for_states(search, "delivered")
        again = world.call("POST", f"{DELIVERIES}/{delivery['id']}/redeliver")
        first, second = receiver.wait_for(2)
        eventually(lambda: len(world.deliveries(search)[0]["attempts"]) == 2)
    assert (again.status_code, again.json()["id"]) == (202, delivery["id"])
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_a_range_of_positions_is_sent_again(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    world.ecosystem.fill(5)
    world.match()
    with world.delivering():
        receiver.wait_for(5)
        world.wait_for_states(search, *["delivered"] * 5)
        again = world.call("POST", f"{SEARCHES}/{search['id']}/replay", json={"first": "1-2", "last": "1-4"})
        messages = receiver.wait_for(8)
    assert (again.status_code, again.json()["deliveries"]) == (202, 3)
    positions = [message.payload(search["secret"])["data"]["position"] for message in messages]
    assert positions == [1, 2, 3, 4, 5, 2, 3, 4]


def test_two_deliverers_share_the_work_and_send_each_message_once(world: World, receiver: Receiver) -> None:
    searches = [world.save(receiver.url) for _ in range(4)]
    other = World(world.settings, world.engine)
    world.ecosystem.fill(10)
    world.match()
    with world.delivering(), other.delivering():
        messages = receiver.wait_for(40)
        for search in searches:
            world.wait_for_states(search, *["delivered"] * 10)
    assert len({message.headers["webhook-id"] for message in messages}) == 40


def test_the_work_of_a_killed_deliverer_is_taken_over(world: World, receiver: Receiver) -> None:
    search = world.save(receiver.url)
    hurried = Settings(**{**world.settings.model_dump(), "webhook_timeout_seconds": 0.9, "webhook_lease_seconds": 1.0})
    world.ecosystem.publish(1)
    world.match()
    receiver.answering.clear()
    with _deliverer_process(hurried) as process:
        receiver.wait_for(1)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    receiver.answering.set()
    with World(hurried, world.engine).delivering():
        first, second = receiver.wait_for(2)
        [delivery] = world.wait_for_states(search, "delivered")
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == delivery["id"]
    assert len(delivery["attempts"]) == 1


@contextmanager
def _deliverer_process(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DWR_")} | {
        "DWR_DATABASE_URL": settings.database_url,
        "DWR_WEBHOOK_ALLOW_PRIVATE_NETWORKS": "true",
        "DWR_WEBHOOK_TIMEOUT_SECONDS": str(settings.webhook_timeout_seconds),
        "DWR_WEBHOOK_LEASE_SECONDS": str(settings.webhook_lease_seconds),
    }
    command = [sys.executable, "-m", "tests.notifier.support.deliverer_process"]
    with subprocess.Popen(command, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def _cloudevent(body: bytes) -> BaseCloudEvent:
    return from_structured_event(HTTPMessage({"content-type": "application/cloudevents+json"}, body))
