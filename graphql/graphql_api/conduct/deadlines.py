"""The end of an answer that takes too long.

A query is executed without a pause on the event loop, so nothing outside of it can end it: it has to look at the clock
itself. The ordinary execution does so before every object. Compiled plans do so where an answer can become longer than
its cost foresees, which is where links lead on from organisation to organisation
(docs/decisions/0010-a-query-looks-at-the-clock-itself.md).
"""

import time
from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graphql_api.conduct.problems import TimeLimit


class Deadline:
    """When the answer to one query must be done. The clock starts when it is first looked at: waiting does not count.

    To graphql-core it is an abort signal, which is asked for `aborted` and `reason`.
    """

    __slots__ = ("_at", "_seconds")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._at: float | None = None

    @property
    def aborted(self) -> bool:
        """Whether the time is over."""
        if self._at is None:
            self._at = time.monotonic() + self._seconds
        return time.monotonic() > self._at

    @property
    def reason(self) -> TimeLimit:
        """What is raised then."""
        return TimeLimit(self._seconds)

    def check(self) -> None:
        """Raise TimeLimit when the time is over."""
        if self.aborted:
            raise self.reason


class TimedExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes as ever, and stops where the deadline that it was given as `abort_signal` has passed."""

    def execute_fields(self, *arguments: Any, **options: Any) -> Any:
        """Execute the fields of one object."""
        if self.abort_signal is not None and self.abort_signal.aborted:
            raise self.abort_error()
        return super().execute_fields(*arguments, **options)
