"""What an outlet told: the same few values whatever the outlet, so that each can be compared with the log."""

from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from services.events.contracts.entries import Entry


class Told(NamedTuple):
    """One entry as an outlet told it."""

    position: int
    event_id: str
    subject: str
    """`organisation/org-…`."""
    version: int
    document: str
    """Fingerprint of the public document after the change."""

    def __str__(self) -> str:
        return f"{self.position} ({self.subject} version {self.version})"


def fingerprint(document: Any) -> str:
    """A document as a few characters; equal documents have equal ones, whatever the order of their keys."""
    if document is None:
        return "none"
    return blake2b(orjson.dumps(document, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()


def told_by_event(event_id: str, data: dict[str, Any]) -> Told:
    """Read what an event of the feed, the stream, Kafka or a webhook says."""
    subject = f"{data['subject']['kind']}/{data['subject']['id']}"
    return Told(data["position"], event_id, subject, data["version"], fingerprint(data["document"]))


def told_by_entry(entry: Entry) -> Told:
    """The same of an entry that a follower was given."""
    document = fingerprint(entry.document)
    return Told(entry.position.number, entry.event_id, str(entry.subject), entry.version, document)
