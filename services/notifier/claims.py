"""Sharing the work: a deliverer leases a saved search, and sends what is due for it, one message after another.

The lease is on the search and not on the delivery, so that a receiver gets one message at a time, in the order of
positions, however many processes deliver; and a receiver that answers slowly keeps one worker busy and no more. When a
process dies its lease runs out and another one goes on.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, or_, select, update

from services.database import reading
from services.notifier.deliveries import Delivery, as_delivery
from services.notifier.searches import SavedSearch, find_search
from services.notifier.tables import delivery, saved_search
from services.notifier.vocabulary import SearchState


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to deliver for a search until it runs out."""

    search_id: str
    owner: str


def next_due_ms(engine: Engine) -> int | None:
    """When there is work next: a time in the past where there is some now, none where nothing waits."""
    latest = func.max if engine.dialect.name == "sqlite" else func.greatest
    ready_at = func.min(latest(delivery.c.next_ms, saved_search.c.held_until_ms, saved_search.c.lease_until_ms))
    wanted = select(ready_at).join_from(delivery, saved_search).where(saved_search.c.state == SearchState.ACTIVE)
    with reading(engine) as connection:
        found: int | None = connection.execute(wanted.where(delivery.c.next_ms.is_not(None))).scalar_one()
    return found


def count_due(engine: Engine, now_ms: int) -> int:
    """How many deliveries wait although their time has come."""
    wanted = select(func.count()).select_from(delivery).where(delivery.c.next_ms <= now_ms)
    with reading(engine) as connection:
        return connection.execute(wanted).scalar_one()


def lease_search(connection: Connection, owner: str, now_ms: int, lease_ms: int) -> Lease | None:
    """Lease the search that has waited longest, or none when there is nothing due. Other deliverers are not awaited."""
    due = select(delivery.c.next_ms).where(_is_due(now_ms), delivery.c.search_id == saved_search.c.id)
    wanted = (
        select(saved_search.c.id)
        .where(_may_be_leased(now_ms), due.exists())
        .order_by(saved_search.c.lease_until_ms, saved_search.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = connection.execute(wanted).scalar_one_or_none()
    if found is None:
        return None
    taken = update(saved_search).where(saved_search.c.id == found)
    connection.execute(taken.values(lease=owner, lease_until_ms=now_ms + lease_ms))
    return Lease(found, owner)


def renew(connection: Connection, lease: Lease, now_ms: int, lease_ms: int) -> SavedSearch | None:
    """The search as it is now, leased for longer; none when it was taken over, stopped, held back or deleted."""
    mine = update(saved_search).where(_held_by(lease), *_may_work(now_ms))
    if not connection.execute(mine.values(lease_until_ms=now_ms + lease_ms)).rowcount:
        return None
    return find_search(connection, lease.search_id)


def release(connection: Connection, lease: Lease, now_ms: int) -> None:
    """Give the search back. The time stays, so that the next turn goes to the one that was served longest ago."""
    given_back = update(saved_search).where(_held_by(lease))
    connection.execute(given_back.values(lease=None, lease_until_ms=now_ms))


def first_due(connection: Connection, search_id: str, now_ms: int) -> Delivery | None:
    """The delivery of the search to send now: of those that are due, the one of the earliest change."""
    wanted = select(delivery).where(delivery.c.search_id == search_id, _is_due(now_ms))
    in_order = wanted.order_by(delivery.c.generation, delivery.c.position, delivery.c.id).limit(1)
    row = connection.execute(in_order).one_or_none()
    return None if row is None else as_delivery(row)


def _may_be_leased(now_ms: int) -> ColumnElement[bool]:
    free = or_(saved_search.c.lease.is_(None), saved_search.c.lease_until_ms < now_ms)
    return and_(free, *_may_work(now_ms))


def _may_work(now_ms: int) -> tuple[ColumnElement[bool], ...]:
    return saved_search.c.state == SearchState.ACTIVE, saved_search.c.held_until_ms <= now_ms


def _held_by(lease: Lease) -> ColumnElement[bool]:
    return and_(saved_search.c.id == lease.search_id, saved_search.c.lease == lease.owner)


def _is_due(now_ms: int) -> ColumnElement[bool]:
    return delivery.c.next_ms <= now_ms
