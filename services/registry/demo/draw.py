"""Draws: everything that the demo leaves to chance comes from one seeded generator through these."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

_Option = TypeVar("_Option")


def chance(random: Random, share: float) -> bool:
    """True in that share of the draws."""
    return random.random() < share


def pick(random: Random, options: Sequence[_Option]) -> _Option:
    """One of the options, each as likely as the others."""
    return options[int(random.random() * len(options))]


def pick_early(random: Random, options: Sequence[_Option]) -> _Option:
    """One of the options, those at the head of the list more often."""
    return options[int(random.random() ** 2 * len(options))]


def between(random: Random, low: int, high: int) -> int:
    """A whole number from `low` to `high`, both included."""
    return low + int(random.random() * (high - low + 1))


def some(random: Random, options: Sequence[_Option], most: int) -> list[_Option]:
    """One to `most` neighbouring options, each once, in the list's order."""
    first = int(random.random() * len(options))
    last = first + 1 + int(random.random() * most)
    return list(options[first:last])
