"""Deliveries and their attempts as they are kept: the log that owners read, and what is sent again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row, and_, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from services.events.contracts.position import Position
from services.notifier.tables import delivery, delivery_attempt
from services.notifier.vocabulary import DeliveryState, Transition


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to hand a delivery over."""

    number: int
    at_ms: int
    milliseconds: int
    status: int | None
    response: str
    error: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one saved search."""

    id: str
    search_id: str
    event_id: str
    position: Position
    subject_id: str
    transition: Transition
    payload: str
    state: DeliveryState
    tries: int
    """Attempts since it was created or sent again last."""
    attempts: int
    """All attempts ever."""
    next_ms: int | None
    created_ms: int

    @property
    def place(self) -> tuple[int, int, str]:
        """Where it stands among the deliveries of its search: by position."""
        return self.position.generation, self.position.number, self.id

    def payload_json(self) -> dict[str, Any]:
        """The body that is sent, read."""
        found: dict[str, Any] = orjson.loads(self.payload)
        return found


def new_delivery(
    delivery_id: str, search_id: str, event_id: str, position: Position, now_ms: int, **rest: str
) -> dict[str, Any]:
    """The row of a delivery that is due at once; `rest` is `subject_id`, `transition` and `payload`."""
    return {
        "id": delivery_id,
        "search_id": search_id,
        "event_id": event_id,
        "generation": position.generation,
        "position": position.number,
        "state": DeliveryState.PENDING,
        "tries": 0,
        "attempts": 0,
        "next_ms": now_ms,
        "created_ms": now_ms,
        **rest,
    }


def insert_deliveries(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep new deliveries; an event that a search has already is left as it is."""
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(delivery).on_conflict_do_nothing(), rows)


def find_delivery(connection: Connection, delivery_id: str) -> Delivery | None:
    """The delivery of that id."""
    row = connection.execute(select(delivery).where(delivery.c.id == delivery_id)).one_or_none()
    return None if row is None else as_delivery(row)


def list_deliveries(
    connection: Connection, search_id: str, state: DeliveryState | None, before: Delivery | None, limit: int
) -> list[Delivery]:
    """At most `limit` deliveries of the search, the latest position first, from the one behind `before` on."""
    place = (delivery.c.generation, delivery.c.position, delivery.c.id)
    wanted = select(delivery).where(delivery.c.search_id == search_id)
    if state is not None:
        wanted = wanted.where(delivery.c.state == state)
    if before is not None:
        wanted = wanted.where(tuple_(*place) < tuple_(*before.place))
    latest_first = wanted.order_by(*(column.desc() for column in place))
    return [as_delivery(row) for row in connection.execute(latest_first.limit(limit))]


def attempts_of(connection: Connection, delivery_ids: Iterable[str]) -> dict[str, list[Attempt]]:
    """The attempts at each of these deliveries, the first one first."""
    wanted = select(delivery_attempt).where(delivery_attempt.c.delivery_id.in_(list(delivery_ids)))
    found: dict[str, list[Attempt]] = {}
    for row in connection.execute(wanted.order_by(delivery_attempt.c.delivery_id, delivery_attempt.c.number)):
        attempt = Attempt(row.number, row.at_ms, row.milliseconds, row.status, row.response, row.error)
        found.setdefault(row.delivery_id, []).append(attempt)
    return found


def send_again(connection: Connection, search_id: str, first: Position, last: Position, now_ms: int) -> int:
    """Start a new round of attempts for every delivery of these positions, both ends included. Returns how many.

    Messages that only try the receiver are left out.
    """
    in_range = and_(
        delivery.c.search_id == search_id,
        delivery.c.transition != Transition.TEST,
        or_(delivery.c.generation > first.generation, _same(first) & (delivery.c.position >= first.number)),
        or_(delivery.c.generation < last.generation, _same(last) & (delivery.c.position <= last.number)),
    )
    return connection.execute(update(delivery).where(in_range).values(**_new_round(now_ms))).rowcount


def send_one_again(connection: Connection, delivery_id: str, now_ms: int) -> None:
    """Start a new round of attempts for one delivery."""
    connection.execute(update(delivery).where(delivery.c.id == delivery_id).values(**_new_round(now_ms)))


def _new_round(now_ms: int) -> dict[str, Any]:
    return {"state": DeliveryState.PENDING, "tries": 0, "next_ms": now_ms}


def _same(position: Position) -> Any:
    return delivery.c.generation == position.generation


def as_delivery(row: Row[Any]) -> Delivery:
    """The delivery of a row."""
    return Delivery(
        id=row.id,
        search_id=row.search_id,
        event_id=row.event_id,
        position=Position(row.generation, row.position),
        subject_id=row.subject_id,
        transition=Transition(row.transition),
        payload=row.payload,
        state=DeliveryState(row.state),
        tries=row.tries,
        attempts=row.attempts,
        next_ms=row.next_ms,
        created_ms=row.created_ms,
    )
