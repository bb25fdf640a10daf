"""Why a reader cannot go on from where it stands."""

from services.events.contracts.position import Position
from services.problems import Problem

CURRENT_SNAPSHOT = "/events/v1/snapshots/current"
"""Address of the snapshot of now."""


class PositionAhead(Problem):
    """The position asked for was never given: the log does not reach so far."""

    status = 409
    title = "The log does not reach this position"

    def __init__(self, asked: Position, head: Position) -> None:
        super().__init__(
            f"The log stands at {head}; {asked} was never given. Read on from {head} or lower.",
            head=str(head),
            asked=str(asked),
        )


class PositionBeyondFork(Problem):
    """The position is of an older history: the registry was restored to an earlier state and wrote on from there."""

    status = 410
    title = "The position belongs to a history that was given up"

    def __init__(self, asked: Position, head: Position, forked_at: int) -> None:
        super().__init__(
            f"The registry was restored and its history forked after position {forked_at}; {asked} lies beyond. "
            "Load a snapshot and follow from its position.",
            head=str(head),
            asked=str(asked),
            forked_at=forked_at,
            snapshot=CURRENT_SNAPSHOT,
        )


class PositionExpired(Problem):
    """The entries after the position are not kept any more."""

    status = 410
    title = "The entries after this position are gone"

    def __init__(self, asked: Position, first: Position) -> None:
        super().__init__(
            f"The first entry kept is {first}; those after {asked} are gone. Load a snapshot and follow from it.",
            first=str(first),
            asked=str(asked),
            snapshot=CURRENT_SNAPSHOT,
        )


class PositionTooFarBack(Problem):
    """So much was written after the position that the state there is not reckoned for a request."""

    status = 422
    title = "The position lies too far back"

    def __init__(self, asked: Position, head: Position, most: int) -> None:
        super().__init__(
            f"The log stands at {head}, and the state is reckoned for positions at most {most} entries back; {asked} "
            "lies further. Follow the log from there and ask again, or load a snapshot.",
            head=str(head),
            asked=str(asked),
            most=most,
            snapshot=CURRENT_SNAPSHOT,
        )
