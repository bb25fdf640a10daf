"""Pages of a list, forwards and backwards, by the rules of Relay's cursor connections."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, takewhile

from graphql_api.read_model.cursors import read_cursor, write_cursor
from graphql_api.read_model.indexes import Mark
from graphql_api.read_model.ordering import Place, Sequence
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
    """The places of one page, in the order of the list."""

    places: tuple[Place, ...]
    has_previous: bool
    has_next: bool
    tag: str

    def cursor(self, place: Place) -> str:
        """The cursor of a place of the page."""
        return write_cursor(self.tag, place.mark)


def page_of(sequence: Sequence, window: Window, tag: str) -> Page:
    """The page. Raises InvalidPage and InvalidCursor."""
    size, backwards = window.size, window.last is not None
    start, end = (window.before, window.after) if backwards else (window.after, window.before)
    some = next((place.mark for place in sequence.walk(None, backwards=False)), None)
    begin = None if start is None else read_cursor(start, tag, some)
    bound = None if end is None else read_cursor(end, tag, some)

    walk = sequence.walk(begin, backwards=backwards)
    if bound is not None:
        walk = _until(walk, bound, sequence, backwards=backwards)
    found = list(islice(walk, size + 1))
    more, places = len(found) > size, found[:size]
    behind = begin is not None and _any(sequence.walk(places[0].mark if places else None, backwards=not backwards))
    if backwards:
        return Page(tuple(reversed(places)), has_previous=more, has_next=behind, tag=tag)
    return Page(tuple(places), has_previous=behind, has_next=more, tag=tag)


def _until(walk: Iterator[Place], bound: Mark, sequence: Sequence, *, backwards: bool) -> Iterator[Place]:
    if backwards:
        return takewhile(lambda place: sequence.precedes(bound, place.mark), walk)
    return takewhile(lambda place: sequence.precedes(place.mark, bound), walk)


def _any(walk: Iterator[Place]) -> bool:
    return next(walk, None) is not None


def _invalid(name: str, code: str, detail: str) -> InvalidPage:
    return InvalidPage(detail, errors=[FieldError(f"argument:{name}", code, detail)])
