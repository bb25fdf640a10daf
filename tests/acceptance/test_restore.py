"""The registry goes back to a backup while everything runs: nobody writes on in the old history, all converge."""

import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from kafka.consumer.fetcher import ConsumerRecord

from services.events.client.registry import Registry as Feed
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.follower import Follower
from services.events.following.kafka import KafkaSource
from services.events.following.protocol import EntrySource
from services.settings import Settings
from tests.acceptance import examples
from tests.acceptance.processes import Installation, Running
from tests.events.following.model import Mirror
from tests.events.kafka_reading import read_topic
from tests.support.postgresql_backup import Backup, restore_backup, take_backup
from tests.support.waiting import eventually

CONVERGED_SECONDS = 60
ASKED = "query ($id: ID!) { organisation(id: $id) { title { text } } registryStatus { position } }"


@dataclass
class Registry(ABC):
    """An installation whose registry can be restored and restarted while the other parts go on."""

    installation: Installation
    running: ExitStack
    writing: Running = field(init=False)
    """The process that writes, and serves the feed."""
    graphql: str = field(init=False)

    @abstractmethod
    def start(self) -> None:
        """Start every part."""

    @abstractmethod
    def back_up(self) -> None:
        """Keep the present state."""

    @abstractmethod
    def restore(self) -> None:
        """Go back to it, and say so."""

    def start_writing(self) -> None:
        """Start what writes; whichever writes in the end is stopped."""
        self.writing = self.installation.start(self.command)
        self.running.callback(self.stop_writing)

    def stop_writing(self) -> None:
        """Ask it to end."""
        self.writing.stop()

    def restart(self) -> None:
        """Restart what writes, at its address."""
        port = self.writing.address.rpartition(":")[2]
        self.stop_writing()
        self.writing = self.installation.start(self.command, DWR_PORT=port)

    @property
    @abstractmethod
    def command(self) -> str:
        """What writes."""

    def publish(self, title: str) -> tuple[str, httpx.Response]:
        """A new organisation in the public view: three entries."""
        answer = self.post("", json=examples.coworking(title))
        assert answer.is_success, answer.text
        found = answer.json()["organisation"]["id"]
        for step, who in (("submit", "owner"), ("publish", "moderator")):
            answer = self.post(f"/{found}/{step}", who, **{"If-Match": answer.headers["ETag"]})
            assert answer.is_success, answer.text
        return found, answer

    def post(self, path: str, who: str = "owner", json: Any = None, **headers: str) -> httpx.Response:
        address = f"{self.writing.address}/registry/v1/organisations{path}"
        token = self.installation.token(who, *(() if who == "owner" else (who,)))
        return httpx.post(address, headers=token | headers, json=json, timeout=30)

    def head(self) -> dict[str, Any]:
        head: dict[str, Any] = httpx.get(f"{self.writing.address}/events/v1/digest").raise_for_status().json()
        return head

    def asked(self, organisation: str) -> dict[str, Any]:
        asked = {"query": ASKED, "variables": {"id": organisation}}
        data: dict[str, Any] = httpx.post(f"{self.graphql}/graphql", json=asked).raise_for_status().json()["data"]
        return data


class OneProcess(Registry):
    """`dwr up` with a SQLite file."""

    command = "up"

    def start(self) -> None:
        self.start_writing()
        self.graphql = self.writing.address

    def back_up(self) -> None:
        data = self.installation.folder / "data"
        self.stop_writing()  # a file that nobody writes can be copied
        shutil.copy(data / "registry.sqlite", self.installation.folder / "backup.sqlite")
        self.restart()

    def restore(self) -> None:
        self.installation.run("restore", str(self.installation.folder / "backup.sqlite"))


@dataclass
class Apart(Registry):
    """Processes of their own, on PostgreSQL and Kafka."""

    url: str
    backup: Backup = field(default_factory=dict)

    command = "registry"

    def start(self) -> None:
        self.installation.run("migrate")
        self.start_writing()
        reader = self.installation.run("token", "--subject", "reader", "--role", "reader").strip()
        apart = {"DWR_REGISTRY_URL": self.writing.address, "DWR_READER_TOKEN": reader}
        self.running.enter_context(self.installation.serving("relay"))
        self.graphql = self.running.enter_context(self.installation.serving("graphql", **apart))

    def back_up(self) -> None:
        self.backup = take_backup(self.url)

    def restore(self) -> None:
        restore_backup(self.url, self.backup)
        self.installation.run("new-generation")


@contextmanager
def _following(address: str, entries: EntrySource) -> Iterator[Mirror]:
    mirror = Mirror(View.PUBLIC)
    follower = Follower(Feed(address, "", View.PUBLIC), entries, mirror, "mirror")
    follower.start()
    try:
        yield mirror
    finally:
        follower.stop()


def _check_restore(registry: Registry, mirrors: list[Mirror]) -> tuple[str, str]:
    """Gives the ids of the organisation that was kept and of the one that was lost."""
    kept, _ = registry.publish("Le Hangar des Tisserands")
    registry.back_up()
    lost, answer = registry.publish("La Verrière des Forges")
    there = Position.parse(answer.headers["DWR-Position"])
    eventually(lambda: {mirror.position for mirror in mirrors} == {there}, CONVERGED_SECONDS)
    eventually(lambda: registry.asked(lost)["organisation"] is not None, CONVERGED_SECONDS)

    registry.restore()

    _is_refused(registry)
    registry.restart()
    beyond = httpx.get(f"{registry.writing.address}/events/v1/feed", params={"after": str(there)})
    assert (beyond.status_code, beyond.json()["forked_at"]) == (410, 3)
    registry.publish("Le Relais du Canal")
    _has_converged(registry, mirrors, kept, lost)
    return kept, lost


def _is_refused(registry: Registry) -> None:
    """The process that was running writes nothing more, and says that it wants to be restarted."""
    refused = registry.post("", json=examples.coworking("Les Ateliers du Pont"))
    assert (refused.status_code, refused.json()["type"]) == (503, "/problems/former-generation")
    live = httpx.get(f"{registry.writing.address}/health/live")
    assert (live.status_code, "Restart this process" in live.json()["detail"]) == (503, True)


def _has_converged(registry: Registry, mirrors: list[Mirror], kept: str, lost: str) -> None:
    head = registry.head()
    assert (head["generation"], head["position"]) == (2, 7)
    eventually(lambda: {mirror.position for mirror in mirrors} == {Position(2, 7)}, CONVERGED_SECONDS)
    assert {mirror.digest for mirror in mirrors} == {head["digest"]}
    eventually(lambda: registry.asked(kept)["registryStatus"]["position"] == "2-7", CONVERGED_SECONDS)
    assert registry.asked(kept)["organisation"] is not None
    assert registry.asked(lost)["organisation"] is None


def test_one_process_with_a_file_goes_back_and_every_reader_with_it(tmp_path: Path) -> None:
    with ExitStack() as running:
        registry = OneProcess(Installation(tmp_path, {}), running)
        registry.start()
        feed = Feed(registry.writing.address, "", View.PUBLIC, wait_seconds=1)
        mirror = running.enter_context(_following(registry.writing.address, feed))
        _check_restore(registry, [mirror])


@pytest.mark.postgresql
@pytest.mark.kafka
def test_processes_apart_go_back_and_every_reader_with_them(
    tmp_path: Path, postgresql_url: str, kafka_bootstrap: str, topic_prefix: str
) -> None:
    settings = {
        "DWR_DATABASE_URL": postgresql_url,
        "DWR_KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap,
        "DWR_KAFKA_TOPIC_PREFIX": topic_prefix,
    }
    with ExitStack() as running:
        registry = Apart(Installation(tmp_path, settings), running, postgresql_url)
        registry.start()
        address = registry.writing.address
        topics = KafkaSource(
            Settings(kafka_bootstrap_servers=kafka_bootstrap, kafka_topic_prefix=topic_prefix), View.PUBLIC
        )
        mirrors = [
            running.enter_context(_following(address, Feed(address, "", View.PUBLIC, wait_seconds=1))),
            running.enter_context(_following(address, topics)),
        ]
        kept, lost = _check_restore(registry, mirrors)
        topic = f"{topic_prefix}dwr.organisations.v1"
        records = read_topic(kafka_bootstrap, topic, lambda found: _shown(found).get(lost, True) is False, 60)
    assert _shown(records)[kept]


def _shown(records: Sequence[ConsumerRecord]) -> dict[str, bool]:
    """Whether the compacted topic shows each organisation, by its last record."""
    return {record.key.decode(): record.value is not None for record in records}
