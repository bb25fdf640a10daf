"""Errors of single fields: a plan goes on without the field, and afterwards it is found where in the answer that was.

A field that fails leaves a mark in its place. Only when there are marks is the answer walked, in the order in which the
ordinary execution makes it: so errors come in the same order, with the same paths, and without one nothing is spent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import ExecutionResult, FieldNode, GraphQLError, located_error

from services.problems import Problem


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a document that can fail."""

    nodes: Sequence[FieldNode]
    """Where the document asks for it."""
    climb: int
    """How many parts of its path an error goes up, to where null may stand: none where the field itself may be null."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in the answer for a field that failed."""

    problem: Problem
    field: Field


def told(made: Any) -> ExecutionResult:
    """The data without marks, and the errors that they stand for."""
    walk = _Walk()
    data, _ = walk.settle(made, ())
    return ExecutionResult(data, walk.errors)


@dataclass(slots=True)
class _Walk:
    errors: list[GraphQLError] = field(default_factory=list)

    def settle(self, value: Any, path: tuple[str | int, ...]) -> tuple[Any, int]:
        """The value without marks, and how many parts of its path are null together with it.

        What comes after a failure within what is null is not looked at: the ordinary execution does not get there.
        """
        if isinstance(value, Mark):
            self.errors.append(located_error(value.problem, value.field.nodes, list(path)))
            return None, value.field.climb
        for key, part in _parts(value):
            settled, climb = self.settle(part, (*path, key))
            if climb:
                return None, climb - 1
            if settled is not part:
                value[key] = settled  # only dictionaries and lists of the plan's own making have marks in them
        return value, 0


def _parts(value: Any) -> Any:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()
