"""`/events/v1/snapshots/{position}/{name}`: a file of a kept snapshot, whole or in part."""

from base64 import b64encode
from collections.abc import Collection
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from services.database import reading
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.routes.bodies import DeltaOffer, FileOffer, KeptOffer
from services.events.routes.context import Context, CurrentContext, position_header, require_view
from services.events.routes.file_parts import FilePart, RangeNotSatisfiable
from services.events.snapshots.formats import Format
from services.events.snapshots.histories import offered
from services.events.snapshots.kept import ADDRESS, KeptFile, KeptSnapshot, KeptText
from services.http.caller import CurrentCaller
from services.http.openapi import problems
from services.problems import Forbidden, InvalidInput, NotFound, Unauthenticated

router = APIRouter(tags=["snapshots"])
_CONTENT = {form.media_type: {"schema": {"type": "string", "format": "binary"}} for form in Format}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": _CONTENT},
    206: {"description": "The part of it that `Range` names.", "content": _CONTENT},
    304: {"description": "It is what `If-None-Match` names."},
}
_REFUSALS = problems(InvalidInput, Unauthenticated, Forbidden, NotFound, RangeNotSatisfiable)


@router.get(
    f"{ADDRESS}/{{position}}/{{name}}", status_code=200, responses=_ANSWERS | _REFUSALS, response_class=FilePart
)
async def kept_snapshot_file(
    request: Request,
    position: str,
    name: str,
    caller: CurrentCaller,
    context: CurrentContext,
    range_: Annotated[str | None, Header(alias="Range", description="One part: `bytes=1000-`.")] = None,
    if_range: Annotated[str | None, Header(description="The ETag of what you have a part of.")] = None,
) -> Response:
    """A file of a kept snapshot, at an address of the index. It never changes; a part of it is sent by `Range`.

    Go on with a download that broke off by `Range: bytes=1000-` and `If-Range` with the ETag that you were given.
    """
    kept, text, file = await run_sync(_find, context, position, name)
    require_view(caller, text.view)
    headers = _headers(kept, text, file)
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    asked = range_ if if_range in {None, headers["ETag"]} else None
    return FilePart(context.shelf.place_of(kept, file), file.bytes, asked, headers, file.format.media_type)


def _find(context: Context, position: str, name: str) -> tuple[KeptSnapshot, KeptText, KeptFile]:
    """The file, if the snapshot has one of that name. Raises NotFound."""
    with reading(context.engine) as connection:
        for kept in offered(connection, _at(context, position)):
            for text in kept.texts:
                for file in text.files:
                    if file.name == name:
                        return kept, text, file
    raise NotFound(f"There is no such file, or it is not kept any more; {ADDRESS} lists those that are.")


def _at(context: Context, position: str) -> list[KeptSnapshot]:
    try:
        kept = context.shelf.find(Position.parse(position))
    except ValueError:
        return []
    return [] if kept is None else [kept]


def _headers(kept: KeptSnapshot, text: KeptText, file: KeptFile) -> dict[str, str]:
    checksum = b64encode(bytes.fromhex(file.sha256)).decode()
    return {
        **position_header(kept.at),
        "ETag": f'"{file.sha256}"',
        "Repr-Digest": f"sha-256=:{checksum}:",
        # It may be taken away: whoever keeps a copy asks first whether it is still there.
        "Cache-Control": f"{'private' if text.view is View.INTERNAL else 'public'}, no-cache",
        "Content-Disposition": f'attachment; filename="{kept.at}-{file.name}"',
    }


def kept_offers(public_url: str, kept: KeptSnapshot, views: Collection[View]) -> list[KeptOffer]:
    """What the index tells of a kept snapshot in these views."""
    return [_kept(public_url, kept, text) for text in kept.texts if text.view in views and text.span is None]


def _kept(public_url: str, kept: KeptSnapshot, whole: KeptText) -> KeptOffer:
    folder = f"{public_url}{ADDRESS}/{kept.at}/"
    deltas = [text for text in kept.texts if text.view is whole.view and text.span]
    return KeptOffer(
        **kept.model_dump(include={"generation", "position", "published_ms", "made_ms"}),
        **whole.model_dump(include={"view", "digest", "count"}),
        files=_files(folder, whole),
        deltas=[_delta(folder, text) for text in deltas],
    )


def _delta(folder: str, text: KeptText) -> DeltaOffer:
    return DeltaOffer(**text.model_dump(include={"span", "after", "count"}), files=_files(folder, text))


def _files(folder: str, text: KeptText) -> list[FileOffer]:
    return [FileOffer(**file.model_dump(exclude={"name"}), address=folder + file.name) for file in text.files]
