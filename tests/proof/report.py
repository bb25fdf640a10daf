"""The figures of a proof, as tables of text."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from statistics import median

from tests.proof import checks
from tests.proof.course import Ran
from tests.proof.inflicting import Suffered
from tests.proof.journal import Outcome
from tests.proof.timeline import Recovery

Row = Sequence[str]


def report(ran: Ran) -> str:
    """Everything that is worth knowing of it, without the findings."""
    evidence = ran.evidence
    recovery = Recovery(ran.timeline, evidence.journal.writes, evidence.log)
    parts = [f"seed {ran.scale.seed}: {len(ran.suffered)} faults in {ran.scale.seconds:.0f} s"]
    parts += [table(("writes", ""), _writes(ran)), table(("outlet", *_OUTLET), _outlets(ran, recovery))]
    outlets = tuple(ran.timeline.outlets)
    parts += [table(("fault", "times", "writes again", *outlets), _recoveries(ran, recovery))]
    return "\n\n".join([*parts, _NOTE])


_OUTLET = ("told", "again", "late", "most behind", "seconds behind")
_NOTE = """told: what came; again: what had come before; late: what came for the first time after a newer version.
Seconds of faults are median / worst: from the beginning until a later write was acknowledged, and from the end until
the outlet had everything that was acknowledged by then. Faults overlap, so a time is not one fault's alone. GraphQL
counts as being at the beginning while it starts."""


def table(head: Row, rows: Iterator[Row]) -> str:
    """Columns of equal width, the first one to the left."""
    lines = [head, *rows]
    widths = [max(len(row[column]) for row in lines) for column in range(len(head))]
    return "\n".join("  ".join(_padded(row, widths)).rstrip() for row in lines)


def _padded(row: Row, widths: Sequence[int]) -> Iterator[str]:
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.rjust(width) if column else cell.ljust(width)


def _writes(ran: Ran) -> Iterator[Row]:
    journal = ran.evidence.journal
    for outcome in Outcome:
        yield outcome.value, _number(len(journal.of(outcome)))
    again = sum(write.attempts > 1 for write in journal.of(Outcome.ACKNOWLEDGED))
    yield "acknowledged at a second attempt or later", _number(again)
    yield "repeated after the answer, answered as before", _number(journal.repeats)
    for answer, count in sorted(journal.answers.items()):
        yield f"answers: {answer}", _number(count)
    yield "acknowledged a second", f"{len(journal.of(Outcome.ACKNOWLEDGED)) / ran.scale.seconds:.0f}"
    yield "entries of the log", _number(len(ran.evidence.log))


def _outlets(ran: Ran, recovery: Recovery) -> Iterator[Row]:
    evidence = ran.evidence
    told = {
        **evidence.told,
        **evidence.applied,
        **evidence.partners,
        "subscription": evidence.changes,
        "webhooks": evidence.messages,
    }
    for name, ones in told.items():
        counts = [_number(count) for count in (len(ones), checks.repetitions(ones), checks.late(ones))]
        yield name, *counts, *_behind(name, ran, recovery)
    yield "graphql", "", "", "", *_behind("graphql", ran, recovery)


def _behind(name: str, ran: Ran, recovery: Recovery) -> tuple[str, str]:
    if name not in ran.timeline.outlets:
        return "", ""
    lag = recovery.largest_lag(name)
    return _number(lag.entries), f"{lag.seconds:.1f}"


def _recoveries(ran: Ran, recovery: Recovery) -> Iterator[Row]:
    groups: defaultdict[str, list[Suffered]] = defaultdict(list)
    for suffered in ran.suffered:
        groups[_group(suffered)].append(suffered)
    for name, group in sorted(groups.items()):
        again = _times([recovery.writes(suffered.began) for suffered in group])
        outlets = [
            _times([recovery.outlet(outlet, suffered.ended) for suffered in group]) for outlet in ran.timeline.outlets
        ]
        yield name, str(len(group)), again, *outlets


def _group(suffered: Suffered) -> str:
    """The kind, and what it was done to: `kill registry`, `stall >kafka`."""
    process, link, to = suffered.fault.target.partition(">")
    return f"{suffered.fault.kind} {link}{(to or process).partition('-')[0]}"


def _times(seconds: Sequence[float | None]) -> str:
    known = [one for one in seconds if one is not None]
    if len(known) < len(seconds):
        return "never"
    return f"{median(known):.1f} / {max(known):.1f}"


def _number(count: int) -> str:
    return f"{count:,}"
