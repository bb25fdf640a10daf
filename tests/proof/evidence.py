"""What was found when everything had come to rest, and the judgement on it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.proof import checks
from tests.proof.checks import Line
from tests.proof.journal import Journal
from tests.proof.told import Told

Digest = tuple[int, str]
"""Position and digest."""


@dataclass(frozen=True)
class Evidence:
    """The log, what writers know, and what each outlet told."""

    log: Sequence[Line]
    journal: Journal
    told: Mapping[str, Sequence[Told]]
    """Outlets that tell everything in the order of the organisation's versions, maybe some of it again."""
    applied: Mapping[str, Sequence[Told]]
    """What readers were given by the follower, to be applied each once and in the order of the log."""
    loaded: Mapping[str, Sequence[int]]
    """Snapshots that these readers took."""
    partners: Mapping[str, Sequence[Told]]
    """What partners' mirrors were told of the public view; what came before a kill may come again."""
    messages: Sequence[Told]
    """Webhooks: at least once, and what failed comes later."""
    changes: Sequence[Told]
    """What the subscription of GraphQL told, without documents."""
    states: Mapping[str, Mapping[str, str]]
    """Outlets that keep the last state: fingerprints of documents by subject."""
    digests: Mapping[str, tuple[Digest, Digest]]
    """What was found, and what the registry says."""
    texts: tuple[Mapping[str, str], Mapping[str, str]]
    """Short descriptions as GraphQL lists them, and as the log has them last."""
    surprises: Sequence[str] = field(default=())
    """What went wrong on the way: answers that nobody expects, processes that ended by themselves."""

    def findings(self) -> list[str]:
        """Every sentence that says what is missing, doubled or out of order; none when the proof holds."""
        return [*self.surprises, *self._of_the_log(), *self._of_outlets(), *self._of_states()]

    def _of_the_log(self) -> Iterator[str]:
        yield from checks.anything_written(self.journal.writes)
        yield from checks.positions_without_gap(self.log)
        yield from checks.in_order("log", [line.told for line in self.log])
        yield from checks.acknowledged_in_log(self.log, self.journal.writes)
        yield from checks.applied_once(self.log, self.journal.writes)

    def _of_outlets(self) -> Iterator[str]:
        for outlet, told in self.told.items():
            yield from checks.complete(outlet, self.log, told)
            yield from checks.in_order(outlet, told)
        for outlet, told in self.applied.items():
            yield from checks.applied(outlet, self.log, told, self.loaded[outlet])
        shown = [line for line in self.log if line.shown]
        yield from checks.complete_without_documents("subscription", shown, self.changes)
        yield from checks.rising("subscription", self.changes)
        for partner, told in self.partners.items():
            yield from checks.complete(partner, shown, told)
            yield from checks.none_late(partner, told)
        followed = [line for line in self.log if line.followed]
        yield from checks.complete("webhooks", followed, self.messages)

    def _of_states(self) -> Iterator[str]:
        for outlet, kept in self.states.items():
            yield from checks.last_state(outlet, self.log, kept)
        for outlet, (found, expected) in self.digests.items():
            yield from checks.same_digest(outlet, found, expected)
        yield from checks.same_texts("graphql", *self.texts)
