"""Pages of the feed, made from the log in one read transaction each."""

from dataclasses import dataclass

import orjson
from sqlalchemy import Engine

from services.database import reading
from services.events.contracts.cloudevents import structured
from services.events.contracts.entries import Entry, Json
from services.events.contracts.position import Position
from services.events.feed.query import Filter
from services.events.log.reading import check_resumable, entries_after

_READ_AT_ONCE = 500
MOST_READ = 5_000
"""Entries that one page looks at: where filters leave few of them, the page ends and its position goes on."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a look at the log found."""

    entries: list[Entry]
    position: Position
    """Up to where the log was looked at: where the next page begins, also when no entry passed the filter."""
    head: Position
    """Where the log stood."""

    @property
    def more(self) -> bool:
        """Whether the log went on after this page. If so the page never changes any more."""
        return self.position.number < self.head.number


def read_page(engine: Engine, after: Position, limit: int, wanted: Filter) -> Page:
    """The next entries that pass the filter, `limit` at most.

    Raises PositionAhead, PositionBeyondFork or PositionExpired where nobody can go on from `after`.
    """
    found: list[Entry] = []
    looked = 0
    with reading(engine) as connection:
        head = check_resumable(connection, after).position
        position = after
        while looked < MOST_READ:
            entries = entries_after(connection, position.number, min(_READ_AT_ONCE, MOST_READ - looked))
            if not entries:
                # Also says in which generation the reader stands once it has passed a fork.
                return Page(found, max(position, head), head)
            for entry in entries:
                position = entry.position
                looked += 1
                if wanted.passes(entry):
                    found.append(entry)
                if len(found) == limit:
                    return Page(found, position, head)
    return Page(found, position, head)


def page_body(page: Page, wanted: Filter, public_url: str, next_url: str) -> bytes:
    """The page as JSON; the same bytes for the same page."""
    return orjson.dumps(
        {
            "generation": page.position.generation,
            "position": page.position.number,
            "more": page.more,
            "events": _events(page, wanted, public_url),
            "next": next_url,
        }
    )


def batch_body(page: Page, wanted: Filter, public_url: str) -> bytes:
    """The page's events alone: CloudEvents' JSON batch format, which libraries read."""
    return orjson.dumps(_events(page, wanted, public_url))


def _events(page: Page, wanted: Filter, public_url: str) -> list[Json]:
    return [structured(entry, wanted.view, public_url) for entry in page.entries]
