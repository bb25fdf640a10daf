"""The line that each answered request leaves in the log.

Ordinary lines pass through the processors of `services.telemetry.logs`, which look for what must not be logged. That
takes longer than many an answer, and this line has nothing to be looked for: templates, numbers and digests alone. In
JSON it is therefore written straight to the handler's stream, in the form that the processors would have given it; what
one turn of the event loop answers is written in one go.
"""

import asyncio
import atexit
import logging
import threading
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

_NAME = "services.http.edge"
_EVENT = "request_answered"

log = structlog.get_logger(_NAME)
_logger = logging.getLogger(_NAME)


class _Direct:
    """Writes lines of JSON to a handler's stream."""

    def __init__(self, handler: "logging.StreamHandler[Any]") -> None:
        self._handler = handler
        self._lines: list[bytes] = []
        self._lock = threading.Lock()

    def add(self, line: bytes) -> None:
        """Write the line when the present turn of this thread's event loop is over, or at once where there is none."""
        with self._lock:
            self._lines.append(line)
            is_first = len(self._lines) == 1
        if is_first:
            self._soon()

    def _soon(self) -> None:
        try:
            asyncio.get_running_loop().call_soon(self.write)
        except RuntimeError:
            self.write()

    def write(self) -> None:
        """Write what waits."""
        with self._lock:
            lines, self._lines = self._lines, []
        if lines:
            self._handler.acquire()
            try:
                self._handler.stream.write(b"".join(lines).decode())
                self._handler.flush()
            finally:
                self._handler.release()


_direct: list[_Direct] = []


def write_directly(handler: "logging.StreamHandler[Any] | None") -> None:
    """From now on write JSON to the handler's stream; none stands for ordinary lines."""
    flush()
    _direct[:] = [_Direct(handler)] if handler else []


@atexit.register
def flush() -> None:
    """Write what waits for the end of a turn."""
    for direct in _direct:
        direct.write()


def request_answered(fields: dict[str, Any]) -> None:
    """Log an answered request. No field may hold what a caller wrote."""
    if not _direct:
        log.info(_EVENT, **fields)
    elif _logger.isEnabledFor(logging.INFO):
        about = {"event": _EVENT, "logger": _NAME, "level": "info", "timestamp": datetime.now(UTC)}
        _direct[0].add(orjson.dumps(fields | about, option=orjson.OPT_APPEND_NEWLINE))
