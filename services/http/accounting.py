"""What each answered request leaves behind: its part in the metrics, and a line in the access log."""

from functools import cache
from typing import NamedTuple

from services.http.request_record import RequestRecord
from services.telemetry.access_log import request_answered
from services.telemetry.metrics import HTTP_REQUESTS, HTTP_SECONDS

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Outcome(NamedTuple):
    """How a request was answered."""

    method: str
    route: str
    """The template, never the path or the query: they can hold a sole trader's number."""
    status: int
    """0 where there is no answer, also when the client went away first."""
    seconds: float
    first_byte_seconds: float | None
    position: str | None


def account(record: RequestRecord, outcome: Outcome) -> None:
    """Count the request and log it."""
    method = outcome.method if outcome.method in _METHODS else "other"
    _requests(record.service, method, outcome.route, outcome.status).inc()
    if outcome.first_byte_seconds is not None:
        _seconds(record.service, method, outcome.route).observe(outcome.first_byte_seconds)
    fields = {
        "service": record.service,
        "method": method,
        "route": outcome.route,
        "status": outcome.status,
        "milliseconds": round(outcome.seconds * 1000, 1),
        "caller": record.caller,
        "request_id": record.id,
    }
    if outcome.position:
        fields["position"] = outcome.position
    request_answered(fields)


# Finding a labelled metric takes longer than counting in it.
_requests = cache(HTTP_REQUESTS.labels)
_seconds = cache(HTTP_SECONDS.labels)
