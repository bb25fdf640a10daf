"""One page of a list as a Relay connection."""

from dataclasses import dataclass
from functools import cached_property

import strawberry

from graphql_api.keeping import Answered
from graphql_api.read_model.blocks import Entry
from graphql_api.read_model.paging import Page, Window, page_of
from graphql_api.read_model.records import Record
from graphql_api.schema.context import Context
from graphql_api.schema.explaining import Match, match_of
from graphql_api.schema.organisation import Organisation
from graphql_api.schema.questions import Found, OrganisationOrder, Question


class Edge:
    """An organisation in its place in a list."""

    def __init__(self, entry: Entry, listing: "Listing") -> None:
        self._entry = entry
        self._listing = listing
        self.node = listing.found.state.record(entry[2])

    @property
    def cursor(self) -> str:
        """Where to read on from."""
        return self._listing.page.cursor(self._entry)

    @property
    def found(self) -> Found:
        """What was found, with the question."""
        return self._listing.found

    @property
    def distance_km(self) -> float | None:
        """Kilometres to the point asked for."""
        return self._listing.found.distance_km(self._entry[2])


@dataclass(frozen=True)
class Listing(Answered):
    """What a connection is resolved from."""

    found: Found
    page: Page

    @property
    def edges(self) -> list[Edge]:
        """The page with its cursors: made when it is asked for, since what is kept is its JSON."""
        return [Edge(entry, self) for entry in self.page.entries]

    @cached_property
    def nodes(self) -> list[Record]:
        """The page alone."""
        record = self.found.state.record
        return [record(ordinal) for _, _, ordinal in self.page.entries]

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
        return self.page.cursor(self.page.entries[0]) if self.page.entries else None

    @property
    def end_cursor(self) -> str | None:
        """Cursor of the last one."""
        return self.page.cursor(self.page.entries[-1]) if self.page.entries else None


@strawberry.type(description="About a page (Relay).")
class PageInfo:
    """Resolved from a Listing."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


def _match(root: strawberry.Parent[Edge]) -> Match:
    found = root.found
    return match_of(root.node, found.scores, found.question.criteria, found.reading)


@strawberry.type(description="An organisation in its place in a list.")
class OrganisationEdge:
    """Resolved from an Edge."""

    node: Organisation
    cursor: str = strawberry.field(description="Read on from here. It stays right when organisations come and go.")
    distance_km: float | None = strawberry.field(
        description="Kilometres from the point of the argument `near` to the nearest establishment."
    )
    match: Match = strawberry.field(resolver=_match, description="Why it is in the list, and at this place.")


@strawberry.type(description="One page of a list (Relay connection).")
class OrganisationConnection:
    """Resolved from a Listing."""

    edges: list[OrganisationEdge]
    nodes: list[Organisation] = strawberry.field(description="The same without cursors.")
    page_info: PageInfo
    total_count: int = strawberry.field(description="How many the whole list has, at the position of this answer.")


def listing_of(question: Question, order: OrganisationOrder | None, window: Window, context: Context) -> Listing:
    """One page of what the question means. Raises InvalidPage, InvalidCursor and InvalidSearch."""
    answers = context.state.answers
    key = (*question.key, order and (order.field, order.direction), window, context.reading)
    listing: Listing | None = answers.get(key)
    if listing is None:
        found = question.answer(context)
        sequence, tag = found.sequence(order, window.size)
        listing = Listing(found, page_of(sequence, window, tag))
        answers.put(key, listing)
    return listing
