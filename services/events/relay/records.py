"""Entries as Kafka records."""

from collections.abc import Iterator

import orjson

from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.cloudevents import binary_headers
from services.events.contracts.entries import Entry
from services.events.contracts.majors import CATALOGUE, OUTLET_MAJOR, Catalogue
from services.events.contracts.vocabulary import View, Visibility
from services.events.relay.record import Record
from services.events.topics import Topics


def records_of(
    entry: Entry, topics: Topics, public_url: str, outlet_major: int = OUTLET_MAJOR, catalogue: Catalogue = CATALOGUE
) -> Iterator[Record]:
    """The records that tell an entry, one a topic at most, in the major version of the topics."""
    key, headers = entry.subject.id.encode(), binary_headers(entry, public_url, outlet_major, catalogue)
    public = orjson.dumps(catalogue.data(entry, View.PUBLIC, outlet_major))
    yield Record(topics.changes.name, key, public, headers, entry.published_ms)
    internal = orjson.dumps(catalogue.data(entry, View.INTERNAL, outlet_major))
    yield Record(topics.internal.name, key, internal, headers, entry.published_ms)
    if entry.subject.kind == ORGANISATION and entry.visibility is not Visibility.HIDDEN:
        state = None if entry.visibility is Visibility.LEFT else public
        yield Record(topics.organisations.name, key, state, headers, entry.published_ms)


def state_of(entry: Entry, topics: Topics, public_url: str) -> Record:
    """The record that has the state of an organisation whose latest entry this is: a tombstone if it is not public."""
    state = None if entry.document is None else orjson.dumps(entry.data(View.PUBLIC))
    headers = binary_headers(entry, public_url)
    return Record(topics.organisations.name, entry.subject.id.encode(), state, headers, entry.published_ms)
