"""The table: figures, goals, and whether they were reached. As Markdown, to be kept in benchmarks/README.md."""

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.peers import postgraphile, registry
from benchmarks.peers.goals import FACTORS, MEMORY_RATIO
from benchmarks.peers.questions import QUESTIONS
from benchmarks.peers.rounds import CONSTANT, Measured
from benchmarks.peers.subjects import Subject

_MIB = 1024 * 1024


def report(subjects: Sequence[Subject], measured: Measured, organisations: int) -> None:
    """Print what was found."""
    print()
    _table(
        [f"{organisations:,} organisations", *(question.title for question in QUESTIONS)], _lines(subjects, measured)
    )
    print()
    goals = list(_goals(subjects, measured, organisations))
    _table(["times as fast as", *(question.title for question in QUESTIONS)], goals)
    print()
    for line in _notes(subjects, measured, organisations):
        print(line)


def _table(head: Sequence[str], lines: Sequence[Sequence[str]] | Iterator[Sequence[str]]) -> None:
    print(f"| {' | '.join(head)} |")
    print(f"|{'---|' * len(head)}")
    for line in lines:
        print(f"| {' | '.join(line)} |")


def _lines(subjects: Sequence[Subject], measured: Measured) -> Iterator[list[str]]:
    for subject in subjects:
        rates = (_three_digits(measured.per_second(subject.name, question.name)) for question in QUESTIONS)
        yield [f"{subject.title}, requests/s", *rates]
    for subject in subjects:
        times = (measured.latency_ms(subject.name, question.name) for question in QUESTIONS)
        yield [f"{subject.title}, p50 / p99 ms", *(f"{p50:.1f} / {p99:.1f}" for p50, p99 in times)]


def _goals(subjects: Sequence[Subject], measured: Measured, organisations: int) -> Iterator[list[str]]:
    for subject in subjects[1:]:
        goals = FACTORS.get((subject.name, organisations), {})
        yield [subject.title, *(_factor(measured, subject.name, question.name, goals) for question in QUESTIONS)]


def _factor(measured: Measured, peer: str, question: str, goals: Mapping[str, float]) -> str:
    ratio = measured.ratio(registry.NAME, peer, question)
    found = _three_digits(ratio)
    goal = goals.get(question)
    if goal is None:
        return found
    return f"{found} (≥ {goal:,}: {'reached' if ratio >= goal else 'not reached'})"


def _three_digits(figure: float) -> str:
    return f"{figure:,.1f}" if figure < 100 else f"{figure:,.0f}"  # noqa: PLR2004 - they are enough


def _notes(subjects: Sequence[Subject], measured: Measured, organisations: int) -> Iterator[str]:
    memory = {subject.name: subject.server.memory_bytes for subject in subjects}
    told = ", ".join(f"{subject.title} {memory[subject.name] / _MIB:,.0f} MiB" for subject in subjects)
    yield f"Memory of the server's process (PSS): {told}."
    if memory.get(postgraphile.NAME):
        ratio = memory[registry.NAME] / memory[postgraphile.NAME]
        goal = f" (≤ {MEMORY_RATIO}: {'reached' if ratio <= MEMORY_RATIO else 'not reached'})"
        yield f"Ours is {ratio:.2f} of PostGraphile's{goal if organisations <= 10_000 else ''}."  # noqa: PLR2004
    constant = measured.per_second(CONSTANT, CONSTANT)
    yield f"Constant bytes from the same server as ours: {constant:,.0f} requests/s."
    yield f"The client took {100 * measured.client_busy:.0f} % of its core at most."
