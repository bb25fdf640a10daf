"""The cost of an operation: how many values its answer can have at most, and the work of finding them.

It is a sum of products of page sizes, and page sizes are mostly variables. So the sum is made once for each document,
and a request only puts its variables in:

    query ($n: Int!) { organisations(first: $n) { totalCount nodes { slug title { text } } } }
    cost = 22 + 3 n
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, prod
from typing import Any

from graphql_api.read_model.paging import LARGEST_PAGE


@dataclass(frozen=True, slots=True)
class Size:
    """How long a list is: a constant, or what a variable says."""

    constant: int
    """Where no variable is named, or the request does not give it."""
    variable: str | None = None

    def of(self, variables: Mapping[str, Any]) -> int:
        """The length in a request with these variables."""
        return length_of(variables.get(self.variable, self.constant)) if self.variable else self.constant


def length_of(value: object) -> int:
    """The length that a page size or a list asks for.

    More than a page may have costs no more than a page: the field refuses it before it reads anything.
    """
    size = len(value) if isinstance(value, list) else value
    return min(max(size, 0), LARGEST_PAGE) if isinstance(size, int) else 1


Terms = dict[tuple[Size, ...], float]
"""Coefficients by the sizes that they are multiplied with; without any is what depends on no variable."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one operation."""

    constant: float
    """One at least."""
    terms: tuple[tuple[float, tuple[Size, ...]], ...] = ()

    def of(self, variables: Mapping[str, Any] | None) -> int:
        """Points in a request with these variables."""
        total = self.constant
        for coefficient, sizes in self.terms:
            total += coefficient * prod([size.of(variables or {}) for size in sizes])
        return ceil(total)


def cost_from(terms: Terms) -> Cost:
    """The cost that the terms add up to."""
    variable = [(coefficient, sizes) for sizes, coefficient in terms.items() if sizes]
    return Cost(max(1, terms.get((), 0)), tuple(variable))


def plus(one: Terms, other: Terms) -> Terms:
    """The sum."""
    return one | {sizes: one.get(sizes, 0) + coefficient for sizes, coefficient in other.items()}


def times(terms: Terms, size: Size | float) -> Terms:
    """The product with a size."""
    if isinstance(size, Size):
        if size.variable is not None:
            return {(*sizes, size): coefficient for sizes, coefficient in terms.items()}
        size = size.constant
    return {sizes: coefficient * size for sizes, coefficient in terms.items()}
