"""Which faults there are, and the plan of them that a seed makes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is done to a process, or to the connections of one to another."""

    KILL = "kill"
    """SIGKILL, and a new start a little later."""
    RESTART = "restart"
    """Asked to end as a supervisor does, and started again."""
    PAUSE = "pause"
    """SIGSTOP, and SIGCONT later: the process does not know that time went by."""
    CUT = "cut"
    """Connections are reset, new ones refused."""
    STALL = "stall"
    """Nothing comes through; what was sent meanwhile arrives later, even from who gave up."""
    MUTE = "mute"
    """What is asked arrives and is done, what is answered is lost."""


ON_PROCESSES = (Kind.KILL, Kind.RESTART, Kind.PAUSE)
ON_LINKS = (Kind.CUT, Kind.STALL, Kind.MUTE)
_SHORTEST = {Kind.KILL: 0.0, Kind.RESTART: 0.0, Kind.PAUSE: 1.0, Kind.CUT: 0.5, Kind.STALL: 1.0, Kind.MUTE: 0.5}
_USUAL_LONGEST = {Kind.KILL: 3.0, Kind.RESTART: 1.0, Kind.PAUSE: 10.0, Kind.CUT: 8.0, Kind.STALL: 12.0, Kind.MUTE: 6.0}
_LONG = (Kind.PAUSE, Kind.STALL, Kind.CUT)
_LONG_SHARE = 0.12
"""How many of these last up to the longest time that is allowed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the plan."""

    at: float
    """Seconds after the beginning."""
    kind: Kind
    target: str
    seconds: float
    """How long it lasts; of a killed process: until it is started again."""

    def __str__(self) -> str:
        return f"{self.at:5.1f} s: {self.kind} {self.target} for {self.seconds:.1f} s"


@dataclass(frozen=True, slots=True)
class Targets:
    """What faults can be done to."""

    processes: Sequence[str]
    links: Sequence[str]


def plan(seed: int, count: int, seconds: float, longest: float, targets: Targets) -> list[Fault]:
    """So many faults spread over the time, none longer than `longest`.

    Every kind is done to every target in turn; where the targets of those that are left all have a fault still, others
    begin their next turn meanwhile. Faults overlap, but no target has two at once: where every target has one, the next
    fault comes later.
    """
    draw = random.Random(seed)  # noqa: S311 - repeatable, which is the point
    free_at = dict.fromkeys([*targets.processes, *targets.links], 0.0)
    waiting: list[tuple[Kind, str]] = []
    made = []
    for number in range(count):
        at = max(seconds * (number + draw.random()) / count, min(free_at.values()))
        kind, target = _next(draw, waiting, targets, {name for name, free in free_at.items() if free <= at})
        lasts = _lasts(draw, kind, longest)
        free_at[target] = at + lasts + _RECOVERY_SECONDS
        made.append(Fault(at, kind, target, lasts))
    return made


_RECOVERY_SECONDS = 4.0
"""How long a target is left alone afterwards."""


def _next(draw: random.Random, waiting: list[tuple[Kind, str]], targets: Targets, free: set[str]) -> tuple[Kind, str]:
    """The first that waits and whose target is free; all of them wait again where none does."""
    if not any(target in free for _, target in waiting):
        every = [(kind, target) for kind in ON_PROCESSES for target in targets.processes]
        every += [(kind, target) for kind in ON_LINKS for target in targets.links]
        waiting += draw.sample(every, len(every))
    chosen = next(pair for pair in waiting if pair[1] in free)
    waiting.remove(chosen)
    return chosen


def _lasts(draw: random.Random, kind: Kind, longest: float) -> float:
    usual = min(_USUAL_LONGEST[kind], longest)
    if kind in _LONG and draw.random() < _LONG_SHARE:
        return round(draw.uniform(usual, longest), 1)
    return round(draw.uniform(min(_SHORTEST[kind], usual), usual), 1)
