"""Saved searches as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from services.database import dump_json
from services.events.contracts.criteria import STORED, Criteria
from services.events.contracts.position import Position
from services.notifier.tables import delivery, saved_search
from services.notifier.vocabulary import DeliveryState, SearchState


@dataclass(frozen=True, slots=True)
class Secrets:
    """What deliveries are signed with: two secrets while a rotation lasts."""

    current: str
    former: str | None = None
    former_until_ms: int = 0

    def at(self, now_ms: int) -> tuple[str, ...]:
        """The secrets that sign at that time, the newest first."""
        if self.former is not None and now_ms < self.former_until_ms:
            return self.current, self.former
        return (self.current,)


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A saved search with the webhook that it is delivered to."""

    id: str
    version: int
    owner: str
    name: str
    criteria: Criteria
    sees_restricted: bool
    """Whether unpublished figures count when it is matched: the owner may read them."""
    state: SearchState
    reason: str | None
    url: str
    secrets: Secrets
    created_ms: int
    since: Position
    """Nothing up to this position is ever matched."""


def find_search(connection: Connection, search_id: str, *, lock: bool = False) -> SavedSearch | None:
    """The search of that id."""
    wanted = select(saved_search).where(saved_search.c.id == search_id)
    row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    return None if row is None else _search(row)


def list_searches(connection: Connection, owner: str | None) -> list[SavedSearch]:
    """The searches of an owner, or of all, the oldest first."""
    wanted = select(saved_search).order_by(saved_search.c.created_ms, saved_search.c.id)
    if owner is not None:
        wanted = wanted.where(saved_search.c.owner == owner)
    return [_search(row) for row in connection.execute(wanted)]


def active_searches(connection: Connection) -> list[SavedSearch]:
    """The searches that changes are matched with."""
    wanted = select(saved_search).where(saved_search.c.state == SearchState.ACTIVE).order_by(saved_search.c.id)
    return [_search(row) for row in connection.execute(wanted)]


def count_searches(connection: Connection, owner: str) -> int:
    """How many searches the owner has."""
    found = connection.execute(select(func.count()).where(saved_search.c.owner == owner))
    return found.scalar_one()


def insert_search(connection: Connection, search: SavedSearch) -> None:
    """Keep a new search."""
    values = {"id": search.id, "owner": search.owner, "created_ms": search.created_ms, **_values(search)}
    connection.execute(insert(saved_search).values(**values, lease_until_ms=0, held_until_ms=0))


def update_search(connection: Connection, search: SavedSearch) -> None:
    """Keep the search as it is now. An attempt that waits because the receiver was unwell need not wait any more."""
    changed = update(saved_search).where(saved_search.c.id == search.id)
    connection.execute(changed.values(**_values(search), held_until_ms=0))


def delete_search(connection: Connection, search_id: str) -> None:
    """Forget the search with its deliveries and their attempts."""
    connection.execute(delete(saved_search).where(saved_search.c.id == search_id))


def discard_outstanding(connection: Connection, search_id: str) -> int:
    """Give up what was not delivered yet, because the search is not active any more. Returns how many."""
    outstanding = (delivery.c.search_id == search_id) & delivery.c.next_ms.is_not(None)
    given_up = update(delivery).where(outstanding).values(state=DeliveryState.DISCARDED, next_ms=None)
    return connection.execute(given_up).rowcount


def _values(search: SavedSearch) -> Mapping[str, Any]:
    return {
        "version": search.version,
        "name": search.name,
        "criteria": dump_json(criteria_json(search.criteria)),
        "sees_restricted": search.sees_restricted,
        "state": search.state,
        "reason": search.reason,
        "url": search.url,
        "secret": search.secrets.current,
        "former_secret": search.secrets.former,
        "former_secret_until_ms": search.secrets.former_until_ms,
        "since_generation": search.since.generation,
        "since_position": search.since.number,
    }


def _search(row: Row[Any]) -> SavedSearch:
    return SavedSearch(
        id=row.id,
        version=row.version,
        owner=row.owner,
        name=row.name,
        criteria=_criteria(row.criteria),
        sees_restricted=row.sees_restricted,
        state=SearchState(row.state),
        reason=row.reason,
        url=row.url,
        secrets=Secrets(row.secret, row.former_secret, row.former_secret_until_ms or 0),
        created_ms=row.created_ms,
        since=Position(row.since_generation, row.since_position),
    )


def criteria_json(criteria: Criteria) -> dict[str, Any]:
    """The criteria as JSON, without what is not asked."""
    return criteria.model_dump(mode="json", exclude_defaults=True)


@lru_cache(maxsize=100_000)
def _criteria(text: str) -> Criteria:
    # Searches are read anew when one of them changed; validating all criteria each time would cost most of it. It also
    # makes searches of the same criteria share one object, by which the matcher knows them.
    return Criteria.model_validate_json(text, context=STORED)
