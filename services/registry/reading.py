"""Reading organisations for a caller: the document that the caller may see, or where it is found now."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Row, Select, select

from services.access.roles import Caller, Relation
from services.access.rules import Action, decide
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Json
from services.events.contracts.vocabulary import ProfileState
from services.events.log.tables import log_entry, log_subject
from services.problems import NotFound
from services.registry.members import relation_of
from services.registry.relations import survivor_of
from services.registry.repository import id_of_slug
from services.registry.slugs import looks_like_id, looks_like_slug
from services.registry.tables import member, organisation


@dataclass(frozen=True, slots=True)
class Shown:
    """An organisation as a caller sees it."""

    id: str
    slug: str
    version: int
    document: Json
    whole: bool
    """Whether the private part is in it."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The reference is of former times: it leads to another one now."""

    shown: Shown
    reason: str
    """`renamed` or `merged`."""


def look_up(connection: Connection, caller: Caller, reference: str) -> Shown | Moved:
    """The organisation of this id or slug. Raises NotFound for none, and for one that the caller may not know of."""
    identifier = _identifier(connection, reference)
    current = survivor_of(connection, identifier) if identifier else None
    shown = _show(connection, caller, current) if current else None
    if shown is None:
        raise NotFound(f"There is no organisation {reference[:80]}, or it is not public.")
    if current != identifier:
        return Moved(shown, "merged")
    return shown if reference in {shown.id, shown.slug} else Moved(shown, "renamed")


def _identifier(connection: Connection, reference: str) -> str | None:
    if looks_like_id(reference):
        return reference
    return id_of_slug(connection, reference) if looks_like_slug(reference) else None


def _show(connection: Connection, caller: Caller, identifier: str) -> Shown | None:
    row = connection.execute(select(organisation).where(organisation.c.id == identifier)).one_or_none()
    if row is None:
        return None
    relation = relation_of(connection, identifier, caller.subject)
    if decide(caller, Action.READ_FULL, relation=relation).allowed:
        return Shown(row.id, row.slug, row.version, orjson.loads(row.document), whole=True)
    if not decide(caller, Action.READ_PUBLIC, relation=relation, state=row.state).allowed:
        return None
    return _shown_in_part(connection, caller, relation, row)


def _shown_in_part(
    connection: Connection, caller: Caller, relation: Relation | None, row: Row[tuple[str]]
) -> Shown | None:
    """What the log tells of it: nothing, where a person does not want to be shown."""
    entry = connection.execute(_latest_entry(row.id)).one()
    if entry.document is None:
        return None
    document: Json = orjson.loads(entry.document)
    restricted: Json = orjson.loads(entry.restricted) if entry.restricted else {}
    seeking = {name: value for name, value in restricted.items() if name == "seeking"}
    figures = {name: value for name, value in restricted.items() if name != "seeking"}
    allowed = (seeking if decide(caller, Action.READ_SEEKING, relation=relation).allowed else {}) | (
        figures if decide(caller, Action.READ_FIGURES, relation=relation).allowed else {}
    )
    shown = document | ({"restricted": allowed} if allowed else {})
    return Shown(row.id, row.slug, row.version, shown, whole=False)


def _latest_entry(identifier: str) -> Select[tuple[str | None, str | None]]:
    same = log_subject.c.position == log_entry.c.position
    wanted = select(log_entry.c.document, log_entry.c.restricted).join(log_subject, same)
    return wanted.where(log_subject.c.kind == ORGANISATION, log_subject.c.id == identifier)


@dataclass(frozen=True, slots=True)
class Listing:
    """Which organisations to list, in the order of their ids."""

    state: ProfileState | None = None
    member: str | None = None
    """Only those that this subject belongs to."""
    after: str = ""
    limit: int = 20


def list_organisations(connection: Connection, wanted: Listing) -> list[Json]:
    """A summary of each: enough for a work list."""
    query = select(organisation).where(organisation.c.id > wanted.after)
    if wanted.state is not None:
        query = query.where(organisation.c.state == wanted.state.value)
    if wanted.member is not None:
        own = select(member.c.organisation_id).where(member.c.subject == wanted.member)
        query = query.where(organisation.c.id.in_(own))
    rows = connection.execute(query.order_by(organisation.c.id).limit(wanted.limit))
    return [_summary(row) for row in rows]


def _summary(row: Row[tuple[str]]) -> Json:
    document = orjson.loads(row.document)
    return {
        "id": row.id,
        "slug": row.slug,
        "state": row.state,
        "version": row.version,
        "title": document["title"],
        "kinds": list(document["profiles"]),
        "validated_on": row.validated_on.isoformat(),
    }


def next_after(items: Sequence[Json], limit: int) -> str | None:
    """Where the next page begins, if there may be one."""
    return str(items[-1]["id"]) if len(items) == limit else None
