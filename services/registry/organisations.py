"""The organisations within one writing transaction: the document, and beside it what must be unique or is looked up.

The rows beside the document are made from it, here alone: whoever stores an organisation stores them too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete

from services.database import dump_json
from services.events.contracts.entries import Json
from services.events.contracts.organisation import Organisation
from services.events.contracts.vocabulary import ProfileState
from services.events.log.rows import Row, insert_rows, update_rows
from services.registry import tables
from services.registry.documents import changed_fields
from services.registry.names import NAMED_BY, NameKey, keys_of
from services.registry.repository import Stored, find_all, known

_ENDED = {ProfileState.ARCHIVED, ProfileState.MERGED}
"""States in which an organisation claims no number and is nobody's duplicate."""
_Key = tuple[str, ...]


class Organisations:
    """Each organisation is read once, and changed documents are written together.

    Until `flush` the table is behind; `Transaction` flushes before any other statement can look at it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, Stored] = {}
        self._changed: dict[str, Row] = {}

    def preload(self, identifiers: Iterable[str]) -> None:
        """Read organisations that are about to change, all at once."""
        self._known |= find_all(self._connection, identifiers)

    def find(self, identifier: str) -> Stored | None:
        """The organisation with this id."""
        if identifier not in self._known:
            self.preload([identifier])
        return self._known.get(identifier)

    def load(self, identifier: str) -> Stored:
        """The organisation with this id. Raises NotFound."""
        return known(self.find(identifier), identifier)

    def store(self, before: Stored | None, after: Organisation, document: Json, version: int) -> None:
        """Write the organisation as that version, with every row that belongs to it."""
        row = _row(after, document, version)
        if before is None:
            insert_rows(self._connection, tables.organisation, [row])
        else:
            self._changed[after.id] = row
        self._known[after.id] = Stored(document, version)
        self._store_beside(before.organisation if before else None, after)

    def flush(self) -> None:
        """Write the changed documents."""
        changed, self._changed = self._changed, {}
        update_rows(self._connection, tables.organisation, ("id",), list(changed.values()))

    def forget(self) -> None:
        """Read everything again: what was stored since the last flush is taken back."""
        self._known.clear()
        self._changed.clear()

    def _store_beside(self, before: Organisation | None, after: Organisation) -> None:
        changed = changed_fields(before, after)
        for beside in _BESIDE:
            if beside.made_from & changed:
                self._replace(beside, after.id, beside.rows_of(before), beside.rows_of(after))

    def _replace(self, beside: "_Beside", owner: str, before: set[_Key], after: set[_Key]) -> None:
        table, names = beside.table, beside.columns
        for gone in sorted(before - after):
            same = [table.c[name] == value for name, value in zip(names, gone, strict=True)]
            self._connection.execute(delete(table).where(table.c.organisation_id == owner, *same))
        new = sorted(after - before)
        insert_rows(
            self._connection, table, [{"organisation_id": owner, **dict(zip(names, key, strict=True))} for key in new]
        )


def _row(stored: Organisation, document: Json, version: int) -> Row:
    return {
        "version": version,
        "state": stored.state.value,
        "slug": stored.slug,
        "validated_on": (stored.last_validated_on or stored.registered_on).isoformat(),
        "document": dump_json(document),
        "id": stored.id,
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


def _names(found: Organisation) -> frozenset[NameKey]:
    return frozenset() if found.state in _ENDED else keys_of(found)


@dataclass(frozen=True, slots=True)
class _Beside:
    """Rows beside the document: their table and columns, how they are made, and from which fields."""

    table: Table
    columns: tuple[str, ...]
    make: Callable[[Organisation], Iterable[str] | Iterable[NameKey]]
    made_from: frozenset[str]

    def rows_of(self, stored: Organisation | None) -> set[_Key]:
        """The values of the columns, for each row."""
        made = self.make(stored) if stored else ()
        return {(key,) if isinstance(key, str) else tuple(key) for key in made}


_BESIDE = (
    _Beside(tables.enterprise_number, ("number",), enterprise_numbers, frozenset({"state", "enterprise_numbers"})),
    _Beside(tables.establishment_number, ("number",), establishment_numbers, frozenset({"state", "establishments"})),
    _Beside(tables.slug_redirect, ("slug",), _former_slugs, frozenset({"state", "former_slugs"})),
    _Beside(tables.name_key, ("key", "name"), _names, frozenset({"state"}) | NAMED_BY),
)
