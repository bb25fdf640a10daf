"""`/events/v1/digest` and `/events/v1/hashes`: the proof that a copy is complete, or where it is not."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response, StreamingResponse

from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.feed.query import PositionText
from services.events.log.problems import PositionAhead, PositionBeyondFork, PositionExpired, PositionTooFarBack
from services.events.routes.context import Context, CurrentContext, position_header, require_view
from services.events.snapshots.formats import MEDIA_TYPE
from services.events.verifying.holding import Digest, Held
from services.events.verifying.log_state import LogTables
from services.events.verifying.texts import hash_pieces, header
from services.http.caller import CurrentCaller
from services.http.heads import headers_only
from services.http.openapi import problems
from services.problems import Forbidden, InvalidInput, Unauthenticated

router = APIRouter(tags=["digests"])
DIGEST = "/events/v1/digest"
HASHES = "/events/v1/hashes"
_REFUSALS = problems(
    InvalidInput, Unauthenticated, Forbidden, PositionAhead, PositionBeyondFork, PositionExpired, PositionTooFarBack
)


class StateQuery(BaseModel):
    """Which state is meant."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    view: View = View.PUBLIC
    """`internal` has the restricted part too; only the registry's own readers may ask for it."""
    at: PositionText | None = None
    """An older position, `1-57`, 10,000 entries back at most: a mirror that is behind proves itself where it stands."""

    @property
    def position(self) -> Position | None:
        """The position asked for."""
        return None if self.at is None else Position.parse(self.at)


@router.get(DIGEST, responses=_REFUSALS)
async def digest(
    caller: CurrentCaller, context: CurrentContext, response: Response, query: Annotated[StateQuery, Query()]
) -> dict[str, Any]:
    """The digest of a view now or at an older position: a mirror that has the same there is complete."""
    require_view(caller, query.view)
    found = await run_sync(lambda: _tables(context, query).digest(at=query.position))
    response.headers.update({**position_header(found.position), "Cache-Control": "no-store"})
    return header(found)


@router.get(HASHES, responses=_REFUSALS, response_class=StreamingResponse)
async def hashes(
    request: Request, caller: CurrentCaller, context: CurrentContext, query: Annotated[StateQuery, Query()]
) -> Response:
    """Every subject of a view with its version and hash, as NDJSON: where digests differ, this says which subjects do.

    The first line names the position and the digest, each further one has a subject, and the last one is
    `{"end": true, "count": n}`: without it the answer broke off.
    """
    require_view(caller, query.view)
    opened = ExitStack()
    here, subjects = await run_sync(lambda: opened.enter_context(_tables(context, query).state(query.position)))
    headers = {**position_header(here.position), "Cache-Control": "no-store"}
    if headers_only(request.scope):
        opened.close()
        return StreamingResponse((), 200, headers, MEDIA_TYPE)
    return StreamingResponse(_sent(here, subjects, opened), 200, headers, MEDIA_TYPE)


def _tables(context: Context, query: StateQuery) -> LogTables:
    return LogTables(context.engine, query.view, most_back=context.settings.digest_entries_back)


async def _sent(here: Digest, subjects: Iterator[Held], opened: ExitStack) -> AsyncIterator[bytes]:
    """The text in pieces, each made in a thread; whatever happens the transaction is given back."""
    pieces = hash_pieces(here, subjects)
    try:
        while (piece := await run_sync(next, pieces, None)) is not None:
            yield piece
    finally:
        opened.close()
