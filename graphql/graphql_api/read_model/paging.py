"""Pages of a list, forwards and backwards, by the rules of Relay's cursor connections."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from graphql_api.read_model.blocks import Entry, Mark
from graphql_api.read_model.cursors import read_cursor, write_cursor
from graphql_api.read_model.ordering import Sequence
from graphql_api.read_model.problems import InvalidPage
from services.problems import FieldError

LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class Window:
    """Which page is asked for: the first so many after a cursor, or the last so many before one."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @property
    def size(self) -> int:
        """How many are asked for. Raises InvalidPage where that is not said, said twice, or more than is served."""
        if (self.first is None) == (self.last is None):
            raise _invalid("first", "required", f"Give either first or last, from 1 to {LARGEST_PAGE}.")
        name, size = ("first", self.first) if self.first is not None else ("last", self.last)
        if size is None or not 1 <= size <= LARGEST_PAGE:
            raise _invalid(name, "out_of_range", f"{name} is from 1 to {LARGEST_PAGE}; read on with the cursors.")
        return size


@dataclass(frozen=True, slots=True)
class Page:
    """The entries of one page, in the order of the list."""

    entries: list[Entry]
    has_previous: bool
    has_next: bool
    tag: Callable[[], str]

    def cursor(self, entry: Entry) -> str:
        """The cursor of an entry of the page."""
        return write_cursor(self.tag(), entry[:2])


def page_of(sequence: Sequence, window: Window, tag: Callable[[], str]) -> Page:
    """The page. `tag` tells the cursors of this list. Raises InvalidPage and InvalidCursor."""
    size, backwards = window.size, window.last is not None
    start, end = (window.before, window.after) if backwards else (window.after, window.before)
    begin = None if start is None else _mark(start, sequence, tag)
    bound = None if end is None else _mark(end, sequence, tag)

    walk = sequence.walk(begin, backwards=backwards)
    if bound is not None:
        walk = _until(walk, bound, sequence, backwards=backwards)
    found = list(islice(walk, size + 1))
    more, entries = len(found) > size, found[:size]
    behind = begin is not None and _any(sequence.walk(entries[0][:2] if entries else None, backwards=not backwards))
    if backwards:
        return Page(entries[::-1], has_previous=more, has_next=behind, tag=tag)
    return Page(entries, has_previous=behind, has_next=more, tag=tag)


def _mark(cursor: str, sequence: Sequence, tag: Callable[[], str]) -> Mark:
    some = next((entry[:2] for entry in sequence.walk(None, backwards=False)), None)
    return read_cursor(cursor, tag(), some)


def _until(walk: Iterator[Entry], bound: Mark, sequence: Sequence, *, backwards: bool) -> Iterator[Entry]:
    if backwards:
        return takewhile(lambda entry: sequence.precedes(bound, entry[:2]), walk)
    return takewhile(lambda entry: sequence.precedes(entry[:2], bound), walk)


def _any(walk: Iterator[Entry]) -> bool:
    return next(walk, None) is not None


def _invalid(name: str, code: str, detail: str) -> InvalidPage:
    return InvalidPage(detail, errors=[FieldError(f"argument:{name}", code, detail)])
