"""Sets and orders over ordinals, kept by difference: a change touches only what it changes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyroaring import BitMap
from sortedcontainers import SortedList

from graphql_api.read_model.facts import Dimension, Figure, Order, Term
from graphql_api.read_model.records import Record

_EMPTY = BitMap()

Mark = tuple[str | int | float, str]
"""A place in an order: the sort key, then the id, so that equal keys have an order of their own."""


Entry = tuple[str | int | float, str, int]
"""Sort key, id and ordinal: what a standing order is made of."""


class Sets:
    """A bitmap of ordinals for each value of each dimension."""

    def __init__(self) -> None:
        self._bitmaps: dict[Dimension, dict[str, BitMap]] = {dimension: {} for dimension in Dimension}

    def replace(self, ordinal: int, before: frozenset[Term], after: frozenset[Term]) -> None:
        """Take the ordinal out of the sets it left and put it in those it entered."""
        for dimension, value in before - after:
            values = self._bitmaps[dimension]
            values[value].discard(ordinal)
            if not values[value]:
                del values[value]
        for dimension, value in after - before:
            self._bitmaps[dimension].setdefault(value, BitMap()).add(ordinal)

    def of(self, dimension: Dimension, value: str) -> BitMap:
        """The ordinals that have the value. Do not change the bitmap."""
        return self._bitmaps[dimension].get(value, _EMPTY)

    def any_of(self, dimension: Dimension, values: Iterable[str]) -> BitMap:
        """The ordinals that have one of the values at least."""
        return BitMap.union(_EMPTY, *(self.of(dimension, value) for value in values))

    def values(self, dimension: Dimension) -> dict[str, BitMap]:
        """Every value of the dimension that some organisation has."""
        return self._bitmaps[dimension]


class StandingOrder:
    """Every record sorted by one key, then by id."""

    def __init__(self) -> None:
        self._entries: SortedList[Entry] = SortedList()

    def __len__(self) -> int:
        return len(self._entries)

    def fill(self, entries: Iterable[Entry]) -> None:
        """Take many entries at once: sorting them together costs a fraction of inserting them one by one."""
        self._entries.update(entries)

    def replace(self, before: Entry | None, after: Entry | None) -> None:
        """Move an entry; none stands for one that is not there."""
        if before == after:
            return
        if before is not None:
            self._entries.remove(before)
        if after is not None:
            self._entries.add(after)

    def walk(self, start: Mark | None, *, backwards: bool) -> Iterator[Entry]:
        """The entries from the mark on, itself left out, upwards or downwards."""
        if start is None:
            yield from reversed(self._entries) if backwards else self._entries
        elif backwards:
            yield from self._entries.irange(maximum=(*start, -1), reverse=True)
        else:
            yield from self._entries.irange(minimum=(*start, 1 << 62))


class Ranges:
    """Figures sorted by value, to find who lies in a range."""

    def __init__(self) -> None:
        self._entries: dict[Figure, SortedList[tuple[float, int]]] = {figure: SortedList() for figure in Figure}

    def replace(
        self, ordinal: int, before: tuple[tuple[Figure, float], ...], after: tuple[tuple[Figure, float], ...]
    ) -> None:
        """Move the figures of one ordinal."""
        if before == after:
            return
        for figure, value in before:
            self._entries[figure].remove((value, ordinal))
        for figure, value in after:
            self._entries[figure].add((value, ordinal))

    def between(self, figure: Figure, low: float | None, high: float | None) -> BitMap:
        """The ordinals whose figure lies in the range, both ends included; none is an open end."""
        minimum = None if low is None else (low, -1)
        maximum = None if high is None else (high, 1 << 62)
        return BitMap([ordinal for _, ordinal in self._entries[figure].irange(minimum, maximum)])


class Orders:
    """The standing orders."""

    def __init__(self) -> None:
        self._orders = {order: StandingOrder() for order in Order}

    def __getitem__(self, order: Order) -> StandingOrder:
        return self._orders[order]

    def fill(self, records: Iterable[Record]) -> None:
        """Take many records at once."""
        entries: dict[Order, list[Entry]] = defaultdict(list)
        for record in records:
            for order, key in zip(Order, record.facts.keys, strict=True):
                entries[order].append((key, record.id, record.ordinal))
        for order, found in entries.items():
            self._orders[order].fill(found)

    def replace(self, before: Record | None, after: Record | None) -> None:
        """Move a record in every order."""
        for place, order in enumerate(Order):
            self._orders[order].replace(_entry(before, place), _entry(after, place))


def _entry(record: Record | None, place: int) -> Entry | None:
    return (record.facts.keys[place], record.id, record.ordinal) if record else None
