"""Answers to GraphQL requests as HTTP tells them: status and header fields (GraphQL over HTTP)."""

from graphql_api.execution import Answer
from graphql_api.negotiation import GRAPHQL_RESPONSE, JSON
from services.http.at_once import Answered, lines

_CONTENT_TYPES = {name: f"{name}; charset=utf-8".encode() for name in (JSON, GRAPHQL_RESPONSE)}
_REFUSED = 400


def http_answer(given: Answer, media_type: str) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Status, header fields and body of the answer in that media type."""
    # Clients that name plain JSON are from before the media type: to them a refused document is an answer like any.
    is_refused = given.status == _REFUSED and given.well_formed
    status = 200 if is_refused and media_type == JSON else given.status
    headers = []
    if given.body:
        headers += [(b"content-type", _CONTENT_TYPES[media_type]), (b"content-length", b"%d" % len(given.body))]
    # What nobody may keep does not vary for anybody.
    kept = "Cache-Control" in given.headers
    headers.append((b"vary", b"Accept, Authorization") if kept else (b"cache-control", b"no-store"))
    if given.position is not None:
        headers.append((b"dwr-position", str(given.position).encode()))
    headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in given.headers.items()]
    return status, headers, given.body


def answered_at_once(given: Answer, media_type: str) -> Answered:
    """The same, ready to be sent. What most answers have is written in one go."""
    position = None if given.position is None else str(given.position)
    if given.status != 200 or given.headers or position is None:  # noqa: PLR2004 - the status of most
        status, headers, body = http_answer(given, media_type)
        return Answered(status, lines(headers), body, position)
    told = _MOST % (_CONTENT_TYPES[media_type], len(given.body), position.encode())
    return Answered(200, told, given.body, position)


_MOST = b"content-type: %b\r\ncontent-length: %d\r\ncache-control: no-store\r\ndwr-position: %b\r\n"
