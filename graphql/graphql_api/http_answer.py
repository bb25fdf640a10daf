"""Answers to GraphQL requests as HTTP tells them: status and header fields (GraphQL over HTTP)."""

from graphql_api.execution import Answer
from graphql_api.negotiation import GRAPHQL_RESPONSE, JSON

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
