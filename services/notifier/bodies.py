"""The bodies of the notifier's API."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from services.events.contracts.criteria import Criteria
from services.events.contracts.position import Position
from services.events.contracts.values import Line, Model
from services.notifier.deliveries import Attempt, Delivery
from services.notifier.searches import SavedSearch, criteria_json
from services.notifier.targets import MAX_LENGTH
from services.notifier.vocabulary import DeliveryState, SearchState, Transition

_SEARCH: JsonDict = {
    "name": "Coworkings in the province of Namur",
    "criteria": {"kinds": ["coworking"], "provinces": ["BE-WNA"]},
    "url": "https://partner.example/hooks/registry",
}


def _not_null(value: Any) -> Any:
    if value is None:
        raise ValueError("a search always has one; leave the member out to keep it as it is")
    return value


Kept = BeforeValidator(_not_null)
Target = Annotated[str, StringConstraints(max_length=MAX_LENGTH)]


class NewSearch(Model):
    """A saved search to make."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SEARCH]})

    name: Line
    criteria: Criteria
    """The same object that filters GraphQL and the feed."""
    url: Target
    """Where to deliver: https, on port 443 or 8443, at a public address."""


class SearchChange(Model):
    """Members that are given replace those of the search; the criteria are replaced as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"state": "paused"}]})

    name: Annotated[Line | None, Kept] = None
    criteria: Annotated[Criteria | None, Kept] = None
    url: Annotated[Target | None, Kept] = None
    state: Annotated[Literal["active", "paused"] | None, Kept] = None


class Range(Model):
    """Positions of the log, both ends included."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"first": "1-57", "last": "1-64"}]})

    first: Position
    last: Position


class _Answer(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class _AtPosition(_Answer):
    generation: int
    position: int
    """Up to where the log was matched."""


class SearchAnswer(_AtPosition):
    """A saved search."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "search-k5dzsvzq2v4xnbqe",
                    "version": 1,
                    **_SEARCH,
                    "state": "active",
                    "reason": None,
                    "since": "1-56",
                    "created_at": "2026-11-25T09:30:00.000Z",
                    "generation": 1,
                    "position": 56,
                }
            ]
        }
    )

    id: str
    version: int
    """What `If-Match` names, in quotes."""
    name: str
    criteria: dict[str, Any]
    url: str
    state: SearchState
    reason: str | None = None
    """Why the notifier disabled it."""
    since: str
    """Nothing up to this position is ever delivered."""
    created_at: str


class SearchWithSecret(SearchAnswer):
    """A saved search with the secret of its webhook: shown this once."""

    secret: str


class SearchList(_AtPosition):
    """The caller's saved searches, the oldest first."""

    items: list[SearchAnswer]


class AttemptAnswer(_Answer):
    """One try to hand a delivery over."""

    number: int
    at: str
    milliseconds: int
    status: int | None
    response: str
    """The beginning of the answer's body."""
    error: str | None


class DeliveryAnswer(_Answer):
    """One event for one saved search. Its id is the `webhook-id` of every attempt."""

    id: str
    search: str
    event_id: str
    at: str
    """Position of the event, `1-57`."""
    subject: str
    transition: Transition
    state: DeliveryState
    attempts: list[AttemptAnswer]
    next_attempt_at: str | None
    created_at: str


class DeliveryWithPayload(DeliveryAnswer):
    """A delivery with the body that is sent."""

    payload: dict[str, Any]


class DeliveryList(_AtPosition):
    """Deliveries, the latest position first."""

    items: list[DeliveryAnswer]
    next: str | None
    """What `after` must be for the next page; none on the last one."""


class Replayed(_AtPosition):
    """How many deliveries will be sent again."""

    deliveries: int = Field(examples=[8])


def search_members(search: SavedSearch, position: Position) -> dict[str, Any]:
    """The members of `SearchAnswer`."""
    return {
        "id": search.id,
        "version": search.version,
        "name": search.name,
        "criteria": criteria_json(search.criteria),
        "url": search.url,
        "state": search.state,
        "reason": search.reason,
        "since": str(search.since),
        "created_at": moment(search.created_ms),
        **position_members(position),
    }


def delivery_members(delivery: Delivery, attempts: list[Attempt]) -> dict[str, Any]:
    """The members of `DeliveryAnswer`."""
    return {
        "id": delivery.id,
        "search": delivery.search_id,
        "event_id": delivery.event_id,
        "at": str(delivery.position),
        "subject": delivery.subject_id,
        "transition": delivery.transition,
        "state": delivery.state,
        "attempts": [_attempt_members(attempt) for attempt in attempts],
        "next_attempt_at": None if delivery.next_ms is None else moment(delivery.next_ms),
        "created_at": moment(delivery.created_ms),
    }


def position_members(position: Position) -> dict[str, int]:
    """Generation and position as every JSON answer carries them."""
    return {"generation": position.generation, "position": position.number}


def _attempt_members(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "at": moment(attempt.at_ms),
        "milliseconds": attempt.milliseconds,
        "status": attempt.status,
        "response": attempt.response,
        "error": attempt.error,
    }


def moment(milliseconds: int) -> str:
    """A time as RFC 3339 in UTC, with milliseconds."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
