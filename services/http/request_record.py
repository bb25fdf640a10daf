"""What the layers around an application know of the request that they are answering."""

import re
from dataclasses import dataclass
from random import Random
from typing import Any

from starlette.types import Scope

_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_TRACE = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?")
"""The header `traceparent` of W3C Trace Context; its group is the id of the trace."""
_SCOPE_KEY = "dwr.request"
_draw = Random()  # noqa: S311 - ids name requests, they are no secret


@dataclass(slots=True)
class RequestRecord:
    """One request: made at the edge, filled on the way."""

    service: str
    id: str
    caller: str = "unknown"
    """The caller's name in logs; `unknown` where nobody asked for it."""
    route: str | None = None
    """Template of the route, set by applications that FastAPI does not route."""


def start_record(scope: Scope, service: str) -> RequestRecord:
    """A new record for the request, found again by `record_of`."""
    record = RequestRecord(service, sent_id(scope) or new_id())
    scope[_SCOPE_KEY] = record
    return record


def sent_id(scope: Scope) -> str | None:
    """The id that the client gave the request, else that of the trace that it is part of; none that we do not take."""
    sent = _header(scope, b"x-request-id")
    if _ACCEPTED_ID.fullmatch(sent):
        return sent
    trace = _TRACE.fullmatch(_header(scope, b"traceparent"))
    return trace[1] if trace else None


def _header(scope: Scope, wanted: bytes) -> str:
    return next((value for name, value in scope["headers"] if name == wanted), b"").decode("latin-1")


def new_id() -> str:
    """An id for a request that came without one."""
    return f"{_draw.getrandbits(128):032x}"


def record_of(scope: Scope) -> RequestRecord:
    """The record of the request; KeyError outside of `services.http.edge`."""
    record: RequestRecord = scope[_SCOPE_KEY]
    return record


def route_template(scope: Scope) -> str:
    """The route that answers, as `/registry/v1/organisations/{id}`; `unmatched` when none does."""
    matched = matched_route(scope)
    return record_of(scope).route or (matched.path if matched else "unmatched")


def matched_route(scope: Scope) -> Any:
    """What FastAPI knows of the route that answers: `path`, `dependant`, `body_field`; None when none does."""
    # A route of an included router is a template; what holds once prefixes are counted in is kept beside it.
    return scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
