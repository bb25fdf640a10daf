"""Keeping a process that has lived through a restore from writing on: what it knows is of another history."""

from services.events.contracts.position import Position
from services.problems import Problem


class FormerGeneration(Problem):
    """The registry was restored to an earlier state while this process ran: it writes nothing more until restarted."""

    status = 503
    title = "This process belongs to a history that was given up"

    def __init__(self, head: Position, seen: Position, remedy: str) -> None:
        super().__init__(
            f"The log stands at {head} and this process has seen {seen}: the registry was restored to an earlier "
            f"state while it ran. Nothing was written. {remedy}",
            headers={"Retry-After": "30"},
            head=str(head),
            seen=str(seen),
        )


class HistoryGuard:
    """What one process has seen of the log; asked under the log's lock before anything is appended.

    A restored database whose new generation was not begun yet is noticed too, by a log that is shorter than before:
    what would be written then has positions that already mean something else.
    """

    def __init__(self) -> None:
        self._seen: Position | None = None
        self.trouble: str | None = None
        """Why this process may not write any more, for its health."""

    def check(self, head: Position) -> None:
        """Remember the head. Raises FormerGeneration where it is of another history than what was seen before."""
        seen = self._seen
        if seen is not None and head.generation != seen.generation:
            raise self._refused(head, seen, "Restart this process.")
        if seen is not None and head.number < seen.number:
            raise self._refused(head, seen, "Run `dwr new-generation`, then restart this process.")
        self._seen = head

    def _refused(self, head: Position, seen: Position, remedy: str) -> FormerGeneration:
        problem = FormerGeneration(head, seen, remedy)
        self.trouble = problem.detail
        return problem
