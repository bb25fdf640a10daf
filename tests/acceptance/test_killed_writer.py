"""Several registries write at once, some requests fail, one process is killed: no gap, and nothing is lost."""

import json
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from kafka import KafkaConsumer, TopicPartition

from services.events.contracts.position import Position
from tests.acceptance import examples
from tests.acceptance.processes import Installation, Running
from tests.support.waiting import eventually

WRITERS = 4
ENOUGH = 25
"""Acknowledged writes of each writer before the kill, and again after it."""


@dataclass
class Writer:
    """Changes one organisation over and over, through either registry, and remembers what was acknowledged."""

    registries: Sequence[str]
    headers: dict[str, str]
    number: int
    stop: threading.Event
    acknowledged: dict[int, int] = field(default_factory=dict)
    """Position to version."""
    refused: int = 0
    organisation: str = ""
    error: BaseException | None = None

    def run(self) -> None:
        """Write until told to stop; whatever goes wrong but a refusal or a killed registry fails the test."""
        try:
            with httpx.Client(headers=self.headers, timeout=30) as client:
                self._work(client)
        except BaseException as error:  # noqa: BLE001 - raised again by the test's own thread
            self.error = error

    def _work(self, client: httpx.Client) -> None:
        self._register(client)
        for turn in count(1):
            if self.stop.is_set():
                return
            self._change(client, turn)
            self._do_wrong(client)

    def _register(self, client: httpx.Client) -> None:
        body = examples.coworking(f"{'ABCDEFGH'[self.number] * 8} {self.number}")
        body["establishments"] = []
        answer = client.post(f"{self.registries[0]}/registry/v1/organisations", json=body)
        assert answer.status_code == 201, answer.text
        self.organisation = answer.json()["organisation"]["id"]
        self._note(answer)

    def _change(self, client: httpx.Client, turn: int) -> None:
        registry = self.registries[turn % len(self.registries)]
        address = f"{registry}/registry/v1/organisations/{self.organisation}"
        try:
            etag = client.get(address).headers["ETag"]
            change = {"profiles": {"coworking": {"desks": 1 + turn}}}
            answer = client.patch(address, headers={"If-Match": etag}, json=change)
        except httpx.TransportError:
            return  # the registry was killed: whether this change was kept is not known, and either is right
        assert answer.status_code == 200, answer.text
        self._note(answer)

    def _do_wrong(self, client: httpx.Client) -> None:
        """A command that fails inside the shared transaction: its position must be given to another one."""
        address = f"{self.registries[0]}/registry/v1/organisations/{self.organisation}"
        answer = client.patch(address, headers={"If-Match": '"1000000"'}, json={"slug": "x"})
        assert answer.status_code == 412, answer.text
        self.refused += 1

    def _note(self, answer: httpx.Response) -> None:
        self.acknowledged[Position.parse(answer.headers["DWR-Position"]).number] = answer.json()["version"]


def test_a_killed_registry_leaves_no_gap_and_loses_nothing(
    tmp_path: Path, postgresql_url: str, kafka_bootstrap: str, topic_prefix: str
) -> None:
    settings = {
        "DWR_DATABASE_URL": postgresql_url,
        "DWR_KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap,
        "DWR_KAFKA_TOPIC_PREFIX": topic_prefix,
    }
    installation = Installation(tmp_path, settings)
    survivor, victim = installation.start("registry"), installation.start("registry")
    with installation.serving("relay"):
        writers = _write_while_one_is_killed(installation, survivor, victim)
        feed = _feed(survivor.address)
        topic = _topic(kafka_bootstrap, f"{topic_prefix}dwr.changes.v1", len(feed))
    survivor.stop()
    _check(writers, feed)
    assert sorted(topic, key=_position) == feed
    _check_order(topic)


def _write_while_one_is_killed(installation: Installation, survivor: Running, victim: Running) -> list[Writer]:
    stop, headers = threading.Event(), installation.token("owner")
    writers = [Writer((survivor.address, victim.address), headers, number, stop) for number in range(WRITERS)]
    threads = [threading.Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    _wait(writers, ENOUGH)
    victim.kill()
    _wait(writers, 2 * ENOUGH)
    stop.set()
    for thread in threads:
        thread.join()
    return writers


def _wait(writers: list[Writer], writes: int) -> None:
    def enough() -> bool:
        for writer in writers:
            if writer.error:
                raise writer.error
        return all(len(writer.acknowledged) >= writes for writer in writers)

    eventually(enough, 60)


def _feed(address: str) -> list[dict[str, Any]]:
    return list(_entries(address))


def _entries(address: str) -> Iterator[dict[str, Any]]:
    after = "1-0"
    while True:
        page = httpx.get(f"{address}/events/v1/feed", params={"after": after, "limit": 1000}).json()
        yield from (event["data"] for event in page["events"])
        if not page["more"]:
            return
        after = f"{page['generation']}-{page['position']}"


def _topic(bootstrap: str, topic: str, expected: int) -> list[dict[str, Any]]:
    """The topic's entries in the order in which a consumer meets them, each once."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(topic, partition) for partition in consumer.partitions_for_topic(topic)])
    found: dict[int, dict[str, Any]] = {}

    def poll() -> bool:
        for records in consumer.poll(timeout_ms=500).values():
            for record in records:
                entry = json.loads(record.value)
                found.setdefault(entry["position"], entry)
        return len(found) >= expected

    eventually(poll, 60)
    consumer.close()
    return list(found.values())


def _check(writers: list[Writer], feed: list[dict[str, Any]]) -> None:
    assert [_position(entry) for entry in feed] == list(range(1, len(feed) + 1))
    _check_order(feed)
    by_position = {_position(entry): entry for entry in feed}
    for writer in writers:
        assert writer.refused >= ENOUGH
        for position, version in writer.acknowledged.items():
            entry = by_position[position]
            assert (entry["subject"]["id"], entry["version"]) == (writer.organisation, version)


def _check_order(entries: list[dict[str, Any]]) -> None:
    """Each organisation's versions come as 1, 2, 3 ..."""
    seen: defaultdict[str, int] = defaultdict(int)
    for entry in entries:
        subject = entry["subject"]["id"]
        assert entry["version"] == seen[subject] + 1
        seen[subject] += 1


def _position(entry: dict[str, Any]) -> int:
    position: int = entry["position"]
    return position
