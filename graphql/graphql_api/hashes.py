"""`/graphql/hashes`: the hash of every subject that the read model holds, for `dwr verify read-model`."""

from collections.abc import AsyncIterator, Iterator

from anyio.to_thread import run_sync
from starlette.responses import StreamingResponse

from graphql_api.read_model.holding import held_by
from graphql_api.read_model.model import ReadModel
from services.access.roles import Caller
from services.access.rules import Action, require
from services.events.verifying.texts import hash_pieces
from services.problems import MethodNotAllowed

ADDRESS = "/graphql/hashes"
_MEDIA_TYPE = "application/x-ndjson"


def hashes(method: str, caller: Caller, model: ReadModel) -> StreamingResponse:
    """The answer: NDJSON like that of `/events/v1/hashes`, at the position where the model stands now.

    It tells of organisations what their restricted part hashes to, so it needs the right to follow the internal view.
    Raises MethodNotAllowed, Unauthenticated, Forbidden, and NotLoaded before the first snapshot.
    """
    if method != "GET":
        raise MethodNotAllowed("This address takes GET, HEAD.", headers={"Allow": "GET, HEAD"})
    require(caller, Action.FOLLOW_INTERNAL)
    here, subjects = held_by(model)
    headers = {"DWR-Position": str(here.position), "Cache-Control": "no-store"}
    return StreamingResponse(_sent(hash_pieces(here, subjects)), 200, headers, _MEDIA_TYPE)


async def _sent(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece is made in a thread: queries take their turns meanwhile."""
    while (piece := await run_sync(next, pieces, None)) is not None:
        yield piece
