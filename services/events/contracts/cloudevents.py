"""Entries as CloudEvents 1.0.2: binary mode on Kafka, structured mode over HTTP."""

from datetime import datetime
from typing import TypeVar

from services.events.contracts.catalogue import SOURCE, TYPE_PREFIX
from services.events.contracts.entries import Entry, Json, Subject
from services.events.contracts.majors import CATALOGUE, OUTLET_MAJOR, Catalogue
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import Actor, Origin, View, Visibility

_Words = TypeVar("_Words", Origin, Actor)

JSON_TYPE = "application/json"
STRUCTURED_TYPE = "application/cloudevents+json"
BATCH_TYPE = "application/cloudevents-batch+json"
DATAREF = "dataref"
"""Attribute of an event that does not have all of its data: the address where that is (CloudEvents' claim check)."""


def attributes(
    entry: Entry, public_url: str, outlet_major: int = OUTLET_MAJOR, catalogue: Catalogue = CATALOGUE
) -> dict[str, str]:
    """The context attributes of an entry, without its data, as outlets of that major version tell them."""
    major = catalogue.major_of(entry.subject.kind, outlet_major)
    found = {
        "specversion": "1.0",
        "id": entry.event_id,
        "source": SOURCE,
        "type": f"{TYPE_PREFIX}.{entry.event}.v{major}",
        "subject": str(entry.subject),
        "time": entry.published_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": JSON_TYPE,
        "dataschema": f"{public_url}/events/v1/schemas/{entry.event}.v{major}.json",
        "partitionkey": entry.subject.id,
    }
    if entry.correlation_id:
        found["correlationid"] = entry.correlation_id
    if entry.causation_id:
        found["causationid"] = entry.causation_id
    return found


def structured(
    entry: Entry, view: View, public_url: str, outlet_major: int = OUTLET_MAJOR, catalogue: Catalogue = CATALOGUE
) -> Json:
    """The entry as one JSON object: attributes and data."""
    data = catalogue.data(entry, view, outlet_major)
    return {**attributes(entry, public_url, outlet_major, catalogue), "data": data}


def binary_headers(
    entry: Entry, public_url: str, outlet_major: int = OUTLET_MAJOR, catalogue: Catalogue = CATALOGUE
) -> list[tuple[str, bytes]]:
    """Kafka headers of the entry; its data is the record's value, the subject's id its key."""
    found = attributes(entry, public_url, outlet_major, catalogue)
    headers = [("content-type", found.pop("datacontenttype").encode())]
    headers += [(f"ce_{name}", value.encode()) for name, value in found.items()]
    position = entry.position
    return [*headers, ("generation", b"%d" % position.generation), ("position", b"%d" % position.number)]


def entry_from(attributes: dict[str, str], data: Json, catalogue: Catalogue = CATALOGUE) -> Entry:
    """Read an entry back from the attributes and data of either mode, in any major version that is published.

    Raises ValueError for what is not one.
    """
    try:
        event, data = catalogue.raised(attributes["type"], data)
        return _entry_from(event, attributes, data)
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an entry of the registry's log: {error}") from error


def _entry_from(event: str, attributes: dict[str, str], data: Json) -> Entry:
    return Entry(
        position=Position(data["generation"], data["position"]),
        event_id=attributes["id"],
        event=event,
        published_ms=_milliseconds(attributes["time"]),
        subject=Subject(data["subject"]["kind"], data["subject"]["id"]),
        version=data["version"],
        origin=_word(Origin, data["origin"]),
        actor=_word(Actor, data["actor"]),
        correlation_id=attributes.get("correlationid"),
        causation_id=attributes.get("causationid"),
        visibility=Visibility(data["visibility"]),
        document=data["document"],
        changes=data["changes"],
        restricted=data.get("restricted"),
        restricted_changes=data.get("restricted_changes", ()),
        redirect=data.get("redirect"),
    )


def _word(kind: type[_Words], text: str) -> _Words:
    """The word of the list; one that came into it after this reader was made is taken as it is."""
    try:
        return kind(text)
    except ValueError:
        unknown = str.__new__(kind, text)
        unknown._name_, unknown._value_ = "UNKNOWN", str(text)
        return unknown


def _milliseconds(time: str) -> int:
    moment = datetime.fromisoformat(time)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000
