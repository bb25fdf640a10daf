"""Lists of organisations: which, in which order, and one page of them as a Relay connection."""

from dataclasses import dataclass
from enum import StrEnum

import strawberry
from pyroaring import BitMap

from graphql_api.read_model.cursors import tag_of
from graphql_api.read_model.facts import Order
from graphql_api.read_model.filtering import select
from graphql_api.read_model.names import Scores
from graphql_api.read_model.ordering import Place, Sequence, descending, made, standing
from graphql_api.read_model.paging import Page, Window, page_of
from graphql_api.read_model.places import nearest_km
from graphql_api.read_model.problems import InvalidSearch
from graphql_api.read_model.records import Record
from graphql_api.read_model.state import State
from graphql_api.schema.context import Context
from graphql_api.schema.mirror import enum
from graphql_api.schema.organisation import Organisation
from services.events.contracts.criteria import Criteria, Near
from services.problems import FieldError

_LONGEST_SEARCH = 200


class OrderField(StrEnum):
    """What a list is sorted by; equal ones are sorted by id."""

    TITLE = "title"
    REGISTERED_ON = "registered_on"
    LAST_VALIDATED_ON = "last_validated_on"
    RELEVANCE = "relevance"
    """How well the name fits `search`, best first."""
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
        if self.near is not None:
            found &= select(state, Criteria(near=self.near), context.reading)
        scores = None
        if self.search is not None:
            scores = state.names.search(_checked_search(self.search))
            found &= BitMap(scores.keys())
        return Found(state, found, self, scores)


@dataclass(frozen=True, slots=True)
class Found:
    """The organisations of one state that a question means."""

    state: State
    ordinals: BitMap
    question: Question
    scores: Scores | None

    def distance_km(self, record: Record) -> float | None:
        """How far the nearest establishment is from the point asked for."""
        near = self.question.near
        return None if near is None else nearest_km(record.facts.points, near.point)

    def listing(self, order: OrganisationOrder | None, window: Window) -> "Listing":
        """One page in that order. Raises InvalidPage, InvalidCursor and InvalidSearch."""
        size = window.size
        field = OrderField(order.field) if order else self._usual_order()
        down = order is not None and order.direction == Direction.DESC
        sequence = self._sequence(field, size)
        criteria = self.question.criteria.model_dump(mode="json", exclude_none=True)
        near = self.question.near and self.question.near.model_dump(mode="json")
        tag = tag_of(field, down, criteria, self.question.search, near)
        return Listing(self, page_of(descending(sequence) if down else sequence, window, tag))

    def _usual_order(self) -> OrderField:
        if self.scores is not None:
            return OrderField.RELEVANCE
        return OrderField.TITLE if self.question.near is None else OrderField.DISTANCE

    def _sequence(self, field: OrderField, size: int) -> Sequence:
        if field is OrderField.RELEVANCE:
            scores = self.scores
            if scores is None:
                raise _wrong_order("relevance", "search")
            return made(self.state, self.ordinals, lambda record: -scores[record.ordinal])
        if field is OrderField.DISTANCE:
            near = self.question.near
            if near is None:
                raise _wrong_order("distance", "near")
            return made(self.state, self.ordinals, lambda record: nearest_km(record.facts.points, near.point))
        return standing(self.state, Order(field), self.ordinals, size)


def _checked_search(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_SEARCH:
        detail = f"search takes 1 to {_LONGEST_SEARCH} characters; leave it out to list all."
        raise InvalidSearch(detail, errors=[FieldError("argument:search", "invalid_length", detail)])
    return text


def _wrong_order(field: str, argument: str) -> InvalidSearch:
    detail = f"The order {field} needs the argument {argument}."
    return InvalidSearch(detail, errors=[FieldError("argument:orderBy", "argument_missing", detail)])


@dataclass(frozen=True, slots=True)
class Edge:
    """An organisation in its place in a list."""

    place: Place
    listing: "Listing"

    @property
    def node(self) -> Record:
        """The organisation."""
        return self.listing.found.state.record(self.place.ordinal)

    @property
    def cursor(self) -> str:
        """Where to read on from."""
        return self.listing.page.cursor(self.place)

    @property
    def distance_km(self) -> float | None:
        """Kilometres to the point asked for."""
        return self.listing.found.distance_km(self.node)


@dataclass(frozen=True, slots=True)
class Listing:
    """What a connection is resolved from."""

    found: Found
    page: Page

    @property
    def edges(self) -> list[Edge]:
        """The page with its cursors."""
        return [Edge(place, self) for place in self.page.places]

    @property
    def nodes(self) -> list[Record]:
        """The page alone."""
        return [self.found.state.record(place.ordinal) for place in self.page.places]

    @property
    def total_count(self) -> int:
        """All that were found, on whatever page."""
        return len(self.found.ordinals)

    @property
    def page_info(self) -> "Listing":
        """The page, seen as its own description."""
        return self

    @property
    def has_next_page(self) -> bool:
        """Whether there are more after the page."""
        return self.page.has_next

    @property
    def has_previous_page(self) -> bool:
        """Whether there are some before the page."""
        return self.page.has_previous

    @property
    def start_cursor(self) -> str | None:
        """Cursor of the first one."""
        return self.page.cursor(self.page.places[0]) if self.page.places else None

    @property
    def end_cursor(self) -> str | None:
        """Cursor of the last one."""
        return self.page.cursor(self.page.places[-1]) if self.page.places else None


@strawberry.type(description="About a page (Relay).")
class PageInfo:
    """Resolved from a Listing."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="An organisation in its place in a list.")
class OrganisationEdge:
    """Resolved from an Edge."""

    node: Organisation
    cursor: str = strawberry.field(description="Read on from here. It stays right when organisations come and go.")
    distance_km: float | None = strawberry.field(
        description="Kilometres from the point of the argument `near` to the nearest establishment."
    )


@strawberry.type(description="One page of a list (Relay connection).")
class OrganisationConnection:
    """Resolved from a Listing."""

    edges: list[OrganisationEdge]
    nodes: list[Organisation] = strawberry.field(description="The same without cursors.")
    page_info: PageInfo
    total_count: int = strawberry.field(description="How many the whole list has, at the position of this answer.")
