"""The checks: what was acknowledged against the log, and the log against what each outlet told.

Each gives its findings as sentences that name what is missing, doubled or out of order; none means that it holds.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tests.proof.journal import Outcome, Write
from tests.proof.told import Told

Findings = Iterator[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log as it stands in the database."""

    told: Told
    request: str | None
    """Correlation id: the request that made the entry."""
    shown: bool
    """Whether the public view shows it: the organisation was public before or after."""
    followed: bool
    """Whether the saved search of the proof concerns it: the organisation met its criteria before or after."""


def anything_written(writes: Iterable[Write]) -> Findings:
    """A proof in which nothing was written proves nothing."""
    if not any(write.outcome is Outcome.ACKNOWLEDGED for write in writes):
        yield "writers: nothing was acknowledged"


def positions_without_gap(log: Sequence[Line]) -> Findings:
    """The log has the positions 1, 2, 3 ..."""
    for expected, line in enumerate(log, start=1):
        if line.told.position != expected:
            yield f"log: where {expected} should stand there is {line.told}"
            return


def acknowledged_in_log(log: Sequence[Line], writes: Iterable[Write]) -> Findings:
    """Each acknowledged write is in the log, as it was acknowledged."""
    by_position = {line.told.position: line for line in log}
    for write in writes:
        if write.outcome is Outcome.ACKNOWLEDGED:
            line = by_position.get(write.position)
            claim = f"acknowledged: {write.subject} version {write.version} at {write.position} ({write.request})"
            if line is None:
                yield f"{claim} is not in the log"
            elif (line.told.subject, line.told.version, line.request) != (write.subject, write.version, write.request):
                yield f"{claim}, but the log has {line.told} there, made by {line.request}"


def applied_once(log: Sequence[Line], writes: Iterable[Write]) -> Findings:
    """No write is in the log twice, and none that was refused is there at all; what nobody asked for is not either."""
    made = Counter(line.request for line in log)
    outcomes = {write.request: write.outcome for write in writes}
    for request, count in made.items():
        if count > 1:
            yield f"log: {request} was applied {count} times"
        if outcomes.get(request or "") is Outcome.REFUSED:
            yield f"log: {request} was refused and is there"
        if request not in outcomes:
            yield f"log: {request} was never sent"


def complete(outlet: str, log: Iterable[Line], told: Iterable[Told]) -> Findings:
    """The outlet told every line of the log, and nothing that is not in it."""
    expected = {line.told.position: line.told for line in log}
    missing = dict(expected)
    for one in told:
        missing.pop(one.position, None)
        if expected.get(one.position) != one:
            yield f"{outlet}: told {one}, the log has {expected.get(one.position, 'nothing')} there"
    yield from (f"{outlet}: {lost} is missing" for lost in missing.values())


def complete_without_documents(outlet: str, log: Iterable[Line], told: Iterable[Told]) -> Findings:
    """The same of an outlet that was not asked for documents."""
    bare = (replace(line, told=line.told._replace(document="")) for line in log)
    yield from complete(outlet, bare, told)


def in_order(outlet: str, told: Iterable[Told]) -> Findings:
    """Each organisation's versions came as 1, 2, 3 ...; versions that came before may come again."""
    newest: defaultdict[str, int] = defaultdict(int)
    for one in told:
        if one.version > newest[one.subject] + 1:
            yield f"{outlet}: {one} came after version {newest[one.subject]}"
        newest[one.subject] = max(newest[one.subject], one.version)


def rising(outlet: str, told: Iterable[Told]) -> Findings:
    """Each came once, in the order of the log."""
    previous = 0
    for one in told:
        if one.position <= previous:
            yield f"{outlet}: {one} came after {previous}"
        previous = one.position


def applied(outlet: str, log: Sequence[Line], told: Sequence[Told], loaded: Iterable[int]) -> Findings:
    """A reader applied every line once, in the order of the log, and needed no snapshot for it."""
    yield from complete(outlet, log, told)
    yield from (f"{outlet}: a snapshot of {position} was taken where entries should have come" for position in loaded)
    previous = 0
    for one in told:
        if one.position != previous + 1:
            yield f"{outlet}: {one} was applied after {previous}"
        previous = one.position


def last_state(outlet: str, log: Iterable[Line], kept: Mapping[str, str]) -> Findings:
    """The outlet keeps, of each organisation that is public in the end, the last document, and nothing of others.

    `kept` has fingerprints by subject.
    """
    expected = {line.told.subject: line.told for line in log}
    public = {subject: told for subject, told in expected.items() if told.document != "none"}
    for subject, told in public.items():
        if kept.get(subject) != told.document:
            state = "not there" if subject not in kept else "in another state"
            yield f"{outlet}: {subject} is {state}; its last change is {told}"
    for subject in kept.keys() - public.keys():
        yield f"{outlet}: {subject} is there and not public"


def same_digest(outlet: str, found: tuple[int, str], registry: tuple[int, str]) -> Findings:
    """Position and digest are the registry's."""
    if found != registry:
        yield f"{outlet}: digest {found[1][:16]}… at {found[0]}, the registry has {registry[1][:16]}… at {registry[0]}"


def same_texts(outlet: str, found: Mapping[str, str], expected: Mapping[str, str]) -> Findings:
    """The outlet lists the organisations that are public, each with its last text."""
    for subject in sorted(expected.keys() | found.keys()):
        if found.get(subject) != expected.get(subject):
            yield f"{outlet}: {subject} is listed with {found.get(subject)!r}, the log has {expected.get(subject)!r}"


def repetitions(told: Iterable[Told]) -> int:
    """How often something was told that had been told before."""
    return sum(count - 1 for count in Counter(one.position for one in told).values())


def none_late(outlet: str, told: Iterable[Told]) -> Findings:
    """No version of an organisation came for the first time after a newer one; some may not have been told."""
    yield from (f"{outlet}: {one} came after a newer version" for one in _late(told))


def late(told: Iterable[Told]) -> int:
    """How often that happened."""
    return sum(1 for _ in _late(told))


def _late(told: Iterable[Told]) -> Iterator[Told]:
    newest: defaultdict[str, int] = defaultdict(int)
    seen: set[int] = set()
    for one in told:
        if one.position not in seen and one.version < newest[one.subject]:
            yield one
        seen.add(one.position)
        newest[one.subject] = max(newest[one.subject], one.version)
