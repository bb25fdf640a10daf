"""Errors of single fields: a plan goes on without the field, and afterwards it is found where in the answer that was.

A field that fails leaves a mark in its place. Only when there are marks is the answer walked, in the order in which the
ordinary execution makes it: so errors come in the same order, with the same paths, and without one nothing is spent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import ExecutionResult, FieldNode, GraphQLError, located_error

from graphql_api.conduct.problems import TimeLimit
from graphql_api.schema.context import Context
from services.problems import Problem


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a document that can fail."""

    nodes: Sequence[FieldNode]
    """Where the document asks for it."""
    climb: int
    """How many parts of its path an error goes up, to where null may stand: none where the field itself may be null."""


@dataclass(frozen=True, slots=True)
class _Mark:
    problem: Problem
    field: Field


@dataclass(slots=True)
class Information:
    """What resolvers of a compiled plan take for `info`: they use the context alone."""

    context: Context
    has_failed: bool = False
    """Whether there are marks in what was made."""

    def failed(self, problem: Problem, where: Field) -> Any:
        """What stands in the answer for a field that failed. Raises TimeLimit, which is of the whole request."""
        if isinstance(problem, TimeLimit):
            raise problem
        self.has_failed = True
        return _Mark(problem, where)


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
        if isinstance(value, _Mark):
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
