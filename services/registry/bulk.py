"""Storing new organisations by the thousand: what one command at a time would write, in a few statements a batch.

Only for documents that are right by construction: nothing is checked here but what the database itself checks (no
number, slug or id twice). The tables' rows are made as in `organisations`; tests compare them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Dialect, Table

from services.database import dump_json
from services.events.contracts.catalogue import ORGANISATION, Event
from services.events.contracts.entries import Json, Subject
from services.events.contracts.organisation import PublicContent
from services.events.contracts.vocabulary import Language, ProfileState
from services.events.log.drafts import NOTHING, Draft
from services.registry import tables
from services.registry.names import keys_of
from services.registry.recording import state_of
from services.registry.unit import Unit

_ENDED = frozenset({ProfileState.ARCHIVED, ProfileState.MERGED})


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one organisation: what happened, and the whole document after it."""

    event: Event
    document: Json
    redirect: str | None = None
    follows_from_last: bool = False
    """Whether the step before, of another organisation, led to it: then that one's event is named as its cause."""


def store_new(unit: Unit, steps: Iterable[Step]) -> int:
    """Write organisations that the registry does not have yet, each with every step to its present state.

    Gives back how many organisations there were. Raises the database's IntegrityError when one is there already.
    """
    last: dict[str, tuple[Json, int]] = {}
    event_id: str | None = None
    for step in steps:
        identifier = step.document["id"]
        before, version = last.get(identifier, (None, 0))
        event_id = _append(unit, step, before, event_id if step.follows_from_last else None)
        last[identifier] = step.document, version + 1
    _insert_rows(unit, last.values())
    return len(last)


def _append(unit: Unit, step: Step, before: Json | None, causation_id: str | None) -> str:
    """Append the step's entry; gives back the id of its event."""
    draft = Draft(
        event=step.event,
        subject=Subject(ORGANISATION, step.document["id"]),
        before=NOTHING if before is None else state_of(before),
        after=state_of(step.document),
        origin=unit.author.origin,
        actor=unit.author.actor,
        author=unit.author.subject,
        correlation_id=unit.author.correlation_id,
        causation_id=causation_id,
        redirect=step.redirect,
    )
    return unit.log.append(draft, is_new=before is None).event_id


Rows = dict[Table, list[tuple[Any, ...]]]


def _insert_rows(unit: Unit, stored: Iterable[tuple[Json, int]]) -> None:
    rows: Rows = {table: [] for table in _COLUMNS}
    for document, version in stored:
        rows[tables.organisation].append(_row(document, version))
        _collect(rows, document)
    for table, values in rows.items():
        if values:
            unit.connection.exec_driver_sql(_statement(unit.connection.dialect, table), values)


_COLUMNS = {
    tables.organisation: ("id", "version", "state", "slug", "validated_on", "document"),
    tables.enterprise_number: ("number", "organisation_id"),
    tables.establishment_number: ("number", "organisation_id"),
    tables.slug_redirect: ("slug", "organisation_id"),
    tables.name_key: ("key", "name", "organisation_id"),
}
"""The rows' columns in their order: given to the driver as they are, they take a third of the time of SQLAlchemy's."""


def _statement(dialect: Dialect, table: Table) -> str:
    columns = _COLUMNS[table]
    mark = "?" if dialect.paramstyle == "qmark" else "%s"
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES ({', '.join(mark for _ in columns)})"  # noqa: S608


def _row(document: Json, version: int) -> tuple[Any, ...]:
    validated_on = document.get("last_validated_on", document["registered_on"])
    return document["id"], version, document["state"], document["slug"], validated_on, dump_json(document)


def _collect(rows: Rows, document: Json) -> None:
    """The rows beside the document, of an organisation that has not ended."""
    if document["state"] in _ENDED:
        return
    owner = document["id"]
    places = document.get("establishments", ())
    rows[tables.enterprise_number] += [(number, owner) for number in document.get("enterprise_numbers", ())]
    rows[tables.establishment_number] += [(place["number"], owner) for place in places if "number" in place]
    rows[tables.slug_redirect] += [(slug, owner) for slug in document.get("former_slugs", ())]
    rows[tables.name_key] += [(*key, owner) for key in keys_of(cast("PublicContent", _Named(document)))]


class _Texts:
    """A title as `names` reads it."""

    __slots__ = ("de", "en", "fr", "languages", "nl")

    def __init__(self, texts: dict[str, str]) -> None:
        self.languages = tuple(language for language in Language if language in texts)
        for language in Language:
            setattr(self, language, texts.get(language))


@dataclass(slots=True)
class _Address:
    nis_code: str | None


@dataclass(slots=True)
class _Place:
    address: _Address
    phone: str | None


class _Named:
    """The part of a document that `names` reads, without the cost of building the organisation."""

    __slots__ = ("establishments", "phone", "title", "websites")

    def __init__(self, document: Json) -> None:
        self.title = _Texts(document["title"])
        self.websites: Sequence[str] = document.get("websites", ())
        self.phone: str | None = document.get("phone")
        self.establishments: list[Any] = [
            _Place(_Address(place["address"].get("nis_code")), place.get("phone"))
            for place in document.get("establishments", ())
        ]
