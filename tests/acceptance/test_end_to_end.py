"""An organisation's change made over REST is in the log, on Kafka, in GraphQL and at a subscriber's webhook."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.events.contracts.position import Position
from tests.acceptance import examples, outlets
from tests.acceptance.processes import Installation, many_processes, one_process
from tests.acceptance.receiver import Receiver, receiving

QUERY = """query ($id: ID!, $atLeast: Position) @atLeast(position: $atLeast) {
  organisation(id: $id) { id title { text } profiles { coworking { desks } } }
}"""


@dataclass
class World:
    """A running installation and a webhook receiver that subscribes to coworkings in the province of Namur."""

    installation: Installation
    addresses: dict[str, str]
    receiver: Receiver
    owner: dict[str, str]
    moderator: dict[str, str]

    def post(self, path: str, headers: dict[str, str], **options: Any) -> httpx.Response:
        """POST to the registry; it must be accepted."""
        answer = httpx.post(f"{self.addresses['registry']}/registry/v1{path}", headers=headers, **options)
        assert answer.is_success, answer.text
        return answer


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def _world(installation: Installation, addresses: dict[str, str], receiver: Receiver) -> World:
    world = World(
        installation, addresses, receiver, installation.token("owner"), installation.token("moderator", "moderator")
    )
    answer = httpx.post(
        f"{addresses['notifier']}/notifier/v1/searches",
        headers=installation.token("partner"),
        json={
            "name": "Coworkings in the province of Namur",
            "criteria": {"kinds": ["coworking"], "provinces": ["BE-WNA"]},
            "url": receiver.url,
        },
    )
    assert answer.status_code == 201, answer.text
    receiver.secret = answer.json()["secret"]
    return world


def _register_change_and_publish(world: World) -> tuple[str, list[Position]]:
    registered = world.post("/organisations", world.owner, json=examples.coworking())
    found = registered.json()["organisation"]["id"]
    positions = [Position.parse(registered.headers["DWR-Position"])]
    steps = (("submit", world.owner), ("publish", world.moderator))
    etag = registered.headers["ETag"]
    for step, who in steps:
        answer = world.post(f"/organisations/{found}/{step}", who | {"If-Match": etag})
        etag = answer.headers["ETag"]
        positions.append(Position.parse(answer.headers["DWR-Position"]))
    changed = httpx.patch(
        f"{world.addresses['registry']}/registry/v1/organisations/{found}",
        headers=world.owner | {"If-Match": etag},
        json={"profiles": {"coworking": {"desks": 30}}},
    )
    assert changed.is_success, changed.text
    positions.append(Position.parse(changed.headers["DWR-Position"]))
    return found, positions


def _check_everything(world: World) -> None:
    found, positions = _register_change_and_publish(world)
    assert [position.number for position in positions] == [1, 2, 3, 4]
    outlets.check_feed(world.addresses["events"], found, positions)
    _check_graphql(world, found, positions[-1])
    entered, changed = world.receiver.wait_for(2)
    assert entered["data"]["document"]["profiles"]["coworking"]["desks"] == 24
    assert changed["data"]["document"]["profiles"]["coworking"]["desks"] == 30
    outlets.check_nothing_private_in_http(world.addresses, world.receiver, world.installation)


def _check_graphql(world: World, organisation: str, position: Position) -> None:
    answer = httpx.post(
        f"{world.addresses['graphql']}/graphql",
        json={"query": QUERY, "variables": {"id": organisation, "atLeast": str(position)}},
    ).json()
    assert "errors" not in answer, answer
    assert answer["data"]["organisation"]["profiles"]["coworking"]["desks"] == 30
    assert Position.parse(answer["extensions"]["position"]) >= position


def test_a_change_reaches_every_outlet_of_one_process_without_a_broker(tmp_path: Path, receiver: Receiver) -> None:
    installation = Installation(tmp_path, {"DWR_WEBHOOK_ALLOW_PRIVATE_NETWORKS": "true"})
    with one_process(installation) as addresses:
        _check_everything(_world(installation, addresses, receiver))


@pytest.mark.postgresql
@pytest.mark.kafka
def test_a_change_reaches_every_outlet_of_services_that_run_apart(
    tmp_path: Path, receiver: Receiver, postgresql_url: str, kafka_bootstrap: str, topic_prefix: str
) -> None:
    installation = Installation(
        tmp_path,
        {
            "DWR_DATABASE_URL": postgresql_url,
            "DWR_KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap,
            "DWR_KAFKA_TOPIC_PREFIX": topic_prefix,
            "DWR_WEBHOOK_ALLOW_PRIVATE_NETWORKS": "true",
        },
    )
    with many_processes(installation) as addresses:
        world = _world(installation, addresses, receiver)
        _check_everything(world)
        outlets.check_kafka(kafka_bootstrap, topic_prefix)
