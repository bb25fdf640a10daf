"""Which positions were seen, in whatever order they come, and which are missing."""

from dataclasses import dataclass

_MOST_AHEAD = 100_000
"""Positions beyond a missing one that are kept in mind; with more of them it counts as missing at once."""
_MOST_MISSING = 10_000


@dataclass(frozen=True, slots=True)
class Gap:
    """Positions that are not there, the first and the last one."""

    first: int
    last: int


class Contiguity:
    """Follows the positions of one generation upwards from `position`."""

    def __init__(self, position: int) -> None:
        self.position = position
        """Up to here every position was seen, or given up."""
        self.missing: set[int] = set()
        """Positions that were given up; one that is seen later is not missing any more."""
        self._ahead: set[int] = set()
        self._waits_since: float | None = None

    def saw(self, number: int) -> None:
        """The position is there."""
        if number <= self.position:
            self.missing.discard(number)
        else:
            self._ahead.add(number)
        while self.position + 1 in self._ahead:
            self._ahead.remove(self.position + 1)
            self.position += 1
            self._waits_since = None

    def rest(self) -> None:
        """Nobody looks for a while: what did not come meanwhile was not waited for."""
        self._waits_since = None

    def gap(self, acknowledged: int, now: float, seconds: float) -> Gap | None:
        """What should be there and has not come for so long; it is given up then. `now` is a monotonic time.

        `acknowledged` is the position up to which everything should be there.
        """
        if self.position >= acknowledged:
            self._waits_since = None
        elif self._waits_since is None:
            self._waits_since = now
        elif now - self._waits_since > seconds or len(self._ahead) > _MOST_AHEAD:
            return self._give_up(acknowledged)
        return None

    def _give_up(self, acknowledged: int) -> Gap:
        last = min(self._ahead, default=acknowledged + 1) - 1
        gap = Gap(self.position + 1, min(last, acknowledged))
        room = max(0, _MOST_MISSING - len(self.missing))
        self.missing.update(range(gap.first, min(gap.last, gap.first + room - 1) + 1))
        self.position, self._waits_since = gap.last, None
        self.saw(0)
        return gap
