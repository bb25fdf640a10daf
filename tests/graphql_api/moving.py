"""A read model that has come a long way, and the documents that it should hold by now."""

import random
from collections.abc import Iterator

from graphql_api.read_model.model import ReadModel
from services.events.contracts.entries import Current, Entry
from tests.graphql_api.documents import entry, organisation, organisations, snapshot


class Moving:
    """Organisations that come, change and go, by entries that are the same for the same seed."""

    def __init__(self, count: int, seed: int = 7) -> None:
        self.count = count
        self.model = ReadModel()
        self.model.load(snapshot(count))
        self.held = {current.subject.id: current for current in organisations(count)}
        self._draw = random.Random(seed)  # noqa: S311 - made up, not secret
        self._number = count

    def __repr__(self) -> str:
        return f"the model after {self._number - self.count} entries"

    def move(self, entries: int) -> set[str]:
        """Go on by so many entries; which organisations they were about."""
        touched = list(self._entries(entries))
        self.model.apply(touched)
        return {change.subject.id for change in touched}

    def _entries(self, count: int) -> Iterator[Entry]:
        for _ in range(count):
            self._number += 1
            number = self._draw.randrange(self.count)
            before = self.held.get(organisation(number).subject.id)
            leaves = before is not None and self._draw.random() < 0.3
            after = None if leaves else organisation(number, seed=self._number)
            yield entry(self._number, before, after)
            self._hold(before, after)

    def _hold(self, before: Current | None, after: Current | None) -> None:
        if after:
            self.held[after.subject.id] = after
        elif before:
            del self.held[before.subject.id]
