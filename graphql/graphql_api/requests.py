"""Reading a GraphQL request from HTTP (GraphQL over HTTP: POST with JSON, GET for queries)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope

from graphql_api.keeping import Recent
from graphql_api.persisted import persisted
from graphql_api.problems import InvalidRequest
from services.http.fields import Fields
from services.http.json_bodies import read_json
from services.problems import FieldError, InvalidInput, MethodNotAllowed, UnsupportedMediaType

_MEMBERS = ("query", "documentId", "operationName", "variables", "extensions")
_POST_ONLY = "Send application/json in UTF-8 by POST."
_KEPT_BYTES = 4_000_000
"""Of bodies that are kept with the request that they were read as: front ends send the same again and again."""
_LONGEST_KEPT = 4_096


@dataclass(frozen=True, slots=True)
class Request:
    """One operation to execute."""

    query: str
    operation_name: str | None
    variables: dict[str, Any] | None
    """Do not change them: the request may be answered again."""
    is_get: bool


_posted: Recent[bytes, Request] = Recent(_KEPT_BYTES, len)


async def read_request(scope: Scope, fields: Fields, receive: Receive, pay: Callable[[int], None]) -> Request:
    """The request. `pay` is told the size of a body before it is read as JSON, and may raise a problem.

    Raises MethodNotAllowed, UnsupportedMediaType, InvalidRequest and UnknownDocument.
    """
    if scope["method"] == "GET":
        return request_in_address(scope["query_string"])
    if scope["method"] != "POST":
        raise MethodNotAllowed("This address takes GET, HEAD and POST.", headers={"Allow": "GET, HEAD, POST"})
    check_media_type(fields.get(b"content-type"), fields.get(b"content-encoding"))
    body = await _body(receive)
    pay(len(body))
    return request_in_body(body)


def request_in_address(query_string: bytes) -> Request:
    """The request that a GET makes. Raises InvalidRequest and UnknownDocument."""
    return request_of(_parameters(query_string), is_get=True)


def request_in_body(body: bytes) -> Request:
    """The request that a POST makes. Raises InvalidRequest and UnknownDocument."""
    request: Request | None = _posted.get(body)
    if request is None:
        request = _read(body)
        if len(body) <= _LONGEST_KEPT and "mutation" not in request.query:  # what is written may be private
            _posted.put(body, request)
    return request


def _read(body: bytes) -> Request:
    try:
        members = read_json(body)
    except InvalidInput as error:
        raise InvalidRequest(error.detail, errors=error.errors) from error
    if not isinstance(members, dict):
        raise _invalid("", "Send one JSON object with the member query; batches are not answered.")
    return request_of(members)


def _parameters(query_string: bytes) -> dict[str, Any]:
    pairs = parse_qsl(query_string.decode("latin-1"), keep_blank_values=True)
    found: dict[str, Any] = dict(pairs)
    if len(found) < len(pairs):
        raise _invalid("query:", "Give each parameter once.")
    for name in ("variables", "extensions"):
        if found.get(name):
            try:
                found[name] = read_json(found[name].encode())
            except InvalidInput as error:
                raise _invalid(
                    f"query:{name}", f"Write the parameter as JSON. {error.detail.replace('The body', 'It')}"
                ) from error
        elif name in found:
            del found[name]
    return found


@lru_cache(100)
def check_media_type(content_type: str | None, content_encoding: str | None) -> None:
    """Raise UnsupportedMediaType unless the body is JSON in UTF-8, not compressed."""
    media_type, _, parameters = (content_type or "").lower().partition(";")
    charset = parameters.partition("charset=")[2].strip(' "')
    if media_type.strip() != "application/json" or charset not in {"", "utf-8"}:
        raise UnsupportedMediaType(_POST_ONLY)
    if (content_encoding or "identity").lower() != "identity":
        raise UnsupportedMediaType(f"{_POST_ONLY} Do not compress it.")


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts) if len(parts) > 1 else parts[0]


def request_of(members: dict[str, Any], *, is_get: bool = False) -> Request:
    """The request that these members state, wherever they came from. Raises InvalidRequest and UnknownDocument."""
    if unknown := [name for name in members if name not in _MEMBERS]:
        raise _invalid(f"/{unknown[0]}", f"There are only the members {', '.join(_MEMBERS)}.")
    query, name, variables = _document(members), members.get("operationName"), members.get("variables")
    if name is not None and not isinstance(name, str):
        raise _invalid("/operationName", "Give the operation's name as text.")
    for member in ("variables", "extensions"):
        if not isinstance(members.get(member), dict | None):
            raise _invalid(f"/{member}", f"Give {member} as an object.")
    return Request(query, name or None, variables, is_get)


def _document(members: dict[str, Any]) -> str:
    query, identifier = members.get("query"), members.get("documentId")
    if identifier is not None:
        if query is not None:
            raise _invalid("/documentId", "Give either query or documentId.")
        if not isinstance(identifier, str):
            raise _invalid("/documentId", "Give the document's id as text.")
        return persisted(identifier)
    if not isinstance(query, str) or not query.strip():
        raise _invalid("/query", "Give the document as text in query. A persisted one is named in documentId.")
    return query


def _invalid(pointer: str, detail: str) -> InvalidRequest:
    return InvalidRequest(detail, errors=[FieldError(pointer, "invalid", detail)])
