"""Counts that are kept: for filters by kind, province, front and size, facets are sums over a table, not over sets.

Organisations that agree in all their kinds, provinces, fronts and size class share a row; a row tells how many of them
have each value of each dimension. Each organisation is in one row, so the counts of rows can be added, and a filter
by these four chooses rows. There are some hundred rows, however many organisations there are.
"""

from array import array
from collections.abc import Callable, Collection, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from graphql_api.read_model.facts import Dimension, Term, term_of
from graphql_api.read_model.indexes import Sets
from services.events.contracts.criteria import Criteria

_AXES = frozenset({Dimension.KIND, Dimension.PROVINCE, Dimension.FRONT, Dimension.SIZE_CLASS})
_COUNTED = frozenset(Dimension) - {Dimension.LABEL, Dimension.NACE}
"""Labels are valid on a day, and codes of activities are many: sets count both."""
_CHOSEN_BY = {
    "kinds": (Dimension.KIND, True),
    "provinces": (Dimension.PROVINCE, True),
    "not_in_provinces": (Dimension.PROVINCE, False),
    "fronts": (Dimension.FRONT, True),
    "size_classes": (Dimension.SIZE_CLASS, True),
}
"""The criteria that choose rows: by which dimension, and whether those that have a value or those that have none."""
_COVERED = _CHOSEN_BY.keys() | {"none_of"}
_DISTINCT = 1 << 40
"""Where numbers of groups are made smaller again, before they overflow."""

Terms = Collection[Term]
Cell = frozenset[Term]
"""Those of the axes: what the organisations of a row have in common."""
Rows = NDArray[np.intp]
Sums = list[int]


class Cube:
    """The table. It changes by difference, as the sets do."""

    def __init__(self) -> None:
        self._rows: dict[Cell, int] = {}
        self._row_of = array("q")
        """By ordinal."""
        self._free: list[int] = []
        """Rows that were used and hold nobody now."""
        self._columns: dict[Term, int] = {}
        self._values: dict[Dimension, dict[str, int]] = {dimension: {} for dimension in _COUNTED}
        """The same columns by dimension."""
        self._sizes = array("q", bytes(8 * 16))
        self._width = 64
        self._counts = array("q", bytes(8 * 16 * 64))
        """Row after row. Single counts of an array are changed in a third of the time that numpy takes."""

    def covers(self, criteria: Criteria) -> bool:
        """Whether all of the criteria choose rows."""
        if any(getattr(criteria, name) is not None for name in criteria.model_fields_set - _COVERED):
            return False
        return all(self.covers(excluded) for excluded in criteria.none_of or ())

    def counts(self, dimension: Dimension) -> bool:
        """Whether the rows tell of the dimension."""
        return dimension in _COUNTED

    def rows(self, criteria: Criteria) -> Rows:
        """The rows of the organisations that meet the criteria, which the cube covers."""
        return self._chosen(criteria).nonzero()[0]

    def total(self, rows: Rows) -> int:
        """How many organisations the rows hold."""
        return int(np.frombuffer(self._sizes, np.int64)[rows].sum())

    def sums(self, rows: Rows) -> Sums:
        """How many of the rows' organisations have each value of each dimension: read it with `values`."""
        found: Sums = np.add.reduce(self._table().take(rows, axis=0), axis=0).tolist()
        return found

    def values(self, dimension: Dimension) -> Mapping[str, int]:
        """The values of the dimension, each with its place in the sums."""
        return self._values[dimension]

    def replace(self, ordinal: int, before: Terms | None, after: Terms | None) -> None:
        """Count an organisation by other terms; none stands for one that is not there."""
        if before is None or after is None:
            self._move(ordinal, before, after)
            return
        if before == after:
            return
        old, new = frozenset(before), frozenset(after)
        gone, come = old - new, new - old
        if any(term.dimension in _AXES for term in gone | come):
            self._move(ordinal, before, after)
        elif gone or come:
            row = self._row_of[ordinal]
            self._add(row, gone, -1)
            self._add(row, come, 1)

    def fill(self, everything: BitMap, terms_of: Callable[[int], Terms], sets: Sets) -> None:
        """Count all at once, from the sets; one of each row is asked for its terms. Only for an empty cube."""
        if not everything:
            return
        ordinals = _ordinals(everything)
        first, row_of = _grouped(ordinals, sets)
        self._rows = {_cell(terms_of(int(ordinals[place]))): row for row, place in enumerate(first.tolist())}
        self._row_of = array("q", row_of.tobytes())
        self._make_room(len(first))
        np.add.at(np.frombuffer(self._sizes, np.int64), row_of[ordinals], 1)
        for dimension in _COUNTED:
            for value, members in sets.values(dimension).items():
                column = self._column(term_of(dimension, value))
                counts = np.bincount(row_of[_ordinals(members)], minlength=len(self._sizes))
                self._table()[:, column] = counts

    def _chosen(self, criteria: Criteria) -> NDArray[np.bool_]:
        chosen = np.frombuffer(self._sizes, np.int64) > 0
        for name in criteria.model_fields_set & _CHOSEN_BY.keys():
            if (wanted := getattr(criteria, name)) is not None:
                dimension, has_one = _CHOSEN_BY[name]
                having = self._having(dimension, wanted)
                chosen &= having if has_one else ~having
        for excluded in criteria.none_of or ():
            chosen &= ~self._chosen(excluded)
        return chosen

    def _having(self, dimension: Dimension, values: Iterable[str]) -> NDArray[np.bool_]:
        """The rows that have one of the values: of a dimension of the axes, all of a row have it or none."""
        table, columns = self._table(), self._values[dimension]
        having: NDArray[np.bool_] = np.zeros(len(table), bool)
        for value in values:
            if (column := columns.get(value)) is not None:
                having |= table[:, column] > 0
        return having

    def _table(self) -> NDArray[np.int64]:
        """The counts by row and column. Let go of it before the table grows."""
        return np.frombuffer(self._counts, np.int64).reshape(-1, self._width)

    def _move(self, ordinal: int, before: Terms | None, after: Terms | None) -> None:
        if before is not None:
            row = self._row_of[ordinal]
            self._sizes[row] -= 1
            self._add(row, before, -1)
            if not self._sizes[row]:
                self._free.append(self._rows.pop(_cell(before)))
        if after is not None:
            row = self._row(_cell(after))
            self._sizes[row] += 1
            self._add(row, after, 1)
            if len(self._row_of) <= ordinal:
                self._row_of.extend(array("q", bytes(8 * (ordinal + 1))))
            self._row_of[ordinal] = row

    def _add(self, row: int, terms: Terms, step: int) -> None:
        known, counted = self._columns, [term for term in terms if term.dimension in _COUNTED]
        columns = [known[term] if term in known else self._column(term) for term in counted]
        counts, begin = self._counts, row * self._width
        for column in columns:
            counts[begin + column] += step

    def _row(self, cell: Cell) -> int:
        row = self._rows.get(cell)
        if row is None:
            row = self._rows[cell] = self._free.pop() if self._free else len(self._rows)
            self._make_room(row + 1)
        return row

    def _make_room(self, rows: int) -> None:
        while len(self._sizes) < rows:
            self._sizes.extend(array("q", bytes(8 * len(self._sizes))))
            self._counts.extend(array("q", bytes(8 * len(self._counts))))

    def _column(self, term: Term) -> int:
        column = self._columns.get(term)
        if column is None:
            column = self._columns[term] = self._values[term.dimension][term.value] = len(self._columns)
            if column == self._width:
                wider = np.hstack([self._table(), np.zeros_like(self._table())])
                self._counts, self._width = array("q", wider.tobytes()), 2 * self._width
        return column


def _cell(terms: Iterable[Term]) -> Cell:
    return frozenset([term for term in terms if term.dimension in _AXES])


def _grouped(ordinals: Rows, sets: Sets) -> tuple[Rows, Rows]:
    """Groups of the ordinals that have the same terms of the axes: a member's place of each, and everyone's group."""
    code = np.zeros(int(ordinals.max()) + 1, np.int64)
    for dimension in _AXES:
        for members in sets.values(dimension).values():
            code *= 2
            code[_ordinals(members)] += 1
            if code.max(initial=0) > _DISTINCT:
                code = np.unique(code, return_inverse=True)[1]
    _, first, group = np.unique(code[ordinals], return_index=True, return_inverse=True)
    code[ordinals] = group
    return first, code


def _ordinals(members: BitMap) -> Rows:
    return np.frombuffer(members.to_array(), np.uint32).astype(np.intp)
