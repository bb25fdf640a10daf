"""Which organisations are asked for, and in which order."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import strawberry
from pyroaring import BitMap

from graphql_api.read_model.cursors import tag_of
from graphql_api.read_model.facts import Order
from graphql_api.read_model.filtering import Reading, select
from graphql_api.read_model.ordering import Sequence, descending, nearest, ranked, standing
from graphql_api.read_model.places import Circle, km_of
from graphql_api.read_model.problems import InvalidSearch
from graphql_api.read_model.state import State
from graphql_api.read_model.text.scoring import Scores
from graphql_api.schema.context import Context
from graphql_api.schema.mirror import enum
from services.events.contracts.criteria import Criteria, Near
from services.problems import FieldError

_LONGEST_SEARCH = 200


class OrderField(StrEnum):
    """What a list is sorted by; equal ones are sorted by id."""

    TITLE = "title"
    REGISTERED_ON = "registered_on"
    LAST_VALIDATED_ON = "last_validated_on"
    RELEVANCE = "relevance"
    """How well the texts fit `search`, best first; equal ones by title."""
    DISTANCE = "distance"
    """How far the nearest establishment is from the point of `near`, nearest first."""


class Direction(StrEnum):
    """Which end of an order comes first."""

    ASC = "asc"
    DESC = "desc"


@strawberry.input(description="The order of a list.")
class OrganisationOrder:
    """Field and direction."""

    field: OrderField = strawberry.field(graphql_type=enum(OrderField))
    direction: Direction = strawberry.field(
        graphql_type=enum(Direction),
        default=Direction.ASC,
        description="Of relevance and distance, asc gives the best and the nearest first.",
    )


@dataclass(frozen=True, slots=True)
class Question:
    """Which organisations are asked for."""

    criteria: Criteria
    search: str | None = None
    near: Near | None = None

    def answer(self, context: Context) -> "Found":
        """The organisations of the present state that are meant. Raises InvalidSearch."""
        state = context.state
        found = select(state, self.criteria, context.reading)
        circle = scores = None
        if self.near is not None:
            circle = state.places.within(self.near, found if found != state.everything else None)
            found = circle.members
        if self.search is not None:
            scores = state.text.search(checked_text(self.search, "search"))
            found = found & scores.found
            circle = circle and circle.among(found)
        return Found(state, found, self, context.reading, scores, circle)

    @property
    def key(self) -> tuple[bytes, str | None, bytes | None]:
        """Two questions of the same key are the same question."""
        return self.criteria.canonical, self.search, None if self.near is None else self.near.canonical

    def tag(self, field: OrderField, *, down: bool) -> str:
        """What tells the cursors of this list from those of others."""
        return tag_of(field, down, *self.key)


@dataclass(frozen=True, slots=True)
class Found:
    """The organisations of one state that a question means."""

    state: State
    ordinals: BitMap
    question: Question
    reading: Reading
    scores: Scores | None
    circle: Circle | None
    """The same, the nearest first, where `near` was given."""

    def distance_km(self, ordinal: int) -> float | None:
        """How far the nearest establishment is from the point asked for."""
        return None if self.circle is None else km_of(self.circle.chord_of(ordinal))

    def sequence(self, order: OrganisationOrder | None, size: int) -> tuple[Sequence, Callable[[], str]]:
        """What was found in that order, and the tag of this list for its cursors. Raises InvalidSearch."""
        field = OrderField(order.field) if order else self._usual_order()
        down = order is not None and order.direction == Direction.DESC
        sequence = self._sequence(field, size)
        return descending(sequence) if down else sequence, lambda: self.question.tag(field, down=down)

    def _usual_order(self) -> OrderField:
        if self.scores is not None:
            return OrderField.RELEVANCE
        return OrderField.TITLE if self.question.near is None else OrderField.DISTANCE

    def _sequence(self, field: OrderField, size: int) -> Sequence:
        if field is OrderField.RELEVANCE:
            scores = self.scores
            if scores is None:
                raise _wrong_order("relevance", "search")
            return ranked(self.state, scores.groups(self.ordinals), size)
        if field is OrderField.DISTANCE:
            if self.circle is None:
                raise _wrong_order("distance", "near")
            return nearest(self.state, self.circle)
        return standing(self.state, Order(field), self.ordinals, size)


def checked_text(text: str, argument: str) -> str:
    """The text, if it can be searched for. Raises InvalidSearch."""
    if not text.strip() or len(text) > _LONGEST_SEARCH:
        detail = f"{argument} takes 1 to {_LONGEST_SEARCH} characters; leave it out to list all."
        raise InvalidSearch(detail, errors=[FieldError(f"argument:{argument}", "invalid_length", detail)])
    return text


def _wrong_order(field: str, argument: str) -> InvalidSearch:
    detail = f"The order {field} needs the argument {argument}."
    return InvalidSearch(detail, errors=[FieldError("argument:orderBy", "argument_missing", detail)])
