"""A merge and an erasure reach every outlet; what is not for everybody reaches none. Outlets that come later too."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.events.topics import topics_of
from services.settings import Settings
from tests.acceptance.processes import Installation, many_processes, one_process
from tests.acceptance.receiver import Receiver, receiving
from tests.acceptance.secrets_planted import FIGURE, NEVER, Story, found
from tests.events.http.snapshots import kept_offers, taken
from tests.events.kafka_reading import read_topic
from tests.support.waiting import eventually

ENTRIES = 12
CHANGES = """subscription { changes(after: "1-0") {
  id position type time origin actor correlationId causationId transition organisationId version redirect
  changes { path before after } organisation { ...all } before { ...all }
} }
fragment all on Organisation {
  id slug version state titles { text } sizeClass email phone enterpriseNumbers { digits }
  establishments { number { digits } phone address { street houseNumber point { longitude latitude } } }
}"""
EVERYTHING = """query ($atLeast: Position) @atLeast(position: $atLeast) { organisations(first: 100) { nodes {
  id slug version state titles { text } sizeClass email phone enterpriseNumbers { digits }
  restricted { turnover { eur } }
  establishments { number { digits } phone address { street houseNumber point { longitude latitude } } }
} } }"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found_:
        yield found_


class World:
    """A running installation in which the story was told."""

    def __init__(self, installation: Installation, addresses: dict[str, str], receiver: Receiver) -> None:
        self.installation, self.addresses, self.receiver = installation, addresses, receiver
        self.reader = installation.token("reader", "reader")
        self._subscribe()
        self.story = Story(addresses["registry"], installation)
        self.story.tell()
        installation.run("snapshot")

    def _subscribe(self) -> None:
        body = {"name": "Everything", "criteria": {}, "url": self.receiver.url}
        partner = self.installation.token("partner")
        answer = httpx.post(f"{self.addresses['notifier']}/notifier/v1/searches", headers=partner, json=body)
        assert answer.status_code == 201, answer.text
        self.receiver.secret = answer.json()["secret"]

    def events(self, **query: str) -> list[dict[str, Any]]:
        """The whole log."""
        page = httpx.get(f"{self.addresses['events']}/events/v1/feed", params={"after": "1-0", "limit": 1000, **query})
        events: list[dict[str, Any]] = page.json()["events"]
        return events

    def public(self) -> dict[str, str]:
        """What everybody is given, by outlet: every address of the events service, GraphQL, webhooks, metrics."""
        given = {path: self.get(path) for path in self.paths()}
        given |= {"GraphQL": self.query(), "subscription": self.stream("graphql"), "stream": self.stream("events")}
        given |= self.kept() | {"webhooks": repr(self.receiver.received)}
        given |= {f"metrics of {at}": httpx.get(f"{at}/metrics").text for at in set(self.addresses.values())}
        return given | {log.name: log.read_text() for log in self.installation.folder.glob("*.log")}

    def internal(self) -> dict[str, str]:
        """What the registry's own readers are given."""
        paths = [path for path in self.paths() if self.takes_view(path)]
        given = {path: self.get(f"{path}?view=internal", **self.reader) for path in paths}
        return given | self.kept(**self.reader)

    def kept(self, **headers: str) -> dict[str, str]:
        """The files of kept snapshots and deltas that the caller is offered."""
        with httpx.Client(base_url=self.addresses["events"], headers=headers) as client:
            files = [
                file for offer in kept_offers(client) for part in (offer, *offer["deltas"]) for file in part["files"]
            ]
            return {file["address"]: taken(client, file).decode() for file in files}

    def paths(self) -> list[str]:
        """Every address of the events service without a name in it, from its own description; streams apart."""
        return [path for path in self._described() if "{" not in path and not path.endswith("/stream")]

    def takes_view(self, path: str) -> bool:
        """Whether the address gives a view that is asked for."""
        return any(one["name"] == "view" for one in self._described()[path]["get"].get("parameters", ()))

    def _described(self) -> dict[str, Any]:
        paths: dict[str, Any] = httpx.get(f"{self.addresses['events']}/events/openapi.json").json()["paths"]
        return {path: methods for path, methods in paths.items() if "get" in methods}

    def get(self, path: str, **headers: str) -> str:
        """What the address gives."""
        answer = httpx.get(f"{self.addresses['events']}{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    def query(self) -> str:
        """What GraphQL gives of everything."""
        variables = {"atLeast": f"1-{ENTRIES}"}
        body = {"query": EVERYTHING, "variables": variables}
        answer = httpx.post(f"{self.addresses['graphql']}/graphql", json=body)
        nodes = answer.json()["data"]["organisations"]["nodes"]
        assert self.story.ids["survivor"] in {node["id"] for node in nodes}
        return answer.text

    def stream(self, service: str) -> str:
        """The beginning of a stream: as many events as there are."""
        if service == "events":
            return self._first(f"{self.addresses['events']}/events/v1/feed/stream?after=1-0", ENTRIES, "event: ")
        body = {"query": CHANGES}
        return self._first(f"{self.addresses['graphql']}/graphql", shown(self), "event: next", json=body)

    def _first(self, address: str, count: int, mark: str, **body: Any) -> str:
        text, method = "", "POST" if body else "GET"
        with httpx.stream(method, address, headers={"Accept": "text/event-stream"}, **body) as answer:
            for piece in answer.iter_text():
                text += piece
                if text.count(mark) >= count:
                    break
        return text


def check(world: World) -> None:
    """What is the same however the services run."""
    check_merge(world)
    check_erasure(world)
    assert len(world.events()) == ENTRIES
    public, internal = world.public(), world.internal()
    assert found((*NEVER, FIGURE), public) == []
    assert found(NEVER, internal) == []
    assert FIGURE in internal["/events/v1/feed"]
    assert {FIGURE in text for name, text in internal.items() if "/internal" in name} == {True}


def check_merge(world: World) -> None:
    """Both entries of the merge have the request's id, and the second one names the first."""
    by_type = {event["type"].split(".")[3]: event for event in world.events()}
    merged, absorbed = by_type["organisation-merged"], by_type["organisation-absorbed"]
    assert merged["correlationid"] == absorbed["correlationid"] == world.story.request_id
    assert absorbed["causationid"] == merged["id"]
    assert merged["data"]["redirect"] == absorbed["data"]["subject"]["id"] == world.story.ids["survivor"]
    told = world.stream("graphql")
    for name, value in (("correlationId", world.story.request_id), ("causationId", merged["id"])):
        assert f'"{name}":"{value}"' in told.replace('": "', '":"')
    assert f'"causationid":"{merged["id"]}"' in world.stream("events")
    delivered = eventually(lambda: [one for one in world.receiver.verified() if one["id"] == absorbed["id"]], 20)
    assert delivered[0]["causationid"] == merged["id"]


def check_erasure(world: World) -> None:
    """A person who withdraws the consent is told as shown now, and not what was shown before."""
    last = [event for event in world.events() if event["subject"].endswith(world.story.ids["erased"])][-1]
    assert (last["data"]["visibility"], last["data"]["changes"]) == ("stayed", [])
    text = json.dumps(last)
    assert "Rue des Tisserands" not in text
    mine = [
        line for line in world.get("/events/v1/snapshots/current").splitlines() if world.story.ids["erased"] in line
    ]
    assert len(mine) == 1
    assert "Rue des Tisserands" not in mine[0]


def test_by_one_process(tmp_path: Path, receiver: Receiver) -> None:
    installation = Installation(tmp_path, {"DWR_WEBHOOK_ALLOW_PRIVATE_NETWORKS": "true"})
    with one_process(installation) as addresses:
        check(World(installation, addresses, receiver))


@pytest.mark.postgresql
@pytest.mark.kafka
def test_by_services_that_run_apart_and_on_kafka(
    tmp_path: Path, receiver: Receiver, postgresql_url: str, kafka_bootstrap: str, topic_prefix: str
) -> None:
    settings = {
        "DWR_DATABASE_URL": postgresql_url,
        "DWR_KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap,
        "DWR_KAFKA_TOPIC_PREFIX": topic_prefix,
        "DWR_WEBHOOK_ALLOW_PRIVATE_NETWORKS": "true",
    }
    installation = Installation(tmp_path, settings)
    with many_processes(installation) as addresses:
        world = World(installation, addresses, receiver)
        check(world)
        check_topics(world, kafka_bootstrap, topic_prefix)


def shown(world: World) -> int:
    """How many entries say something of what is public, and so are records of the compacted topic."""
    return sum(event["data"]["visibility"] != "hidden" for event in world.events())


def check_topics(world: World, bootstrap: str, prefix: str) -> None:
    """Every topic by its raw bytes; the compacted one ends with what each organisation is now."""
    topics = topics_of(Settings(kafka_topic_prefix=prefix))
    counts = {topics.changes.name: ENTRIES, topics.internal.name: ENTRIES, topics.organisations.name: shown(world)}
    records = {name: read_topic(bootstrap, name, count) for name, count in counts.items()}
    raw = {name: repr([(one.key, one.value, one.headers) for one in found_]) for name, found_ in records.items()}
    assert found(NEVER, raw) == []
    assert {name for name, text in raw.items() if FIGURE in text} == {topics.internal.name}
    last = {record.key.decode(): record for record in sorted(records[topics.organisations.name], key=position)}
    gone = {
        name for name, identifier in world.story.ids.items() if identifier in last and last[identifier].value is None
    }
    assert gone == {"merged", "person"}
    assert b"Rue des Tisserands" not in last[world.story.ids["erased"]].value
    merged, absorbed = (dict(record.headers) for record in of_the_merge(records[topics.changes.name]))
    assert absorbed["ce_causationid"] == merged["ce_id"]
    assert absorbed["ce_correlationid"] == merged["ce_correlationid"] == world.story.request_id.encode()


def position(record: Any) -> int:
    return int(dict(record.headers)["position"])


def of_the_merge(records: list[Any]) -> list[Any]:
    named = ("organisation-merged", "organisation-absorbed")
    return sorted((one for one in records if any(name in str(one.headers) for name in named)), key=position)
