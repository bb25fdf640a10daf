"""Logs: one line an event, with a constant name and its data as fields; libraries speak through the same formatter.

    log = structlog.get_logger(__name__)
    log.info("delivery_failed", delivery=delivery.id, status=503)

Names are constant and data are fields, identifiers rather than objects. The id of a request, which belongs to all its
lines, is set once, at the edge.
"""

import logging
import sys
from contextvars import ContextVar
from typing import TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor

from services.settings import Settings
from services.telemetry.access_log import write_directly
from services.telemetry.redaction import redact
from services.telemetry.tracebacks import render_exception

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being answered: on every line that is written meanwhile."""

_QUIET = ("alembic", "httpx", "httpcore", "kafka", "sqlalchemy", "asyncio", "multipart", "python_multipart")
"""Libraries that tell each request or connection at the level `info`, addresses included."""


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send the logs of this process to `stream` (standard error by default), in the format and from the level asked.

    Uvicorn is to be started with `log_config=None`: its loggers are set up here. Its access log stays off, because
    it writes whole addresses; `services.http` has a line for each request.
    """
    shared = _shared_processors()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    is_json = settings.log_format == "json" or settings.environment == "production"
    renderer = structlog.processors.JSONRenderer(serializer=_json) if is_json else _for_people(handler.stream)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[remove, renderer]))
    write_directly(handler if is_json else None)
    _direct_everything_to(handler, settings.log_level.upper())


def _shared_processors() -> list[Processor]:
    return [
        _add_request_id,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _resolve_exception,
        _shorten_broken_connection,
        render_exception,
        redact,
    ]


def _add_request_id(_logger: object, _method: str, event: EventDict) -> EventDict:
    if (request_id := REQUEST_ID.get()) is not None:
        event["request_id"] = request_id
    return event


def _resolve_exception(_logger: object, _method: str, event: EventDict) -> EventDict:
    """`exc_info=True` means the exception being handled."""
    if event.get("exc_info") is True:
        event["exc_info"] = sys.exc_info()
    return event


def _shorten_broken_connection(_logger: object, _method: str, event: EventDict) -> EventDict:
    """kafka-python tells a connection that broke, an everyday thing, with its stack: the cause is enough."""
    found = event.get("exc_info")
    if isinstance(found, tuple) and isinstance(found[1], OSError) and event["logger"].startswith("kafka."):
        event["cause"] = str(found[1])
        del event["exc_info"]
    return event


def _for_people(stream: TextIO) -> Processor:
    return structlog.dev.ConsoleRenderer(colors=stream.isatty(), sort_keys=False)


def _json(event: EventDict, **_options: object) -> str:
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


def _direct_everything_to(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = name != "uvicorn.access"
    logging.getLogger("uvicorn.error").addFilter(_is_no_address)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))


def _is_no_address(record: logging.LogRecord) -> bool:
    """Not Uvicorn's line about each WebSocket, with the caller's address and the query string: ours has neither."""
    return '"WebSocket %s"' not in str(record.msg)
