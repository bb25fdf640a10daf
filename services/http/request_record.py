"""What the layers around an application know of the request that they are answering."""

import re
from dataclasses import dataclass
from random import Random
from typing import Any

from starlette.types import Scope

_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
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
    """The id that the client gave the request, if it is one that we take."""
    sent = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    return sent if _ACCEPTED_ID.fullmatch(sent) else None


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
