"""A text index with the organisations it is of, and nothing else of the read model."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from pyroaring import BitMap

from graphql_api.read_model.defaults import complete
from graphql_api.read_model.facts import Dimension, Facts, facts_of
from graphql_api.read_model.indexes import Sets
from graphql_api.read_model.text.index import MOST_GATHERED, TextIndex
from graphql_api.read_model.text.scoring import Scores

DAY = date(2026, 11, 25)


def facts_from(document: dict[str, Any]) -> Facts:
    """The facts of a public document."""
    return facts_of(document["id"], complete(document), None, DAY)


class Held:
    """The organisations under their ordinals, and the index."""

    def __init__(self, facts: Iterable[Facts] = (), most_gathered: int = MOST_GATHERED) -> None:
        self.facts: dict[int, Facts] = {}
        self._sets = Sets()
        self.text = TextIndex(self._in_category, lambda ordinal: self.facts[ordinal].titles, most_gathered)
        for ordinal, one in enumerate(facts):
            self.replace(ordinal, one)

    def replace(self, ordinal: int, after: Facts | None) -> None:
        """Exchange, add or remove one."""
        before = self.facts.pop(ordinal, None)
        if after is not None:
            self.facts[ordinal] = after
        terms = (facts.terms if facts else frozenset() for facts in (before, after))
        self._sets.replace(ordinal, *terms)
        self.text.replace(ordinal, before, after)

    def fill(self, facts: Iterable[Facts]) -> None:
        """Take many at once, as those of a snapshot."""
        for ordinal, one in enumerate(facts):
            self.facts[ordinal] = one
            self._sets.collect(ordinal, one.held)
            self.text.collect(ordinal, one)
        self._sets.settle()
        self.text.fill(self._sets.values(Dimension.CATEGORY))

    def scores(self, text: str) -> dict[int, int]:
        """The score of each one found."""
        scores = self.text.search(text)
        return {ordinal: score for score, group in scores.groups(scores.found) for ordinal in group}

    def first(self, text: str, count: int) -> list[int]:
        """The first of those found; equal ones by ordinal."""
        found: list[int] = []
        scores: Scores = self.text.search(text)
        for _, group in scores.groups(scores.found):
            found += group[:count] if len(group) > count else group
            if len(found) >= count:
                break
        return found[:count]

    def _in_category(self, value: str) -> BitMap:
        return self._sets.of(Dimension.CATEGORY, value)
