"""Problems as HTTP answers."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.problems import (
    MEDIA_TYPE,
    BodyTooLarge,
    InternalError,
    InvalidInput,
    MethodNotAllowed,
    NotAcceptable,
    NotFound,
    Problem,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)

_BY_STATUS: Mapping[int, type[Problem]] = {
    kind.status: kind
    for kind in (
        InvalidInput,
        Unauthenticated,
        NotFound,
        NotAcceptable,
        BodyTooLarge,
        UnsupportedMediaType,
        Unavailable,
    )
}


def problem_response(problem: Problem, request_id: str | None = None) -> Response:
    """The answer that tells the problem (RFC 9457)."""
    content = json.dumps(problem.document(request_id), ensure_ascii=False, default=str).encode("utf-8", "replace")
    return Response(content, problem.status, problem.headers, MEDIA_TYPE)


async def _nothing_here(request: Request, _error: Exception) -> Response:
    return problem_response(NotFound(f"There is nothing at {request.url.path}; the start page / lists what there is."))


async def _other_method(_request: Request, error: Exception) -> Response:
    allowed = (error.headers or {}).get("Allow", "") if isinstance(error, HTTPException) else ""
    methods = ", ".join(sorted(allowed.split(", ")))
    return problem_response(MethodNotAllowed(f"This address takes {methods}.", headers={"Allow": methods}))


PROBLEM_HANDLERS: Mapping[Any, Any] = {404: _nothing_here, 405: _other_method}
"""For `exception_handlers` of plain Starlette applications: what no route takes is answered with a problem too."""


def problem_of(error: HTTPException) -> Problem:
    """The problem that a framework's own error means."""
    kind = _BY_STATUS.get(error.status_code)
    headers = error.headers or {}
    if kind is NotFound:
        return NotFound("There is nothing at this address.")
    if kind is None or kind is Unauthenticated:
        return InternalError("The request could not be answered.")
    return kind(str(error.detail), headers=headers)
