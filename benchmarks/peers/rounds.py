"""Measuring: each round asks every question of every subject, so that what is compared was measured side by side."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.load import Load, measure
from benchmarks.peers.questions import QUESTIONS
from benchmarks.peers.subjects import Subject
from benchmarks.peers.variables import Asked

CONSTANT = "constant"
_CONSTANT_REQUEST = b"GET /constant HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    rounds: int
    seconds: float
    connections: int


@dataclass(slots=True)
class Measured:
    """What the rounds found."""

    loads: dict[tuple[str, str], list[Load]] = field(default_factory=lambda: defaultdict(list))
    """By subject and question, one a round."""

    def per_second(self, subject: str, question: str) -> float:
        """Requests a second, median of the rounds."""
        return median(load.per_second for load in self.loads[subject, question])

    def ratio(self, subject: str, other: str, question: str) -> float:
        """How much faster the one is than the other: median of the ratios of each round."""
        pairs = zip(self.loads[subject, question], self.loads[other, question], strict=True)
        return median(one.per_second / two.per_second for one, two in pairs)

    def latency_ms(self, subject: str, question: str) -> tuple[float, float]:
        """p50 and p99, medians of the rounds."""
        loads = self.loads[subject, question]
        return median(load.p50_ms for load in loads), median(load.p99_ms for load in loads)

    @property
    def client_busy(self) -> float:
        """The largest share of its core that the client ever took."""
        return max(load.client_busy for loads in self.loads.values() for load in loads)


def run(
    subjects: Sequence[Subject], asked: Mapping[str, Sequence[Asked]], plan: Plan, until_idle: Callable[[], None]
) -> Measured:
    """Measure. The first subject also sends the constant bytes.

    `until_idle` waits for the database: it goes on for a while with what was asked last and nobody waits for any more.
    """
    requests = {
        (subject.name, question.name): [subject.request(question, one.variables) for one in asked[question.name]]
        for subject in subjects
        for question in QUESTIONS
    }
    measured, first = Measured(), subjects[0]
    for number in range(plan.rounds):
        print(f"round {number + 1} of {plan.rounds}", flush=True)
        constant = measure(first.server.port, [_CONSTANT_REQUEST], plan.seconds, plan.connections)
        measured.loads[CONSTANT, CONSTANT].append(constant)
        for question in QUESTIONS:
            for subject in subjects:
                key = subject.name, question.name
                until_idle()
                measured.loads[key].append(measure(subject.server.port, requests[key], plan.seconds, plan.connections))
    return measured
