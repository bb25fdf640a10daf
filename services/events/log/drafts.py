"""What is appended to the log, before it has a position."""

from dataclasses import dataclass

from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Json, Subject
from services.events.contracts.vocabulary import Actor, Origin


@dataclass(frozen=True, slots=True)
class State:
    """What the outlets may learn of a subject: its public document and its restricted part."""

    public: Json | None
    restricted: Json | None = None


NOTHING = State(None)
"""State of a subject before its first entry."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has a position."""

    event: Event
    subject: Subject
    before: State
    """What it was, as much of that as may still be told: changed values are told against it."""
    after: State
    origin: Origin
    actor: Actor
    author: str | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    """Id of the event that led to this one."""
    redirect: str | None = None
