"""Organisations in their tables: the document, and beside it what must be unique or is looked up.

The rows beside the document are made from it, here alone: whoever stores an organisation stores them too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Table, bindparam, delete, insert, select, update

from services.database import dump_json
from services.events.contracts.organisation import Organisation, as_document
from services.events.contracts.vocabulary import ProfileState
from services.problems import NotFound
from services.registry.names import keys_of
from services.registry.tables import enterprise_number, establishment_number, name_key, organisation, slug_redirect

_ENDED = {ProfileState.ARCHIVED, ProfileState.MERGED}
"""States in which an organisation claims no number and is nobody's duplicate."""

# Made once: see `services.events.log.append`.
_FIND = select(organisation.c.document, organisation.c.version).where(organisation.c.id == bindparam("of_id"))
_INSERT = insert(organisation)
_UPDATE = update(organisation).where(organisation.c.id == bindparam("of_id"))


@dataclass(frozen=True, slots=True)
class Stored:
    """An organisation as it is stored, and its version."""

    organisation: Organisation
    version: int


def find(connection: Connection, identifier: str) -> Stored | None:
    """The organisation with this id."""
    row = connection.execute(_FIND, {"of_id": identifier}).one_or_none()
    return row and Stored(Organisation.model_validate(orjson.loads(row.document)), row.version)


def load(connection: Connection, identifier: str) -> Stored:
    """The organisation with this id. Raises NotFound."""
    found = find(connection, identifier)
    if found is None:
        raise NotFound(f"There is no organisation {identifier[:40]}.")
    return found


def id_of_slug(connection: Connection, slug: str) -> str | None:
    """Id of the organisation whose slug this is or was."""
    for column in (organisation.c.id, slug_redirect.c.organisation_id):
        found = connection.execute(select(column).where(column.table.c.slug == slug)).scalar_one_or_none()
        if found is not None:
            return str(found)
    return None


def store(connection: Connection, before: Stored | None, after: Organisation, version: int) -> None:
    """Write the organisation as that version, with every row that belongs to it."""
    if before is None:
        connection.execute(_INSERT, _row(after, version))
    else:
        connection.execute(_UPDATE, {"of_id": after.id, **_row(after, version)})
    old = before.organisation if before else None
    for table, column, values_of in _ROWS:
        _replace(connection, table.c[column], after.id, values_of(old) if old else set(), values_of(after))
    _replace_names(connection, old, after)


def _row(stored: Organisation, version: int) -> dict[str, Any]:
    return {
        "id": stored.id,
        "version": version,
        "state": stored.state.value,
        "slug": stored.slug,
        "validated_on": stored.last_validated_on or stored.registered_on,
        "document": dump_json(as_document(stored)),
    }


def enterprise_numbers(claimed: Organisation) -> set[str]:
    """Enterprise numbers that the organisation holds."""
    return set() if claimed.state in _ENDED else {number.digits for number in claimed.enterprise_numbers}


def establishment_numbers(claimed: Organisation) -> set[str]:
    """Establishment numbers that the organisation holds."""
    numbers = (place.number for place in claimed.establishments)
    return set() if claimed.state in _ENDED else {number.digits for number in numbers if number}


def _former_slugs(claimed: Organisation) -> set[str]:
    return set() if claimed.state is ProfileState.MERGED else set(claimed.former_slugs)


_ROWS = (
    (enterprise_number, "number", enterprise_numbers),
    (establishment_number, "number", establishment_numbers),
    (slug_redirect, "slug", _former_slugs),
)


def _replace(connection: Connection, column: Column[str], owner: str, before: set[str], after: set[str]) -> None:
    if gone := before - after:
        connection.execute(delete(column.table).where(column.in_(gone)))
    if new := after - before:
        connection.execute(
            insert(_table(column)), [{column.name: value, "organisation_id": owner} for value in sorted(new)]
        )


def _table(column: Column[str]) -> Table:
    table: Table = column.table
    return table


def _replace_names(connection: Connection, before: Organisation | None, after: Organisation) -> None:
    old = keys_of(before) if before and before.state not in _ENDED else frozenset()
    new = keys_of(after) if after.state not in _ENDED else frozenset()
    of_this = name_key.c.organisation_id == after.id
    for gone in sorted(old - new):
        connection.execute(delete(name_key).where(of_this, name_key.c.key == gone.key, name_key.c.name == gone.name))
    if added := sorted(new - old):
        connection.execute(insert(name_key), [{"organisation_id": after.id, **key._asdict()} for key in added])


def states_of(connection: Connection, identifiers: Iterable[str]) -> dict[str, ProfileState]:
    """State of each organisation that exists among these."""
    columns = organisation.c.id, organisation.c.state
    rows = connection.execute(select(*columns).where(organisation.c.id.in_(set(identifiers))))
    return {row.id: ProfileState(row.state) for row in rows}
