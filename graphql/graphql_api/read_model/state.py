"""The whole state at one position: every record and every index over them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from pyroaring import BitMap

from graphql_api.keeping import Recent, json_to_keep
from graphql_api.read_model.clusters import ClusterGrid
from graphql_api.read_model.cube import Cube
from graphql_api.read_model.defaults import complete
from graphql_api.read_model.facts import NO_FACTS, Dimension, Facts, facts_of
from graphql_api.read_model.indexes import Orders, Ranges, Sets
from graphql_api.read_model.labels import ValidLabels
from graphql_api.read_model.places import PlaceGrid
from graphql_api.read_model.records import Record
from graphql_api.read_model.text.index import TextIndex
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Entry, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.log.digest import EMPTY, hash_of, replaced
from services.events.log.reading import Current

Documents = tuple[Json, Json | None]
"""The public document and the restricted part."""

_ANSWERS = range(100, 2_000)
"""Selections and pages kept, at least and at most."""
_ANSWERS_BYTES = 32 * 1024 * 1024
"""What they may take together when each is as large as can be: a bit for each organisation, and a page."""
_PAGE_BYTES = 4_096


class State:
    """What every answer is made from. One thread changes it, between two answers and never during one."""

    def __init__(self, position: Position, published_ms: int, view: View) -> None:
        self.position = position
        self.published_ms = published_ms
        self.digest = EMPTY
        self.records: list[Record | None] = []
        self.everything = BitMap()
        self.sets = Sets()
        self.orders = Orders()
        self.ranges = Ranges()
        self.text = TextIndex(self._in_category, self._titles)
        self.places = PlaceGrid()
        self.labels = ValidLabels(self.record)
        self.cube = Cube()
        self.clusters = ClusterGrid()
        self.answers: Recent[tuple[Any, ...], Any] = self._no_answers()
        """What was found at this position, for whoever asks the same again."""
        self._view = view
        self._free: list[int] = []
        self._ids: dict[str, int] = {}
        self._merged: dict[str, int] = {}
        self._slugs: dict[str, int] = {}
        self._former_slugs: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._other_subjects: dict[Subject, str] = {}

    def __len__(self) -> int:
        return len(self.everything)

    def record(self, ordinal: int) -> Record:
        """The record under an ordinal that a bitmap or an order holds."""
        found = self.records[ordinal]
        assert found is not None, "indexes hold only ordinals that have a record"  # noqa: S101
        return found

    def by_id(self, identifier: str) -> Record | None:
        """The organisation of that id, or the one into which it was merged."""
        return self._at(self._ids.get(identifier, self._merged.get(identifier)))

    def by_slug(self, slug: str) -> Record | None:
        """The organisation that has the slug, else the one that had it."""
        return self._at(self._slugs.get(slug, self._former_slugs.get(slug)))

    def by_number(self, digits: str) -> Record | None:
        """The organisation that has the enterprise number, written as ten digits."""
        return self._at(self._numbers.get(digits))

    def fill(self, states: Iterable[Current]) -> None:
        """Take the content of a snapshot. Only for a state that is still empty."""
        for current in states:
            documents = current.document, current.restricted
            if current.subject.kind == ORGANISATION:
                self._put(self._record(current.subject, current.version, current.position, documents), None)
            else:
                self._count(current.subject, self._hash(current.subject, documents))
        records = [record for record in self.records if record]
        self.orders.fill(records)
        self.text.settle()
        self.ranges.fill(records)
        self.labels.fill(records)
        self.labels.on(_today())
        self.clusters.fill(records)
        self.cube.fill(((record.ordinal, record.facts.held) for record in records), self.sets)

    def apply(self, entry: Entry) -> None:
        """Go on to the position of the next entry."""
        documents = None if entry.document is None else (entry.document, entry.restricted)
        if entry.subject.kind != ORGANISATION:
            self._count(entry.subject, documents and self._hash(entry.subject, documents))
        elif documents is None:
            self._remove(entry.subject.id)
        else:
            before = self._own(entry.subject.id)
            record = self._record(entry.subject, entry.version, entry.position, documents)
            self._put(record, before)
            self.orders.replace(before, record)
            self.ranges.replace(record.ordinal, before.facts.figures if before else (), record.facts.figures)
            self.labels.replace(before, record)
            self.clusters.replace(record.ordinal, before.facts.points if before else (), record.facts.points)
            self.cube.replace(record.ordinal, before.facts.terms if before else None, record.facts.terms)
        self.position, self.published_ms = entry.position, entry.published_ms
        self.answers = self._no_answers()

    def _no_answers(self) -> Recent[tuple[Any, ...], Any]:
        most = _ANSWERS_BYTES // (len(self.records) // 8 + _PAGE_BYTES)
        return Recent(min(max(most, _ANSWERS.start), _ANSWERS.stop))

    def _in_category(self, value: str) -> BitMap:
        return self.sets.of(Dimension.CATEGORY, value)

    def _titles(self, ordinal: int) -> tuple[str, ...]:
        return self.record(ordinal).facts.titles

    def _remove(self, identifier: str) -> None:
        if before := self._own(identifier):
            self._index(before.ordinal, before.facts, NO_FACTS)
            self.orders.replace(before, None)
            self.ranges.replace(before.ordinal, before.facts.figures, ())
            self.labels.replace(before, None)
            self.clusters.replace(before.ordinal, before.facts.points, ())
            self.cube.replace(before.ordinal, before.facts.terms, None)
            self.everything.discard(before.ordinal)
            self.records[before.ordinal] = None
            self._free.append(before.ordinal)
            self.digest = replaced(self.digest, before.hash, None)

    def _at(self, ordinal: int | None) -> Record | None:
        return None if ordinal is None else self.records[ordinal]

    def _own(self, identifier: str) -> Record | None:
        """The record of exactly that id: a merged organisation's is not its survivor's."""
        return self._at(self._ids.get(identifier))

    def _count(self, subject: Subject, after: str | None) -> None:
        """Let a subject of a kind that queries do not know yet count in the digest."""
        self.digest = replaced(self.digest, self._other_subjects.pop(subject, None), after)
        if after is not None:
            self._other_subjects[subject] = after

    def _hash(self, subject: Subject, documents: Documents) -> str:
        return hash_of(subject, *(documents if self._view is View.INTERNAL else documents[:1]))

    def _record(self, subject: Subject, version: int, position: Position | None, documents: Documents) -> Record:
        public, restricted = documents
        document = complete(public)
        facts = facts_of(subject.id, document, restricted, _today())
        known = self._own(subject.id)
        return Record(
            ordinal=known.ordinal if known else self._next_ordinal(),
            id=subject.id,
            version=version,
            position=position,
            content=json_to_keep(document),
            restricted_content=None if restricted is None else json_to_keep(restricted),
            hash=self._hash(subject, documents),
            facts=facts,
        )

    def _next_ordinal(self) -> int:
        if self._free:
            return self._free.pop()
        self.records.append(None)
        return len(self.records) - 1

    def _put(self, record: Record, before: Record | None) -> None:
        self._index(record.ordinal, before.facts if before else NO_FACTS, record.facts)
        self.records[record.ordinal] = record
        self.everything.add(record.ordinal)
        self.digest = replaced(self.digest, before.hash if before else None, record.hash)

    def _index(self, ordinal: int, before: Facts, after: Facts) -> None:
        self.sets.replace(ordinal, before.terms, after.terms)
        self.text.replace(ordinal, before, after)
        self.places.replace(ordinal, before.points, after.points)
        _move(self._ids, ordinal, before.ids[:1], after.ids[:1])
        _move(self._merged, ordinal, before.ids[1:], after.ids[1:])
        _move(self._slugs, ordinal, before.slugs[:1], after.slugs[:1])
        _move(self._former_slugs, ordinal, before.slugs[1:], after.slugs[1:])
        _move(self._numbers, ordinal, before.numbers, after.numbers)


def _today() -> date:
    return datetime.now(UTC).date()


def _move(places: dict[str, int], ordinal: int, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Name the ordinal by other keys. A key that another organisation took over meanwhile is left to it."""
    if before == after:
        return
    for key in before:
        if places.get(key) == ordinal:
            del places[key]
    for key in after:
        places[key] = ordinal
