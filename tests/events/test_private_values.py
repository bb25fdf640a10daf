"""Values that must not get out, looked for in what each outlet really gives."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.access.roles import Role
from services.database import open_engine
from services.events.relay.relay import Relay
from services.events.topics import topics_of
from services.settings import Settings
from tests.events.entries import AUTHOR, Ecosystem, organisation_id
from tests.events.kafka_reading import read_topic, read_topic_by_confluent, topic_names
from tests.events.service import events_service
from tests.graphql_api.subscriptions.stage import stage
from tests.support.serving import serving
from tests.support.waiting import eventually

FIGURE = "7654321"
RESTRICTED = {"turnover": {"eur": float(FIGURE), "year": 2025}}
EVERYTHING = """subscription ($after: Position) { changes(after: $after) {
  id position type time origin actor transition organisationId version redirect changes { path before after }
  organisation { ...all } before { ...all }
} }
fragment all on Organisation {
  id slug version state titles { text } sizeClass email phone enterpriseNumbers { digits }
  restricted { turnover { eur year } exportShare { percent } }
}"""
FEED, SNAPSHOT, DIGEST = "/events/v1/feed?limit=1000", "/events/v1/snapshots/current?", "/events/v1/digest?"


@pytest.fixture
def ecosystem(sqlite_url: str) -> Iterator[Ecosystem]:
    engine = open_engine(sqlite_url)
    ecosystem = Ecosystem(engine)
    ecosystem.hide(1)
    ecosystem.publish(1, RESTRICTED)
    ecosystem.publish(1, {"turnover": {"eur": 1.0, "year": 2025}}, size_class="micro")
    ecosystem.publish(2, RESTRICTED)
    ecosystem.archive(2)
    yield ecosystem
    engine.dispose()


def test_over_http(ecosystem: Ecosystem, tmp_path: Path) -> None:
    service = events_service(ecosystem, tmp_path)
    reader = {"Authorization": f"Bearer {service.token(Role.READER)}"}
    with serving(service.app) as address, httpx.Client(base_url=address) as client:
        public = [client.get(path).text for path in (FEED, SNAPSHOT, DIGEST)]
        internal = [client.get(f"{path}&view=internal", headers=reader).text for path in (FEED, SNAPSHOT, DIGEST)]
        public.append(first_events(client, 5))
    assert not any(FIGURE in text for text in public)
    assert FIGURE in internal[0]
    assert not any(AUTHOR in text for text in [*public, *internal])


@pytest.mark.parametrize("caller", [None, "member", "front", "awex"])
def test_in_a_graphql_subscription(ecosystem: Ecosystem, tmp_path: Path, caller: str | None) -> None:
    """Over both transports, from the log and live; figures only to who may read them, and where they are asked for."""
    url = ecosystem.engine.url.render_as_string(hide_password=False)
    with stage(url, tmp_path) as world, world.client(caller) as client:
        client.subscribe(EVERYTHING, after="1-0")
        seen = [json.dumps(client.receive()) for _ in range(4)]
        world.ecosystem.publish(3, RESTRICTED)
        seen.append(json.dumps(client.receive()))
        seen.append(streamed(world.address, caller, 5))
    assert all(organisation_id(number) in "".join(seen) for number in (1, 2, 3))
    assert any(FIGURE in text for text in seen) == (caller == "awex")
    assert not any(AUTHOR in text for text in seen)


def streamed(address: str, caller: str | None, count: int) -> str:
    headers = {"Accept": "text/event-stream"} | ({"Authorization": f"Bearer {caller}"} if caller else {})
    body = {"query": EVERYTHING, "variables": {"after": "1-0"}}
    text = ""
    with httpx.stream("POST", f"{address}/graphql", json=body, headers=headers) as answer:
        for piece in answer.iter_text():
            text += piece
            if text.count("event: next") >= count:
                break
    return text


def first_events(client: httpx.Client, count: int) -> str:
    text = ""
    with client.stream("GET", "/events/v1/feed/stream?after=1-0") as answer:
        for piece in answer.iter_text():
            text += piece
            if text.count("event: ") >= count:
                break
    return text


def test_on_the_topics(ecosystem: Ecosystem, kafka_bootstrap: str, topic_prefix: str) -> None:
    settings = Settings(kafka_bootstrap_servers=kafka_bootstrap, kafka_topic_prefix=topic_prefix)
    topics = topics_of(settings)
    relay = Relay(settings, ecosystem.engine, ecosystem.signal)
    relay.start()
    eventually(lambda: topics.organisations.name in topic_names(kafka_bootstrap))
    seen = {}
    for topic, count in ((topics.changes, 5), (topics.internal, 5), (topics.organisations, 4)):
        records = read_topic(kafka_bootstrap, topic.name, count)
        messages = read_topic_by_confluent(kafka_bootstrap, topic.name, count)
        first = [(record.key, record.value, record.headers) for record in records]
        second = [(message.key(), message.value(), message.headers()) for message in messages]
        seen[topic.name] = repr([first, second])
    relay.stop()
    assert {name for name, text in seen.items() if FIGURE in text} == {topics.internal.name}
    assert not any(AUTHOR in text for text in seen.values())
