"""Whether a process lives, and whether it is ready: parts register checks, `/health/ready` asks them all."""

import asyncio
import json
from collections.abc import Callable
from typing import TypeAlias

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.http.answers import PROBLEM_HANDLERS
from services.problems import MEDIA_TYPE, Unavailable

ReadinessCheck: TypeAlias = Callable[[], str | None]
"""Gives None when the part is ready, else what it waits for. It may be asked in any thread."""

log = structlog.get_logger(__name__)


class HealthChecks:
    """The readiness checks of one process."""

    def __init__(self) -> None:
        self._checks: dict[str, ReadinessCheck] = {}

    def register(self, part: str, check: ReadinessCheck) -> None:
        """Ask `check` from now on; the last one registered for a part counts."""
        self._checks[part] = check

    def not_ready(self) -> dict[str, str]:
        """What is not ready, with the reason; nothing when all is."""
        reasons = {part: self._ask(part) for part in tuple(self._checks)}
        return {part: reason for part, reason in reasons.items() if reason is not None}

    def _ask(self, part: str) -> str | None:
        try:
            return self._checks[part]()
        except Exception:
            log.exception("readiness_check_failed", part=part)
            return "its check failed; the log has the cause"


def health_app(checks: HealthChecks) -> Starlette:
    """`/health/live` (the process answers) and `/health/ready` (503 while a part is not ready), by whole paths."""

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(_request: Request) -> Response:
        waiting = await asyncio.to_thread(checks.not_ready)
        if not waiting:
            return JSONResponse({"status": "ready"})
        problem = Unavailable(f"Not ready yet: {', '.join(waiting)}.", not_ready=waiting)
        return Response(json.dumps(problem.document()), problem.status, media_type=MEDIA_TYPE)

    routes = [Route("/health/live", live), Route("/health/ready", ready)]
    return Starlette(routes=routes, exception_handlers=PROBLEM_HANDLERS)
