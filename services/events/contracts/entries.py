"""One entry of the log: what was accepted, about which subject, and what it changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from services.events.contracts.position import Position
from services.events.contracts.vocabulary import Actor, Origin, View, Visibility

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry is about: kind and id. Positions are global, the order that every outlet keeps is per subject."""

    kind: str
    """`organisation`; the taxonomy, measures, calls come later on the same positions."""
    id: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True, slots=True)
class Entry:
    """An accepted change, with the document as it is after it."""

    position: Position
    event_id: str
    event: str
    """Name of the event in the catalogue: `profile-changed`."""
    published_ms: int
    """Milliseconds since 1970, UTC: rising strictly per subject, never falling over the log."""
    subject: Subject
    version: int
    """The subject's version after the change: 1, 2, 3 ... without gap."""
    origin: Origin
    actor: Actor
    correlation_id: str | None
    visibility: Visibility
    document: Json | None
    """The public document after the change; none when the subject is not public."""
    changes: Sequence[Json]
    """Changed paths of the public document, as `services.events.contracts.changes` makes them."""
    restricted: Json | None
    """The restricted part after the change: internal view only."""
    restricted_changes: Sequence[Json]
    redirect: str | None = None
    """Id of the subject that stands for this one now: where a merged organisation went."""
    causation_id: str | None = None
    """Id of the event that led to this one: of the merge, for what the other organisation took over."""

    @property
    def published_at(self) -> datetime:
        """When the entry was published."""
        return datetime.fromtimestamp(self.published_ms / 1000, UTC)

    def data(self, view: View) -> Json:
        """The entry as outlets show it in that view."""
        data: Json = {
            "generation": self.position.generation,
            "position": self.position.number,
            "subject": {"kind": self.subject.kind, "id": self.subject.id},
            "version": self.version,
            "origin": self.origin.value,
            "actor": self.actor.value,
            "visibility": self.visibility.value,
            "document": self.document,
            "changes": self.changes,
        }
        if self.redirect:
            data["redirect"] = self.redirect
        if view is View.INTERNAL:
            data["restricted"] = self.restricted
            data["restricted_changes"] = self.restricted_changes
        return data


@dataclass(frozen=True, slots=True)
class Current:
    """A subject that is public now, with its documents."""

    subject: Subject
    version: int
    document: Json
    restricted: Json | None
    position: Position | None = None
    """Position of the subject's last change; none where the source of the snapshot does not say."""
