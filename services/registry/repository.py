"""Reading stored organisations. Within a writing transaction handlers read and store them by `unit.organisations`."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import orjson
from sqlalchemy import Connection, bindparam, select

from services.events.contracts.entries import Json
from services.events.contracts.organisation import Organisation
from services.events.contracts.trusted import trusted
from services.events.contracts.vocabulary import ProfileState
from services.problems import NotFound
from services.registry.tables import organisation, slug_redirect

# Made once: SQLAlchemy takes longer to build such a statement than a database to carry it out.
_FIND = select(organisation.c.id, organisation.c.document, organisation.c.version).where(
    organisation.c.id.in_(bindparam("of_ids", expanding=True))
)


@dataclass(frozen=True)
class Stored:
    """An organisation as it is stored, and its version."""

    document: Json
    version: int

    @cached_property
    def organisation(self) -> Organisation:
        """The document as a model, whatever the rules have become since it was checked."""
        return trusted(Organisation, self.document)

    @property
    def id(self) -> str:
        """The organisation's id."""
        identifier: str = self.document["id"]
        return identifier

    @property
    def state(self) -> ProfileState:
        """Where its profile stands in its life."""
        return ProfileState(self.document["state"])


def find(connection: Connection, identifier: str) -> Stored | None:
    """The organisation with this id."""
    return find_all(connection, [identifier]).get(identifier)


def find_all(connection: Connection, identifiers: Iterable[str]) -> dict[str, Stored]:
    """Those of the organisations that there are, by their ids."""
    rows = connection.execute(_FIND, {"of_ids": list(identifiers)})
    return {row.id: Stored(orjson.loads(row.document), row.version) for row in rows.all()}


def load(connection: Connection, identifier: str) -> Stored:
    """The organisation with this id. Raises NotFound."""
    return known(find(connection, identifier), identifier)


def known(found: Stored | None, identifier: str) -> Stored:
    """What was found. Raises NotFound where that is nothing."""
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


def states_of(connection: Connection, identifiers: Iterable[str]) -> dict[str, ProfileState]:
    """State of each organisation that exists among these."""
    columns = organisation.c.id, organisation.c.state
    rows = connection.execute(select(*columns).where(organisation.c.id.in_(set(identifiers))))
    return {row.id: ProfileState(row.state) for row in rows}
