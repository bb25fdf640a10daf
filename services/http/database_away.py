"""What callers are told while the database does not answer: that, and not that the registry has a defect."""

from typing import NoReturn

import structlog
from fastapi import FastAPI, Request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFreeError

from services.problems import Unavailable

log = structlog.get_logger(__name__)
_RETRY_SECONDS = 2


def tell_while_away(api: FastAPI) -> None:
    """Answer 503 where a read finds no database, or no free connection to it in time."""
    for kind in (InterfaceError, OperationalError, NoneFreeError):
        api.add_exception_handler(kind, _refuse)


async def _refuse(_request: Request, error: Exception) -> NoReturn:
    # The driver's own words name addresses: they are for the log alone.
    log.warning("database_does_not_answer", cause=str(getattr(error, "orig", None) or error).partition("\n")[0])
    raise Unavailable(
        f"The database does not answer. Try again in {_RETRY_SECONDS} seconds.",
        headers={"Retry-After": str(_RETRY_SECONDS)},
    ) from error
