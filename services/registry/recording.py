"""The one place where state and log entry are written: together, in the caller's transaction."""

import base64
import secrets
from dataclasses import dataclass

from services.events.contracts.catalogue import ORGANISATION, Event
from services.events.contracts.entries import Json, Subject
from services.events.contracts.organisation import Organisation, as_document
from services.events.contracts.position import Position
from services.events.contracts.trusted import trusted
from services.events.contracts.vocabulary import ProfileState
from services.events.log.drafts import NOTHING, Draft, State
from services.registry.documents import document_of
from services.registry.names import hides_person
from services.registry.repository import Stored
from services.registry.unit import Unit

_PUBLIC = frozenset(state for state in ProfileState if state.is_public)
_NOT_PUBLIC = frozenset({"restricted", "private", "merged_into"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command led to."""

    organisation: Organisation
    document: Json
    version: int
    position: Position
    """Where the change is in the log; where the log stands, when nothing changed."""
    event_id: str | None = None
    """Id of the event that tells of it; none when nothing changed."""


def record(  # noqa: PLR0913 - the last two are of merges alone
    unit: Unit,
    event: Event,
    before: Stored | None,
    after: Organisation,
    *,
    redirect: str | None = None,
    cause: Outcome | None = None,
) -> Outcome:
    """Write the organisation as it is after the command, and the entry that tells of it.

    `cause` is what the same command did to another organisation, and what led to this change.
    """
    document = document_of(before, after)
    entry = unit.log.append(
        Draft(
            event=event,
            subject=Subject(ORGANISATION, after.id),
            before=_tellable(before.document, document) if before else NOTHING,
            after=state_of(document),
            origin=unit.author.origin,
            actor=unit.author.actor,
            author=unit.author.subject,
            correlation_id=unit.author.correlation_id,
            causation_id=cause.event_id if cause else None,
            redirect=redirect,
        ),
        is_new=before is None,
    )
    if entry.version != (before.version + 1 if before else 1):
        raise AssertionError(f"{after.id}: the log is at version {entry.version - 1}, the registry is not")
    unit.organisations.store(before, after, document, entry.version)
    return Outcome(after, document, entry.version, entry.position, entry.event_id)


def unchanged(unit: Unit, stored: Stored) -> Outcome:
    """The outcome of a command that found everything as it wants it: no entry, the version stays."""
    return Outcome(stored.organisation, stored.document, stored.version, unit.log.position)


def _tellable(before: Json, after: Json) -> State:
    """What the document was, with a person who is hidden now hidden in it as well.

    Else the entry that withdraws a person's data would publish them once more, as the values before the change.
    """
    private = after.get("private", {})
    if private.get("natural_person") and not private.get("display_consent"):
        before = before | {"private": private}
    return state_of(before)


def state_of(document: Json) -> State:
    """What the log may learn of an organisation. Of a person who is not shown, not even the restricted figures."""
    if document["state"] not in _PUBLIC:
        return NOTHING
    if document.get("private", {}).get("natural_person"):
        return _state_of_person(trusted(Organisation, document))
    public = {name: value for name, value in document.items() if name not in _NOT_PUBLIC}
    return State(public, document.get("restricted"))


def _state_of_person(organisation: Organisation) -> State:
    public = organisation.public()
    if public is None:
        return NOTHING
    restricted = {} if hides_person(organisation) else as_document(organisation.restricted)
    return State(as_document(public), restricted or None)


def new_id(prefix: str) -> str:
    """A new opaque id: the prefix and sixteen characters that nobody can guess."""
    return f"{prefix}-{base64.b32encode(secrets.token_bytes(10)).decode().lower()}"
