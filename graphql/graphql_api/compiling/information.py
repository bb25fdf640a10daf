"""What the source of a plan calls `info`."""

from dataclasses import dataclass
from typing import Any

import orjson

from graphql_api.compiling.failing import Field, Mark
from graphql_api.conduct.problems import TimeLimit
from graphql_api.keeping import Answered
from graphql_api.schema.context import Context
from services.problems import Problem

_ANSWER_BYTES = 16_384
"""What each of the answers that a state keeps is counted for."""


@dataclass(slots=True)
class Information:
    """One call of a plan. Resolvers use the context alone."""

    context: Context
    has_failed: bool = False
    """Whether there are marks in what was made."""

    def failed(self, problem: Problem, where: Field) -> Mark:
        """What stands in the answer for a field that failed. Raises TimeLimit, which is of the whole request."""
        if isinstance(problem, TimeLimit):
            raise problem
        self.has_failed = True
        return Mark(problem, where)

    def keep(self, source: Answered, key: tuple[Any, ...], made: Any) -> orjson.Fragment:
        """Keep what was made of an answer with the answer, which then takes more of what the state may keep."""
        fragment, size = source.keep(key, made)
        self.context.state.answers.grow(size / _ANSWER_BYTES)
        return fragment
