"""Why the read model refuses a question."""

from services.events.contracts.position import Position
from services.problems import Conflict, InvalidInput, Unavailable


class InvalidCursor(InvalidInput):
    """The cursor was not given by this list: it was altered, or it is of another order, filter or search."""

    title = "The cursor is not of this list"


class InvalidPage(InvalidInput):
    """The page asked for has no size, or one that is not served."""

    title = "The page cannot be served"


class InvalidSearch(InvalidInput):
    """The text to search for is empty or too long, or the order does not fit what is asked."""

    title = "The search cannot be served"


class PositionNotReached(Unavailable):
    """The read model did not reach the position within `DWR_READ_YOUR_WRITES_SECONDS`. Ask again a little later."""

    title = "The position is not reached yet"

    def __init__(self, asked: Position, here: Position | None) -> None:
        stands = f"stands at {here}" if here else "is still loading"
        super().__init__(
            f"This process {stands} and did not reach {asked} in time. Ask again, or leave out the position.",
            asked=str(asked),
            position=str(here) if here else None,
        )


class PositionOfOtherHistory(Conflict):
    """The position is of an older generation: the registry was restored, and the number may mean something else now."""

    title = "The position belongs to an earlier history"

    def __init__(self, asked: Position, here: Position) -> None:
        super().__init__(
            f"The registry was restored: this process stands at {here}, a later generation, and cannot tell what "
            f"became of {asked}. Read without a position and go on from the one that the answer names.",
            asked=str(asked),
            position=str(here),
        )


class NotLoaded(Unavailable):
    """The process has just started and has no state to answer from yet."""

    title = "The read model is still loading"

    def __init__(self) -> None:
        super().__init__("The read model is loading its first snapshot. Ask again in a moment.")
