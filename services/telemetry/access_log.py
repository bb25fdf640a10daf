"""The line that each answered request leaves in the log.

Ordinary lines pass through the processors of `services.telemetry.logs`, which look for what must not be logged. That
takes longer than many an answer, and this line has nothing to be looked for: templates, numbers and digests alone. In
JSON it is therefore written straight to the handler's stream, in the form that the processors would have given it.
"""

import logging
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

_NAME = "services.http.edge"
_EVENT = "request_answered"

log = structlog.get_logger(_NAME)
_logger = logging.getLogger(_NAME)
_direct: list["logging.StreamHandler[Any]"] = []


def write_directly(handler: "logging.StreamHandler[Any] | None") -> None:
    """From now on write JSON to the handler's stream; none stands for ordinary lines."""
    _direct[:] = [handler] if handler else []


def request_answered(fields: dict[str, Any]) -> None:
    """Log an answered request. No field may hold what a caller wrote."""
    if not _direct:
        log.info(_EVENT, **fields)
        return
    if not _logger.isEnabledFor(logging.INFO):
        return
    about = {"event": _EVENT, "logger": _NAME, "level": "info", "timestamp": datetime.now(UTC).isoformat()}
    line = orjson.dumps(fields | about).decode()
    handler = _direct[0]
    with handler.lock:  # type: ignore[union-attr] # every handler that writes has one
        handler.stream.write(f"{line}\n")
        handler.flush()
