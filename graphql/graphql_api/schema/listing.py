"""One page of a list as a Relay connection."""

from dataclasses import dataclass

import strawberry

from graphql_api.read_model.ordering import Place
from graphql_api.read_model.paging import Page, Window, page_of
from graphql_api.read_model.records import Record
from graphql_api.schema.context import Info
from graphql_api.schema.explaining import Match, match_of
from graphql_api.schema.organisation import Organisation
from graphql_api.schema.questions import Found, OrganisationOrder


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
    def found(self) -> Found:
        """What was found, with the question."""
        return self.listing.found

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


def _match(root: strawberry.Parent[Edge], info: Info) -> Match:
    return match_of(root.node, root.found.scores, root.found.question.criteria, info.context.reading)


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


def listing_of(found: Found, order: OrganisationOrder | None, window: Window) -> Listing:
    """One page of what was found. Raises InvalidPage, InvalidCursor and InvalidSearch."""
    sequence, tag = found.sequence(order, window.size)
    return Listing(found, page_of(sequence, window, tag))
