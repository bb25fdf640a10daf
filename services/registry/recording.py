"""The one place where state and log entry are written: together, in the caller's transaction."""

import base64
import secrets
from dataclasses import dataclass

from services.events.contracts.catalogue import ORGANISATION, Event
from services.events.contracts.entries import Subject
from services.events.contracts.organisation import Organisation, as_document
from services.events.contracts.position import Position
from services.events.log.append import NOTHING, Draft, State
from services.registry.names import hides_person
from services.registry.repository import Stored, store
from services.registry.unit import Unit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command led to."""

    organisation: Organisation
    version: int
    position: Position
    """Where the change is in the log; where the log stands, when nothing changed."""


def record(
    unit: Unit, event: Event, before: Stored | None, after: Organisation, *, redirect: str | None = None
) -> Outcome:
    """Write the organisation as it is after the command, and the entry that tells of it."""
    entry = unit.log.append(
        Draft(
            event=event,
            subject=Subject(ORGANISATION, after.id),
            before=state_of(before.organisation) if before else NOTHING,
            after=state_of(after),
            origin=unit.author.origin,
            actor=unit.author.actor,
            author=unit.author.subject,
            correlation_id=unit.author.correlation_id,
            redirect=redirect,
        )
    )
    if entry.version != (before.version + 1 if before else 1):
        raise AssertionError(f"{after.id}: the log is at version {entry.version - 1}, the registry is not")
    store(unit.connection, before, after, entry.version)
    return Outcome(after, entry.version, entry.position)


def unchanged(unit: Unit, stored: Stored) -> Outcome:
    """The outcome of a command that found everything as it wants it: no entry, the version stays."""
    return Outcome(stored.organisation, stored.version, unit.log.position)


def state_of(organisation: Organisation) -> State:
    """What the log may learn of an organisation. Of a person who is not shown, not even the restricted figures."""
    public = organisation.public()
    if public is None:
        return NOTHING
    restricted = {} if hides_person(organisation) else as_document(organisation.restricted)
    return State(as_document(public), restricted or None)


def new_id(prefix: str) -> str:
    """A new opaque id: the prefix and sixteen characters that nobody can guess."""
    return f"{prefix}-{base64.b32encode(secrets.token_bytes(10)).decode().lower()}"
