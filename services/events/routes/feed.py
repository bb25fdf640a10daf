"""`/events/v1/feed`: the log as pages or as a stream."""

import time
from functools import partial
from hashlib import blake2b
from typing import Annotated
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from services.database import reading
from services.events.contracts.cloudevents import BATCH_TYPE, JSON_TYPE
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.feed.pages import Page, batch_body, page_body, read_page
from services.events.feed.query import Filter, PageQuery, StreamQuery
from services.events.feed.stream import EventStream, events_after
from services.events.log.problems import PositionAhead, PositionBeyondFork, PositionExpired
from services.events.log.reading import check_resumable, read_head
from services.events.routes.context import Context, CurrentContext, position_header, require_view
from services.events.routes.event_bodies import FEED_ANSWERS
from services.events.snapshots.leading import naming_snapshot
from services.http.caller import CurrentCaller
from services.http.negotiation import accepts
from services.http.openapi import problems
from services.problems import FieldError, Forbidden, InvalidInput, Unauthenticated, Unavailable

router = APIRouter(tags=["feed"])
PATH = "/events/v1/feed"
REFUSALS = problems(
    InvalidInput, Unauthenticated, Forbidden, PositionAhead, PositionBeyondFork, PositionExpired, Unavailable
)
_PAST_SECONDS = 86_400
"""How long caches may keep a full page of the past."""


@router.get(PATH, responses=FEED_ANSWERS | REFUSALS, response_class=Response)
async def feed(
    request: Request,
    caller: CurrentCaller,
    context: CurrentContext,
    query: Annotated[PageQuery, Query()],
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """Entries of the log after a position, in order, as CloudEvents.

    `position` says up to where the page has looked; go on from there (`next`), also when a filter left the page empty.
    `more` says whether the log already goes on. With `Accept: application/cloudevents-batch+json` the answer is the
    list of events alone, and the header `Link` leads on; with `Accept: text/event-stream` this is the stream.
    """
    if accepts(request.headers.get("accept"), EventStream.media_type):
        after = query.after if "after" in query.model_fields_set else None
        return await _stream(context, caller, StreamQuery(**_filters(query), after=after), last_event_id)
    require_view(caller, query.view)
    wanted = Filter.of(query)
    page = await _page(context, query, wanted)
    next_url = _next_url(query, page)
    if accepts(request.headers.get("accept"), BATCH_TYPE):
        answer = _answer(request, page, wanted, batch_body(page, wanted, context.public_url), BATCH_TYPE)
    else:
        answer = _answer(request, page, wanted, page_body(page, wanted, context.public_url, next_url), JSON_TYPE)
    answer.headers["Link"] = f'<{next_url}>; rel="next"'
    return answer


@router.get(f"{PATH}/stream", status_code=200, responses=REFUSALS, response_class=EventStream)
async def stream(
    caller: CurrentCaller,
    context: CurrentContext,
    query: Annotated[StreamQuery, Query()],
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """The log as server-sent events: `id` is the position, `event` the type's short name, `data` the CloudEvent.

    A browser's EventSource sends `Last-Event-ID` when it connects again and misses nothing. An event `problem` has a
    problem document and ends the stream.
    """
    return await _stream(context, caller, query, last_event_id)


async def _stream(context: Context, caller: CurrentCaller, query: StreamQuery, last_event_id: str | None) -> Response:
    require_view(caller, query.view)
    context.streams.require_free()
    wanted = Filter.of(query)
    asked = query.after if last_event_id is None else _last_event(last_event_id)
    after, head = await run_sync(_starting_point, context, wanted.view, asked)
    read = partial(_read, context, wanted)
    content = events_after(read, context.waiting, after, wanted.view, context.public_url)
    return EventStream(content, position_header(head), context.streams)


def _last_event(text: str) -> str:
    try:
        return str(Position.parse(text))
    except ValueError as error:
        wrong = FieldError("header:Last-Event-ID", "invalid", str(error))
        raise InvalidInput(f"{wrong.pointer}: {wrong.detail}", errors=[wrong]) from error


def _starting_point(context: Context, view: View, asked: str | None) -> tuple[Position, Position]:
    """The position to go on from, and the head. Raises what says that nobody can go on from there."""
    with naming_snapshot(context.engine, context.shelf, view), reading(context.engine) as connection:
        if asked is None:
            head = read_head(connection).position
            return head, head
        after = Position.parse(asked)
        return after, check_resumable(connection, after).position


async def _page(context: Context, query: PageQuery, wanted: Filter) -> Page:
    """The page; when it would be empty, only after the time that the caller waits."""
    deadline = time.monotonic() + query.wait
    after = Position.parse(query.after)
    if query.at_least is not None:
        await _reached(context, wanted.view, Position.parse(query.at_least), deadline)
        return await run_sync(_read, context, wanted, after, query.limit)
    while True:
        page = await run_sync(_read, context, wanted, after, query.limit)
        left = deadline - time.monotonic()
        if page.entries or page.more or left <= 0 or context.waiting.over:
            return page
        after = page.position
        await context.waiting.beyond(after, left)


async def _reached(context: Context, view: View, position: Position, deadline: float) -> None:
    """Return when the log has reached the position. Raises PositionAhead when it has not before the deadline."""
    while True:
        try:
            await run_sync(_starting_point, context, view, str(position))
        except PositionAhead as problem:
            left = deadline - time.monotonic()
            if left <= 0 or context.waiting.over:
                raise
            await context.waiting.beyond(Position.parse(problem.members["head"]), left)
        else:
            return


def _read(context: Context, wanted: Filter, after: Position, limit: int) -> Page:
    with naming_snapshot(context.engine, context.shelf, wanted.view):
        return read_page(context.engine, after, limit, wanted)


def _next_url(query: PageQuery, page: Page) -> str:
    """Where the log goes on, relative to the system's address."""
    parameters = {**_filters(query), "limit": query.limit, "wait": f"{query.wait:g}", "after": str(page.position)}
    given = {name: value for name, value in parameters.items() if name in query.model_fields_set or name == "after"}
    return f"{PATH}?{urlencode(given, doseq=True)}"


def _filters(query: PageQuery) -> dict[str, object]:
    return query.model_dump(mode="json", include={"types", "kinds", "criteria", "view"}, exclude_unset=True)


def _answer(request: Request, page: Page, wanted: Filter, body: bytes, media_type: str) -> Response:
    tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    headers = {
        **position_header(page.head),
        "ETag": tag,
        "Cache-Control": _cache_control(page, wanted),
        "Vary": "Accept",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(None, 304, headers)
    return Response(body, 200, headers, media_type)


def _cache_control(page: Page, wanted: Filter) -> str:
    who = "private" if wanted.view is View.INTERNAL else "public"
    lasts = page.more and not wanted.depends_on_day
    return f"{who}, max-age={_PAST_SECONDS}" if lasts else f"{who}, no-cache"
