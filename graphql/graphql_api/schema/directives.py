"""Directives of an operation."""

from typing import Annotated

import strawberry
from strawberry.directive import DirectiveLocation

from services.events.contracts.position import Position

AT_LEAST = "atLeast"


@strawberry.directive(
    locations=[DirectiveLocation.QUERY],
    name=AT_LEAST,
    description="Answer only once the log's position is reached: reads what was just written. Null asks for nothing.",
)
def at_least(
    position: Annotated[
        Position | None, strawberry.argument(description="What a write answered, in `position` or `DWR-Position`.")
    ] = None,
) -> None:
    """Declared for the schema alone: the whole operation waits before its first field is resolved.

    It stands at the operation, not at each root field, because all of a request is answered from one position.
    """
    del position
