"""Pages of the feed, read strictly: a page from which an entry is missing is not one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson

from services.events.client.ndjson import position_of
from services.events.contracts.cloudevents import entry_from
from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.following.protocol import AnswerUnreadable, GapInEntries, check_contiguous


@dataclass(frozen=True, slots=True)
class Page:
    """What the feed has after a position."""

    entries: Sequence[Entry]
    position: Position
    """Up to where the registry has looked: go on from here, also when a filter left no entry."""
    more: bool
    """Whether the log goes on already."""


def page_of(body: bytes, after: Position, *, whole: bool) -> Page:
    """The page that a body holds; `whole` says that no filter was asked for.

    Raises AnswerUnreadable for what is no page, and GapInEntries for one that leaves entries out.
    """
    try:
        told = orjson.loads(body)
        entries = [_entry(event) for event in told["events"]]
        page = Page(entries, position_of(told), bool(told["more"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise AnswerUnreadable(f"not a page of the feed: {error}") from error
    _check(page, after, whole=whole)
    return page


def _entry(event: Any) -> Entry:
    attributes = dict(event)
    return entry_from(attributes, attributes.pop("data"))


def _check(page: Page, after: Position, *, whole: bool) -> None:
    """Raise GapInEntries unless the entries rise from `after` to the page's position; a whole page leaves out none."""
    if whole:
        check_contiguous(after, page.entries)
    last = page.entries[-1].position if page.entries else after
    if page.position < last or (whole and page.position.number != last.number):
        raise GapInEntries(last, page.position)
    for before, entry in pairwise([after, *(entry.position for entry in page.entries)]):
        if entry <= before:
            raise GapInEntries(before, entry)
