"""Text search alone, without a network: how many of those meant are found, how fast, and what the index costs.

    python -m benchmarks.search
    python -m benchmarks.search --organisations 1000000

Recall at 10: one slip is made in a word of a title, or of three words of a description, by rule; it is found when the
organisation itself, or another one that has all of the words that were meant, is among the first ten.
"""

import argparse
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from benchmarks.organisations import DAY, organisations
from graphql_api.read_model.defaults import complete
from graphql_api.read_model.facts import Facts, facts_of
from graphql_api.read_model.text.folding import fold
from graphql_api.read_model.text.words import OPTIONAL
from tests.graphql_api.relevance.slips import slip
from tests.graphql_api.text.held import Held

_ASKED = 500
_FIRST = 10
_SHORTEST = 4
_WORDS = 3
_CHANGED = 2_000


class Searched:
    """The organisations, and the index when it is filled."""

    def __init__(self, count: int) -> None:
        self.facts = [
            facts_of(current.subject.id, complete(current.document), current.restricted, DAY)
            for current in organisations(count)
        ]
        self.held = Held()

    def fill(self) -> None:
        """Put everything in, as a snapshot is."""
        self.held.fill(self.facts)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument("--memory", action="store_true", help="count the index's memory; it takes several times longer")
    arguments = parser.parse_args()
    searched = Searched(arguments.organisations)
    print(f"{len(searched.facts):,} organisations")
    _fill(searched, counted=arguments.memory)
    for name, asked in _questions(searched.facts).items():
        _report(name, searched, asked)
    _change(searched)


def _fill(searched: Searched, *, counted: bool) -> None:
    if counted:
        tracemalloc.start()
    resident, began = _resident(), time.process_time()
    searched.fill()
    seconds, count = time.process_time() - began, len(searched.facts)
    print(f"filled in {seconds:.1f} s, {seconds / count * 1e6:.0f} µs an organisation")
    print(f"resident memory grew by {(_resident() - resident) / count:.0f} bytes an organisation")
    if counted:
        print(f"objects of Python: {tracemalloc.get_traced_memory()[0] / count:.0f} bytes an organisation")
        tracemalloc.stop()


def _resident() -> int:
    with open("/proc/self/statm") as statm:  # noqa: PTH123 - no file of ours
        return int(statm.read().split()[1]) * 4096


Question = tuple[str, frozenset[str]]
"""What is typed, and the words that were meant."""


def _questions(facts: Sequence[Facts]) -> dict[str, list[Question]]:
    makers: dict[str, Callable[[random.Random, Facts], tuple[list[str], int] | None]] = {
        "titles": lambda draw, one: (fold(draw.choice(one.titles)).split(), -1),
        "titles, a slip in the first word": _title,
        "beginnings of one to four letters": _beginning,
        "descriptions, a slip in one of three words": _description,
    }
    return {name: list(_drawn(facts, maker)) for name, maker in makers.items()}


def _drawn(
    facts: Sequence[Facts], make: Callable[[random.Random, Facts], tuple[list[str], int] | None]
) -> Iterator[Question]:
    draw, made = random.Random(42), 0  # noqa: S311 - made up, not secret
    while made < _ASKED:
        drawn = make(draw, draw.choice(facts))
        if drawn is None:
            continue
        words, place = drawn
        typed = [slip(word, draw) if at == place else word for at, word in enumerate(words)]
        made += 1
        yield " ".join(typed), frozenset(words)


def _title(draw: random.Random, one: Facts) -> tuple[list[str], int] | None:
    words = fold(draw.choice(one.titles)).split()
    place = next((at for at, word in enumerate(words) if len(word) >= _SHORTEST), None)
    return None if place is None else (words, place)


def _beginning(draw: random.Random, one: Facts) -> tuple[list[str], int] | None:
    return [fold(draw.choice(one.titles))[: draw.randint(1, _SHORTEST)].strip()], -1


def _description(draw: random.Random, one: Facts) -> tuple[list[str], int] | None:
    texts = [*one.short_descriptions, *one.descriptions]
    if not texts:
        return None
    words = [word for word in dict.fromkeys(fold(draw.choice(texts)).split()) if word not in OPTIONAL]
    long = [word for word in words if len(word) >= _SHORTEST]
    chosen = draw.sample(long, min(_WORDS, len(long)))
    return (chosen, draw.randrange(len(chosen))) if chosen else None


def _report(name: str, searched: Searched, questions: Sequence[Question]) -> None:
    times, hits = [], 0
    for text, meant in questions:
        began = time.process_time()
        first = searched.held.first(text, _FIRST)
        times.append(time.process_time() - began)
        hits += any(_has(searched.facts[ordinal], meant) for ordinal in first)
    median, late = statistics.median(times) * 1e6, statistics.quantiles(times, n=100)[98] * 1e6
    print(f"{name:44} recall@10 {hits / len(questions):.3f}, median {median:6,.0f} µs, p99 {late:7,.0f} µs")


def _has(facts: Facts, meant: frozenset[str]) -> bool:
    texts = (*facts.titles, *facts.short_descriptions, *facts.descriptions)
    words = {word for text in texts for word in fold(text).split()}
    return all(word in words or any(other.startswith(word) for other in words) for word in meant)


def _change(searched: Searched) -> None:
    facts = searched.facts[:_CHANGED]
    renamed = [one._replace(titles=other.titles) for one, other in pairwise(facts)]
    print(f"a changed name: {_cost(searched, facts, renamed):.0f} µs")
    print(f"all texts changed: {_cost(searched, facts, facts[1:]):.0f} µs")
    print(f"a change that leaves the texts: {_cost(searched, facts, facts[:-1]):.1f} µs")


def _cost(searched: Searched, before: Sequence[Facts], after: Sequence[Facts]) -> float:
    """Microseconds that a change takes, with what it leaves for the next search; made and taken back."""
    text, began = searched.held.text, time.process_time()
    for ordinal, (old, new) in enumerate(zip(before, after, strict=False)):
        text.replace(ordinal, old, new)
        text.settle()
        text.replace(ordinal, new, old)
        text.settle()
    return (time.process_time() - began) / len(after) / 2 * 1e6


if __name__ == "__main__":
    main()
