"""Sets and orders over ordinals, kept by difference: a change touches only what it changes."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from pyroaring import BitMap

from graphql_api.read_model.blocks import SortedBlocks
from graphql_api.read_model.facts import Dimension, Figure, Order, Term
from graphql_api.read_model.packed_texts import PackedTexts
from graphql_api.read_model.records import Figures, Record

_EMPTY = BitMap()


class Sets:
    """A bitmap of ordinals for each value of each dimension."""

    def __init__(self) -> None:
        self._bitmaps: dict[Dimension, dict[str, BitMap]] = {dimension: {} for dimension in Dimension}
        self._waiting: dict[Term, array[int]] = defaultdict(_no_ordinals)
        """Those of a snapshot, until all are there."""

    def collect(self, ordinal: int, terms: Iterable[Term]) -> None:
        """Take the terms of one of many organisations, before `settle`."""
        waiting = self._waiting
        for term in terms:
            waiting[term].append(ordinal)

    def settle(self) -> None:
        """Make sets of what was collected. Only for sets that are still empty."""
        for term, ordinals in self._waiting.items():
            self._bitmaps[term.dimension][term.value] = BitMap(ordinals)
        self._waiting.clear()

    def replace(self, ordinal: int, before: Collection[Term], after: Collection[Term]) -> None:
        """Take the ordinal out of the sets it left and put it in those it entered."""
        if before == after:
            return
        old, new = frozenset(before), frozenset(after)
        for term in old - new:
            values = self._bitmaps[term.dimension]
            values[term.value].discard(ordinal)
            if not values[term.value]:
                del values[term.value]
        for term in new - old:
            values = self._bitmaps[term.dimension]
            if term.value not in values:
                values[term.value] = BitMap()
            values[term.value].add(ordinal)

    def of(self, dimension: Dimension, value: str) -> BitMap:
        """The ordinals that have the value. Do not change the bitmap."""
        return self._bitmaps[dimension].get(value, _EMPTY)

    def any_of(self, dimension: Dimension, values: Iterable[str]) -> BitMap:
        """The ordinals that have one of the values at least."""
        return BitMap.union(_EMPTY, *(self.of(dimension, value) for value in values))

    def values(self, dimension: Dimension) -> dict[str, BitMap]:
        """Every value of the dimension that some organisation has."""
        return self._bitmaps[dimension]


class Ranges:
    """Figures sorted by value, to find who lies in a range."""

    def __init__(self) -> None:
        self._orders = {figure: SortedBlocks(_itself, _doubles) for figure in Figure}

    def __getitem__(self, figure: Figure) -> SortedBlocks:
        return self._orders[figure]

    def replace(self, ordinal: int, before: Figures, after: Figures) -> None:
        """Move the figures of one ordinal."""
        if before == after:
            return
        for figure, value in before:
            if (figure, value) not in after:
                self._orders[figure].replace((value, ordinal, ordinal), None)
        for figure, value in after:
            if (figure, value) not in before:
                self._orders[figure].replace(None, (value, ordinal, ordinal))

    def fill(self, records: Iterable[Record]) -> None:
        """Take many records at once."""
        values: dict[Figure, dict[int, float]] = defaultdict(dict)
        for record in records:
            for figure, value in record.figures:
                values[figure][record.ordinal] = value
        for figure, found in values.items():
            self._orders[figure].fill(array("I", sorted(found, key=found.__getitem__)), found.__getitem__)


class Orders:
    """The standing orders. Equal keys are told apart by the organisation's id."""

    def __init__(self, id_of: Callable[[int], str]) -> None:
        self._id_of = id_of
        self._orders = {order: SortedBlocks(id_of, PackedTexts if order is Order.TITLE else list) for order in Order}

    def __getitem__(self, order: Order) -> SortedBlocks:
        return self._orders[order]

    def fill(self, count: int, keys_of: Callable[[int], tuple[str, ...]]) -> None:
        """Take the first so many ordinals at once: sorting them together costs a fraction of inserting one by one."""
        by_id = array("I", sorted(range(count), key=self._id_of))
        keys = zip(*map(keys_of, range(count)), strict=True)
        for order, of_order in zip(self._orders.values(), keys, strict=False):  # there are none for no ordinals
            order.fill(array("I", sorted(by_id, key=of_order.__getitem__)), of_order.__getitem__)

    def replace(self, ordinal: int, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        """Move an organisation in every order in which its key changes; no keys stand for one that is not there."""
        if before == after:
            return
        identifier = self._id_of(ordinal)
        for place, order in enumerate(self._orders.values()):
            if before and after and before[place] == after[place]:
                continue
            old = (before[place], identifier, ordinal) if before else None
            order.replace(old, (after[place], identifier, ordinal) if after else None)


def _no_ordinals() -> "array[int]":
    return array("I")


def _itself(ordinal: int) -> int:
    return ordinal


def _doubles(values: Iterable[float]) -> "array[float]":
    return array("d", values)
