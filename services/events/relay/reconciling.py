"""The compacted topic after a restore: what lies beyond the fork there is of a history that was given up."""

from collections.abc import Callable
from typing import TypeAlias

import structlog

from services.events.contracts.entries import Entry
from services.events.contracts.position import Position
from services.events.relay.outlet import Outlet
from services.events.relay.present import PresentStates
from services.events.topics import Topics

Keep: TypeAlias = Callable[[], None]

log = structlog.get_logger(__name__)


class Reconciliation:
    """Makes the compacted topic that of the present history: read once, and corrected where it is not.

    To be done before the mark passes the entry that tells of the fork: a relay that dies meanwhile does it again.
    """

    def __init__(self, outlet: Outlet, present: PresentStates, topics: Topics) -> None:
        self._outlet = outlet
        self._present = present
        self._topic = topics.organisations.name

    def after(self, fork: Entry, keep: Keep) -> int:
        """Publish the present state of each organisation whose last record is of a former history beyond the fork.

        One that is not public, or not known any more, gets a tombstone. Gives how many they were; calls `keep` now and
        then, which may raise. Raises PublishingFailed.
        """
        stale = self._stale(fork.position, keep)
        log.warning("compacted_topic_is_reconciled", fork=str(fork.position), organisations=len(stale))
        for _ in self._present.publish(sorted(stale), cause=fork):
            keep()
        return len(stale)

    def _stale(self, fork: Position, keep: Keep) -> set[str]:
        stale: set[str] = set()
        for states in self._outlet.states(self._topic):
            for key, position in states:
                if position.generation < fork.generation and position.number >= fork.number:
                    stale.add(key)
                else:
                    stale.discard(key)
            keep()
        return stale
