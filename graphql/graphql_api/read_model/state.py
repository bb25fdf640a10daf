"""The whole state at one position: every record and every index over them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from pyroaring import BitMap

from graphql_api.keeping import Recent
from graphql_api.read_model.clusters import ClusterGrid
from graphql_api.read_model.cube import Cube
from graphql_api.read_model.facts import NO_FACTS, Dimension, Facts
from graphql_api.read_model.indexes import Orders, Ranges, Sets
from graphql_api.read_model.labels import ValidLabels
from graphql_api.read_model.loading import Loading, Taken
from graphql_api.read_model.making import Documents, completed, hash_in, today
from graphql_api.read_model.names import Names
from graphql_api.read_model.places import PlaceGrid
from graphql_api.read_model.records import Record, encoded
from graphql_api.read_model.store import sections
from graphql_api.read_model.store.blobs import blob_of, stamp_of
from graphql_api.read_model.store.folder import RecordFolder
from graphql_api.read_model.store.table import RecordTable
from graphql_api.read_model.text.index import TextIndex
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Current, Entry, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.log.digest import RunningDigest

_ANSWERS = range(100, 2_000)
"""Selections and pages kept, at least and at most."""
_ANSWERS_BYTES = 32 * 1024 * 1024
"""What they may take together when each is as large as can be: a bit for each organisation, and a page."""
_PAGE_BYTES = 4_096
_UNKNOWN = Position(0, 0)
"""Before all others."""


class Move(NamedTuple):
    """One organisation's way from the facts by which it was found to those by which it is found now."""

    ordinal: int
    before: Facts
    after: Facts


class State:
    """What every answer is made from. One thread changes it, between two answers and never during one."""

    def __init__(self, position: Position, published_ms: int, view: View, folder: RecordFolder | None = None) -> None:
        self.position = position
        self.published_ms = published_ms
        self._digest = RunningDigest()
        self.records = RecordTable(folder or RecordFolder(), view)
        self.everything = BitMap()
        self.sets = Sets()
        self.orders = Orders(self.records.id_of)
        self.ranges = Ranges()
        self.text = TextIndex(self._in_category, self._titles)
        self.places = PlaceGrid()
        self.labels = ValidLabels(lambda ordinal: self.record(ordinal).labels)
        self.cube = Cube()
        self.clusters = ClusterGrid(self.places.marked)
        self.answers: Recent[tuple[Any, ...], Any] = self._no_answers()
        """What was found at this position, for whoever asks the same again."""
        self._view = view
        self._ids = Names()
        self._slugs = Names()
        self._other_subjects: dict[Subject, bytes] = {}

    def __len__(self) -> int:
        return len(self.everything)

    @property
    def digest(self) -> str:
        """What proves that other copies hold the same."""
        return str(self._digest)

    @property
    def others(self) -> Mapping[Subject, bytes]:
        """The hashes of subjects of kinds that queries do not know yet."""
        return self._other_subjects

    def record(self, ordinal: int) -> Record:
        """The record under an ordinal that a bitmap or an order holds."""
        found = self.records.get(ordinal)
        assert found is not None, "indexes hold only ordinals that have a record"  # noqa: S101
        return found

    def by_id(self, identifier: str) -> Record | None:
        """The organisation of that id, or the one into which it was merged."""
        return self._once(self._with_id, identifier)

    def by_slug(self, slug: str) -> Record | None:
        """The organisation that has the slug, else the one that had it."""
        return self._once(self._with_slug, slug)

    def by_number(self, digits: str) -> Record | None:
        """The organisation that has the enterprise number, written as ten digits."""
        return self._once(self._with_number, digits)

    def fill(self, states: Iterable[Current]) -> None:
        """Take the content of a snapshot. Only for a state that is still empty."""
        figured = BitMap()
        with self.records.filling() as filling:
            loading = Loading(filling, self._view)
            with closing(loading.organisations(states)) as organisations:
                for taken in organisations:
                    if taken.facts.figures:
                        figured.add(len(self.everything))
                    self._take(taken)
        for subject, digest in loading.others.items():
            self._count(subject, digest)
        self._ids.settle()
        self._slugs.settle()
        self.sets.settle()
        self.places.settle()
        self.text.fill(self.sets.values(Dimension.CATEGORY))
        self.orders.fill(len(self.everything), self.records.keys_of)
        self.clusters.fill()
        self.ranges.fill(self.records.all(figured))
        for record in self.records.all(self.sets.any_of(Dimension.LABEL, self.sets.values(Dimension.LABEL))):
            self.labels.replace(record.ordinal, (), record.labels)
        self.labels.on(today())
        self.cube.fill(self.everything, lambda ordinal: self.record(ordinal).facts.held, self.sets)

    def apply(self, entries: Sequence[Entry]) -> None:
        """Go on by these entries, which follow on the position and on one another.

        What one of them raises is raised; those before it are applied then.
        """
        moves: list[Move] = []
        try:
            for entry in entries:
                if move := self._change(entry):
                    moves.append(move)
                self.position, self.published_ms = entry.position, entry.published_ms
        finally:
            self._move(moves)
            self.answers = self._no_answers()

    def _change(self, entry: Entry) -> Move | None:
        """Take what the entry says of its subject; what is to be done in the indexes."""
        documents = None if entry.document is None else (entry.document, entry.restricted)
        if entry.subject.kind != ORGANISATION:
            self._count(entry.subject, documents and self._hash(entry.subject, documents))
            return None
        if documents is None:
            return self._remove(entry.subject.id)
        return self._put(entry.subject, entry.version, entry.position, documents)

    def _no_answers(self) -> Recent[tuple[Any, ...], Any]:
        most = _ANSWERS_BYTES // (len(self.records) // 8 + _PAGE_BYTES)
        return Recent(min(max(most, _ANSWERS.start), _ANSWERS.stop))

    def _in_category(self, value: str) -> BitMap:
        return self.sets.of(Dimension.CATEGORY, value)

    def _titles(self, ordinal: int) -> tuple[str, ...]:
        return self.record(ordinal).titles

    def _remove(self, identifier: str) -> Move | None:
        """Let the organisation have no documents. Its record stays until the indexes have let it go."""
        ordinal = self._ordinal_of(identifier)
        if ordinal is None:
            return None
        before = self.record(ordinal)
        self.everything.discard(ordinal)
        self._digest.replace(before.hash, None)
        return self._renamed(Move(ordinal, before.facts, NO_FACTS))

    def _once(self, find: Callable[[str], Record | None], asked: str) -> Record | None:
        """What is found, looked for once at this position."""
        key = find.__name__, asked
        found: Record | None = self.answers.get(key)
        if found is None:
            found = find(asked)
            if found is not None:
                self.answers.put(key, found)
        return found

    def _with_id(self, identifier: str) -> Record | None:
        ordinal = self._ordinal_of(identifier)
        if ordinal is not None:
            return self.record(ordinal)
        return _latest(one for one in self._held_by(self._ids.holders(identifier)) if identifier in one.facts.ids)

    def _with_slug(self, slug: str) -> Record | None:
        held = self._held_by(self._slugs.holders(slug))
        return _latest(one for one in held if one.facts.slugs[0] == slug) or _latest(
            one for one in held if slug in one.facts.slugs
        )

    def _with_number(self, digits: str) -> Record | None:
        return _latest(self._held_by(self.text.number_holders(digits)))

    def _held_by(self, ordinals: list[int]) -> list[Record]:
        return [self.record(ordinal) for ordinal in ordinals]

    def _ordinal_of(self, identifier: str) -> int | None:
        """That of the organisation of exactly this id: a merged one's is not its survivor's."""
        for ordinal in self._ids.holders(identifier):
            if self.records.id_of(ordinal) == identifier:
                return ordinal
        return None

    def _count(self, subject: Subject, after: bytes | None) -> None:
        """Let a subject of a kind that queries do not know yet count in the digest."""
        self._digest.replace(self._other_subjects.pop(subject, None), after)
        if after is not None:
            self._other_subjects[subject] = after

    def _hash(self, subject: Subject, documents: Documents) -> bytes:
        return hash_in(self._view, subject, documents)

    def _take(self, taken: Taken) -> None:
        """Let the indexes collect what a snapshot says of one organisation."""
        ordinal, facts = len(self.everything), taken.facts
        self.sets.collect(ordinal, facts.held)
        self.text.collect(ordinal, facts)
        self.places.collect(ordinal, facts.points)
        self._ids.collect(ordinal, facts.ids)
        self._slugs.collect(ordinal, facts.slugs)
        self.everything.add(ordinal)
        self._digest.replace(None, taken.hash)

    def _put(self, subject: Subject, version: int, position: Position, documents: Documents) -> Move:
        """Let the organisation have these documents."""
        records, digest = self.records, self._hash(subject, documents)
        document, facts = completed(subject, documents)
        parts = sections.encoded(facts, records.vocabulary)
        before, former, ordinal = NO_FACTS, None, self._ordinal_of(subject.id)
        if ordinal is None:
            ordinal = records.new_ordinal()
            self.everything.add(ordinal)
        else:
            before, former = records.facts_beside(ordinal, facts, parts), records.hash_of(ordinal)
        stamp, content = stamp_of(digest, version, position), encoded((document, documents[1]))
        records.put(ordinal, blob_of(stamp, subject.id, parts, content))
        self._digest.replace(former, digest)
        return self._renamed(Move(ordinal, before, facts))

    def _renamed(self, move: Move) -> Move:
        """Find the organisation by the ids and slugs it has now: the next entry may be about it."""
        ordinal, before, after = move
        self._ids.replace(ordinal, before.ids, after.ids)
        self._slugs.replace(ordinal, before.slugs, after.slugs)
        return move

    def _move(self, moves: Sequence[Move]) -> None:
        """Take organisations from where they were found to where they are.

        All of them in one index after the other: what the processor has at hand of an index is used more than once.
        """
        for move in moves:
            self.sets.replace(move.ordinal, move.before.held, move.after.held)
        for move in moves:
            self.text.replace(*move)
        for move in moves:
            self.places.replace(move.ordinal, move.before.points, move.after.points)
            self.clusters.replace(move.before.points, move.after.points)
        for move in moves:
            self.orders.replace(move.ordinal, move.before.keys, move.after.keys)
        for move in moves:
            self.ranges.replace(move.ordinal, move.before.figures, move.after.figures)
            self.labels.replace(move.ordinal, move.before.labels, move.after.labels)
        for move in moves:
            self.cube.replace(move.ordinal, move.before.held or None, move.after.held or None)
        for move in moves:
            if move.after is NO_FACTS:
                self.records.remove(move.ordinal)


def _latest(records: Iterable[Record]) -> Record | None:
    """The one that changed last: who takes over a name comes after those who had it."""
    found = list(records)
    if len(found) <= 1:
        return found[0] if found else None
    return max(found, key=lambda record: record.position or _UNKNOWN)
