"""What callers do with deliveries: read the log, send again, try the receiver."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine

from services.access.roles import Caller
from services.access.rules import Action
from services.database import reading
from services.events.contracts.position import Position
from services.notifier import deliveries
from services.notifier.deliveries import Attempt, Delivery
from services.notifier.identifiers import new_delivery_id, now_ms
from services.notifier.mark import known_mark
from services.notifier.payloads import test_payload
from services.notifier.problems import SearchNotActive
from services.notifier.searches import SavedSearch
from services.notifier.visibility import seen_search
from services.notifier.vocabulary import DeliveryState, SearchState, Transition
from services.problems import FieldError, InvalidContent, InvalidInput, NotFound


@dataclass(frozen=True, slots=True)
class Logged:
    """A delivery with its attempts."""

    delivery: Delivery
    attempts: list[Attempt]


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which deliveries to list."""

    state: DeliveryState | None
    """Deliveries in this state only."""
    after: str | None
    """The last delivery of the page before."""
    limit: int


class DeliveryLog:
    """The deliveries of the searches that a caller sees."""

    def __init__(self, engine: Engine, wake: Callable[[], None]) -> None:
        """The log in `engine`; `wake` is called when there is something to send."""
        self._engine = engine
        self._wake = wake

    def page(self, caller: Caller, search_id: str, asked: PageAsked) -> tuple[list[Logged], str | None]:
        """Deliveries, the latest position first, and what `after` must be for the next ones; none on the last page."""
        with reading(self._engine) as connection:
            seen_search(connection, caller, search_id, Action.READ_DELIVERIES)
            before = None if asked.after is None else _of_search(connection, search_id, asked.after)
            found = deliveries.list_deliveries(connection, search_id, asked.state, before, asked.limit + 1)
            page = found[: asked.limit]
            attempts = deliveries.attempts_of(connection, [delivery.id for delivery in page])
        logged = [Logged(delivery, attempts.get(delivery.id, [])) for delivery in page]
        return logged, page[-1].id if len(found) > asked.limit else None

    def one(self, caller: Caller, delivery_id: str) -> Logged:
        """One delivery. Raises NotFound also when its search is somebody else's."""
        with reading(self._engine) as connection:
            _seen(connection, caller, delivery_id, Action.READ_DELIVERIES)
            return _logged(connection, delivery_id)

    def test(self, caller: Caller, search_id: str) -> Logged:
        """Store a message that tries the receiver."""
        with self._engine.begin() as connection:
            search = _active(seen_search(connection, caller, search_id, Action.MANAGE_SUBSCRIPTION))
            row = _test_delivery(search, known_mark(connection))
            deliveries.insert_deliveries(connection, [row])
            logged = _logged(connection, row["id"])
        self._wake()
        return logged

    def send_again(self, caller: Caller, delivery_id: str) -> Logged:
        """Send a delivery again, with a new round of attempts."""
        with self._engine.begin() as connection:
            _active(_seen(connection, caller, delivery_id, Action.MANAGE_SUBSCRIPTION))
            deliveries.send_one_again(connection, delivery_id, now_ms())
            logged = _logged(connection, delivery_id)
        self._wake()
        return logged

    def replay(self, caller: Caller, search_id: str, first: Position, last: Position) -> int:
        """Send again what the log has of these positions, both ends included; returns how many."""
        if last < first:
            wrong = FieldError("/last", "before_first", f"Write {first} or a later position.")
            raise InvalidContent("The range ends before it begins.", errors=[wrong])
        with self._engine.begin() as connection:
            _active(seen_search(connection, caller, search_id, Action.MANAGE_SUBSCRIPTION))
            if last > (here := known_mark(connection)):
                wrong = FieldError("/last", "ahead", f"Write {here} or an earlier position.")
                raise InvalidContent(f"The log was matched up to {here}; nothing after it can be sent.", errors=[wrong])
            count = deliveries.send_again(connection, search_id, first, last, now_ms())
        self._wake()
        return count


def _seen(connection: Connection, caller: Caller, delivery_id: str, action: Action) -> SavedSearch:
    found = deliveries.find_delivery(connection, delivery_id)
    try:
        return seen_search(connection, caller, found.search_id if found else "", action)
    except NotFound:
        raise NotFound(f"You have no delivery {delivery_id[:60]}.") from None


def _active(search: SavedSearch) -> SavedSearch:
    if search.state is not SearchState.ACTIVE:
        raise SearchNotActive(search.state, search.reason)
    return search


def _of_search(connection: Connection, search_id: str, delivery_id: str) -> Delivery:
    found = deliveries.find_delivery(connection, delivery_id)
    if found is None or found.search_id != search_id:
        wrong = FieldError("query:after", "unknown", "Take `next` of the page before.")
        raise InvalidInput("The search has no such delivery to go on after.", errors=[wrong])
    return found


def _logged(connection: Connection, delivery_id: str) -> Logged:
    found = deliveries.find_delivery(connection, delivery_id)
    if found is None:
        raise NotFound(f"You have no delivery {delivery_id[:60]}.")
    return Logged(found, deliveries.attempts_of(connection, [delivery_id]).get(delivery_id, []))


def _test_delivery(search: SavedSearch, position: Position) -> dict[str, Any]:
    delivery_id, now = new_delivery_id(), now_ms()
    event_id, payload = test_payload(search, position, delivery_id, now)
    return deliveries.new_delivery(
        delivery_id,
        search.id,
        event_id,
        position,
        now,
        subject_id=search.id,
        transition=Transition.TEST,
        payload=payload,
    )
