"""Exceptions in the log: where they happened and what they are, without the values that they happened with.

The usual renderings give local variables (rich), the refused input (pydantic) or the statement's parameters
(SQLAlchemy): any of them can be somebody's private telephone number.
"""

import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

from pydantic import ValidationError

from services.telemetry.redaction import redact_text


def render_exception(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace `exc_info` by `exception`, the traceback as text."""
    cause = event.pop("exc_info", None)
    if isinstance(cause, tuple):
        cause = cause[1]
    if isinstance(cause, BaseException):
        event["exception"] = traceback_text(cause)
    return event


def traceback_text(error: BaseException) -> str:
    """The traceback of the exception and of what led to it, first cause first."""
    return "\n".join(_one(part) for part in reversed(list(_chain(error))))


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        part = waiting.pop()
        if part is None or id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        waiting.append(part.__cause__ or (None if part.__suppress_context__ else part.__context__))
        if isinstance(part, BaseExceptionGroup):
            waiting.extend(part.exceptions)


def _one(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{frames}{type(error).__module__}.{type(error).__qualname__}: {_message(error)}"


def _message(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        wrong = (f"{'/'.join(map(str, part['loc']))} {part['type']}" for part in error.errors(include_input=False))
        return f"{error.error_count()} errors in {error.title}: {'; '.join(wrong)}"
    if _is_of_a_statement(error):
        return f"{_first_line(error.orig)} in {error.statement}"  # type: ignore[attr-defined]
    if type(error).__module__.partition(".")[0] in {"psycopg", "sqlite3"}:
        return _first_line(error)
    return redact_text(str(error))


def _is_of_a_statement(error: BaseException) -> bool:
    # Not imported: a process without a database does without the library.
    library = sys.modules.get("sqlalchemy.exc")
    return library is not None and isinstance(error, library.StatementError)


def _first_line(error: BaseException | None) -> str:
    """The further lines of a database's message repeat the row."""
    return redact_text(str(error).partition("\n")[0])
