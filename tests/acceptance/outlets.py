"""What each outlet shows after the change: the feed, the snapshot, Kafka to two independent clients."""

import json
from typing import Any, cast

import httpx
from confluent_kafka import Consumer
from kafka import KafkaConsumer

from services.events.contracts.position import Position
from tests.acceptance import examples
from tests.acceptance.processes import Installation
from tests.acceptance.receiver import Receiver
from tests.support.waiting import eventually

PLANTED = (examples.PRIVATE_NAME, examples.PRIVATE_EMAIL, str(examples.PRIVATE_FIGURE))


def check_feed(address: str, organisation: str, positions: list[Position]) -> None:
    """The log has the four entries, in order, and says of each how it changed what is public."""
    page = httpx.get(f"{address}/events/v1/feed", params={"after": "1-0", "limit": 100}).json()
    entries = [event["data"] for event in page["events"]]
    assert [entry["position"] for entry in entries] == [position.number for position in positions]
    assert [entry["visibility"] for entry in entries] == ["hidden", "hidden", "entered", "stayed"]
    assert {entry["subject"]["id"] for entry in entries} == {organisation}
    assert entries[-1]["changes"] == [{"path": "/profiles/coworking/desks", "before": 24, "after": 30}]


def check_kafka(bootstrap: str, prefix: str) -> None:
    """A kafka-python group and confluent-kafka read the same four records; the compacted topic has the last state."""
    changes = f"{prefix}dwr.changes.v1"
    first, second = _by_kafka_python(bootstrap, changes, 4), _by_confluent(bootstrap, changes, 4)
    assert first == second
    assert [json.loads(value)["position"] for _, value, _ in first] == [1, 2, 3, 4]
    assert [headers["position"] for _, _, headers in first] == [b"1", b"2", b"3", b"4"]
    assert all(headers["ce_specversion"] == b"1.0" for _, _, headers in first)
    state = _by_confluent(bootstrap, f"{prefix}dwr.organisations.v1", 2)
    assert json.loads(state[-1][1])["document"]["profiles"]["coworking"]["desks"] == 30
    internal = _by_confluent(bootstrap, f"{prefix}dwr.internal.v1", 4)
    _check_nothing_private("the topics", repr([first, state, internal]))


Record = tuple[bytes | None, bytes, dict[str, bytes]]


def _by_kafka_python(bootstrap: str, topic: str, count: int) -> list[Record]:
    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=f"{topic}-group", auto_offset_reset="earliest"
    )
    found: list[Record] = []

    def poll() -> bool:
        for records in consumer.poll(timeout_ms=500).values():
            found.extend((record.key, record.value, dict(record.headers)) for record in records)
        return len(found) >= count

    eventually(poll, 30)
    consumer.close()
    return sorted(found, key=_position)


def _by_confluent(bootstrap: str, topic: str, count: int) -> list[Record]:
    consumer = Consumer(
        {"bootstrap.servers": bootstrap, "group.id": f"{topic}-second", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([topic])
    found: list[Record] = []

    def poll() -> bool:
        record = consumer.poll(0.5)
        if record is not None and record.error() is None:
            found.append((record.key(), record.value() or b"", dict(cast("list[tuple[str, bytes]]", record.headers()))))
        return len(found) >= count

    eventually(poll, 30)
    consumer.close()
    return sorted(found, key=_position)


def _position(record: Record) -> int:
    return int(record[2]["position"])


def check_nothing_private_in_http(addresses: dict[str, str], receiver: Receiver, installation: Installation) -> None:
    """No private value is in the feed, the snapshots, GraphQL, the webhooks, the metrics or the logs."""
    reader = installation.token("reader", "reader")
    events, graphql = addresses["events"], addresses["graphql"]
    query = "{ organisations(first: 100) { nodes { id title { text } state email phone } } }"
    shown = {
        "feed": httpx.get(f"{events}/events/v1/feed", params={"after": "1-0"}),
        "internal feed": httpx.get(f"{events}/events/v1/feed?after=1-0&view=internal", headers=reader),
        "snapshot": httpx.get(f"{events}/events/v1/snapshots/current"),
        "internal snapshot": httpx.get(f"{events}/events/v1/snapshots/current?view=internal", headers=reader),
        "GraphQL": httpx.post(f"{graphql}/graphql", json={"query": query}),
    }
    _check_nothing_private("GraphQL subscription", _first_changes(graphql, 2))
    for outlet, answer in shown.items():
        assert answer.status_code == 200, f"{outlet}: {answer.text}"
        _check_nothing_private(outlet, answer.text)
    for address in set(addresses.values()):
        _check_nothing_private("metrics", httpx.get(f"{address}/metrics").text)
    _check_nothing_private("webhooks", repr(receiver.received))
    for log in installation.folder.glob("*.log"):
        _check_nothing_private(log.name, log.read_text())


def _first_changes(address: str, count: int) -> str:
    query = """subscription { changes(after: "1-0") {
      changes { before after } before { title { text } email } organisation { title { text } email phone }
    } }"""
    text = ""
    headers = {"Accept": "text/event-stream"}
    with httpx.stream("POST", f"{address}/graphql", json={"query": query}, headers=headers) as answer:
        for piece in answer.iter_text():
            text += piece
            if text.count("event: next") >= count:
                break
    return text


def _check_nothing_private(outlet: str, text: Any) -> None:
    for value in PLANTED:
        assert value not in text, f"the private value {value!r} is in {outlet}"
