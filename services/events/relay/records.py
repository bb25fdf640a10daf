"""Entries as Kafka records."""

from collections.abc import Iterator

import orjson

from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.cloudevents import binary_headers
from services.events.contracts.entries import Entry
from services.events.contracts.vocabulary import View, Visibility
from services.events.relay.record import Record
from services.events.topics import Topics


def records_of(entry: Entry, topics: Topics, public_url: str) -> Iterator[Record]:
    """The records that tell an entry, one a topic at most."""
    key, headers = entry.subject.id.encode(), binary_headers(entry, public_url)
    public = orjson.dumps(entry.data(View.PUBLIC))
    yield Record(topics.changes.name, key, public, headers, entry.published_ms)
    internal = orjson.dumps(entry.data(View.INTERNAL))
    yield Record(topics.internal.name, key, internal, headers, entry.published_ms)
    if entry.subject.kind == ORGANISATION and entry.visibility is not Visibility.HIDDEN:
        state = None if entry.visibility is Visibility.LEFT else public
        yield Record(topics.organisations.name, key, state, headers, entry.published_ms)


def state_of(entry: Entry, topics: Topics, public_url: str) -> Record:
    """The record that has the state of an organisation whose latest entry this is: a tombstone if it is not public."""
    state = None if entry.document is None else orjson.dumps(entry.data(View.PUBLIC))
    headers = binary_headers(entry, public_url)
    return Record(topics.organisations.name, entry.subject.id.encode(), state, headers, entry.published_ms)
