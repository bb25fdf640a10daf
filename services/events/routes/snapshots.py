"""`/events/v1/snapshots`: the state at one position."""

from collections.abc import AsyncIterator, Iterator

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from services.database import reading
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.log.reading import read_head
from services.events.routes.bodies import SnapshotIndex, SnapshotOffer
from services.events.routes.context import Context, CurrentContext, may_follow, position_header, require_view
from services.events.routes.digests import DIGEST
from services.events.routes.kept_snapshots import kept_offers
from services.events.snapshots.current import CurrentSnapshot
from services.events.snapshots.formats import MEDIA_TYPE, Format
from services.events.snapshots.histories import offered
from services.events.snapshots.kept import ADDRESS, KeptSnapshot
from services.http.caller import CurrentCaller
from services.http.heads import headers_only
from services.http.negotiation import accepts
from services.http.openapi import problems
from services.problems import Forbidden, InvalidInput, Unauthenticated

router = APIRouter(tags=["snapshots"])
_MEANINGS = {
    View.PUBLIC: "What everybody may read.",
    View.INTERNAL: "With the restricted figures, for the registry's own readers (role reader).",
}
_REFUSALS = problems(InvalidInput, Unauthenticated, Forbidden)


@router.get(ADDRESS, responses=problems(Unauthenticated))
async def snapshot_index(caller: CurrentCaller, context: CurrentContext, response: Response) -> SnapshotIndex:
    """The snapshots that there are: of now, made as they are sent, and those that are kept as files."""
    require_view(caller, View.PUBLIC)
    position, kept = await run_sync(_look, context)
    response.headers.update({**position_header(position), "Cache-Control": "no-store"})
    views = [view for view in View if may_follow(caller, view)]
    return SnapshotIndex(
        generation=position.generation,
        position=position.number,
        snapshots=[_offer(context.public_url, view) for view in View],
        kept=[offer for one in kept for offer in kept_offers(context.public_url, one, views)],
    )


def _look(context: Context) -> tuple[Position, list[KeptSnapshot]]:
    with reading(context.engine) as connection:
        return read_head(connection).position, offered(connection, context.shelf.kept())


def _offer(public_url: str, view: View) -> SnapshotOffer:
    return SnapshotOffer(
        view=view,
        meaning=_MEANINGS[view],
        snapshot=f"{public_url}{ADDRESS}/current?view={view}",
        digest=f"{public_url}{DIGEST}?view={view}",
    )


@router.get(f"{ADDRESS}/current", responses=_REFUSALS, response_class=StreamingResponse)
async def current_snapshot(
    request: Request, caller: CurrentCaller, context: CurrentContext, view: View = View.PUBLIC
) -> Response:
    """The state of every public subject at one position, as NDJSON, compressed as `Accept-Encoding` allows.

    The first line names the position and the digest, each further one has a subject, and the last one is
    `{"end": true, "count": n}`: without it the snapshot broke off. Go on with the feed after its position.
    """
    require_view(caller, view)
    snapshot = await run_sync(CurrentSnapshot, context.engine, view)
    form = _accepted(request.headers.get("accept-encoding"))
    headers = {**position_header(snapshot.head.position), "Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if form is not Format.PLAIN:
        headers["Content-Encoding"] = form
    if headers_only(request.scope):
        snapshot.close()
        return StreamingResponse((), 200, headers, MEDIA_TYPE)
    return StreamingResponse(_sent(snapshot, form), 200, headers, MEDIA_TYPE)


def _accepted(encodings: str | None) -> Format:
    """The best format among those that the caller takes."""
    return next((form for form in (Format.ZSTD, Format.GZIP) if accepts(encodings, form)), Format.PLAIN)


async def _sent(snapshot: CurrentSnapshot, form: Format) -> AsyncIterator[bytes]:
    """The snapshot's pieces, each made in a thread; whatever happens the transaction is given back."""
    pieces = snapshot.pieces(form)
    try:
        while (piece := await run_sync(_next, pieces)) is not None:
            yield piece
    finally:
        snapshot.close()


def _next(pieces: Iterator[bytes]) -> bytes | None:
    return next(pieces, None)
