"""CloudEvents as their own library for JavaScript reads them: one by one, as a batch, and from records of Kafka."""

import json
from typing import Any

from services.events.contracts.catalogue import Event
from services.events.contracts.cloudevents import BATCH_TYPE, STRUCTURED_TYPE, structured
from services.events.contracts.examples import example
from services.events.contracts.vocabulary import View
from services.events.relay.records import records_of
from services.events.topics import topics_of
from services.settings import Settings
from tests.events.contracts.conftest import FOLDER, Readers

URL = "https://registry.example"
TOPICS = topics_of(Settings())
EVENTS = [structured(example(event), View.PUBLIC, URL) for event in Event]


def over_http(media_type: str, body: Any) -> dict[str, Any]:
    return {"headers": {"content-type": media_type}, "body": json.dumps(body)}


def on_kafka(event: Event) -> dict[str, Any]:
    """The record of the topic of changes."""
    record = next(iter(records_of(example(event), TOPICS, URL)))
    assert record.value is not None
    headers = {name: value.decode() for name, value in record.headers}
    return {"key": record.key.decode(), "headers": headers, "value": record.value.decode()}


def test_events_over_http_are_read_as_they_were_sent(contract_readers: Readers) -> None:
    messages = [over_http(STRUCTURED_TYPE, event) for event in EVENTS]
    assert contract_readers.run("cloudevents.mjs", messages) == [[event] for event in EVENTS]


def test_a_batch_is_read_as_it_was_sent(contract_readers: Readers) -> None:
    assert contract_readers.run("cloudevents.mjs", [over_http(BATCH_TYPE, EVENTS)]) == [EVENTS]


def test_records_of_kafka_are_read_as_the_same_events(contract_readers: Readers) -> None:
    """In binary mode: the attributes are headers, of which the library takes those of its own names alone."""
    assert contract_readers.run("cloudevents.mjs", [on_kafka(event) for event in Event]) == [[one] for one in EVENTS]


def test_the_lock_of_the_readers_pins_digests_and_names_no_host() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text())["packages"]
    installed = {name: package for name, package in lock.items() if name}
    assert installed
    assert all(package["integrity"].startswith("sha512-") for package in installed.values())
    assert not any("resolved" in package for package in installed.values())
