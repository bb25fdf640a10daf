"""What the endpoints share: the services behind them, the position in every answer, the version before every change."""

from typing import Annotated

from fastapi import Depends, Header, Path, Request, Response

from services.events.contracts.position import Position
from services.http.versions import expected_version
from services.notifier import bodies
from services.notifier.commands import Searches
from services.notifier.delivery_log import DeliveryLog
from services.notifier.problems import SearchChanged
from services.notifier.searches import SavedSearch
from services.problems import InvalidInput, NotFound, PreconditionRequired, Unauthenticated, Unavailable

SEEN = (Unauthenticated, NotFound, Unavailable)
"""Problems of every endpoint about one thing."""
CHANGING = (*SEEN, InvalidInput, SearchChanged, PreconditionRequired)
"""Problems of every endpoint that needs `If-Match`."""

SearchId = Annotated[str, Path(examples=["search-k5dzsvzq2v4xnbqe"])]
DeliveryId = Annotated[str, Path(examples=["delivery-x3pq6l2mvo7w5c2a"])]


class Exchange:
    """One request and its answer."""

    def __init__(self, request: Request, response: Response) -> None:
        self.searches: Searches = request.app.state.searches
        self.log: DeliveryLog = request.app.state.log
        self.response = response

    def position(self) -> Position:
        """Up to where the log was matched; said in the header too."""
        position = self.searches.position()
        self.response.headers["DWR-Position"] = str(position)
        return position

    def members(self, search: SavedSearch) -> dict[str, object]:
        """The members of an answer about one search, whose version is in `ETag`."""
        self.response.headers["ETag"] = f'"{search.version}"'
        return bodies.search_members(search, self.position())


async def _exchange(request: Request, response: Response) -> Exchange:
    return Exchange(request, response)


async def _if_match(
    if_match: Annotated[
        str | None, Header(alias="If-Match", description="The version that was read, in quotes.", examples=['"1"'])
    ] = None,
) -> int:
    return expected_version(if_match)


Door = Annotated[Exchange, Depends(_exchange)]
IfMatch = Annotated[int, Depends(_if_match)]
