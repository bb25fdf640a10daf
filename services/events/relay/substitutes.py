"""What is published for a record that the brokers refuse: a small one in its place, and a notice of it."""

import time
from dataclasses import replace
from typing import Any

import orjson

from services.events.contracts.cloudevents import DATAREF
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.relay.record import Record
from services.events.topics import Topics

_LEFT_OUT = ("document", "changes")


def substitute_for(record: Record, entry: Entry, topics: Topics, public_url: str) -> Record:
    """The entry without its documents, and with the address of the whole of it: CloudEvents' `dataref`.

    Whoever waits for its position learns of it and where to get the rest. A tombstone stays one.
    """
    view = "&view=internal" if record.topic == topics.internal.name else ""
    before = Position(entry.position.generation, entry.position.number - 1)
    address = f"{public_url}/events/v1/feed?after={before}&limit=1{view}"
    value = record.value and orjson.dumps(data_without_documents(entry))
    headers = [*record.headers, (f"ce_{DATAREF}", address.encode())]
    # Brokers can refuse a time that is long ago, and readers seek by one that is not before those of earlier entries.
    return replace(record, value=value, headers=headers, timestamp_ms=max(_now(), entry.published_ms))


def notice_of(record: Record, entry: Entry, reason: str, topic: str) -> Record:
    """What the topic of dead letters says of it."""
    told = data_without_documents(entry) | {"event": entry.event, "event_id": entry.event_id, "topic": record.topic}
    value = orjson.dumps(told | {"bytes": len(record.value or b""), "reason": reason[:500]})
    return Record(topic, record.key, value, record.headers, _now())


def data_without_documents(entry: Entry) -> dict[str, Any]:
    """What the small record says: what happened, where in the log, and nothing of the content."""
    return {name: value for name, value in entry.data(View.PUBLIC).items() if name not in _LEFT_OUT}


def _now() -> int:
    return time.time_ns() // 1_000_000
