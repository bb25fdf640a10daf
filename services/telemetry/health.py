"""Whether a process lives, and whether it is ready: parts register checks, `/health/ready` asks them all.

A check that says that nothing but a restart helps is asked by `/health/live` as well: whoever looks after the process
then restarts it. An alarm is told by `/health/ready` and decides nothing: somebody should look.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

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
        self._needs_restart: set[str] = set()
        self._alarms: dict[str, ReadinessCheck] = {}

    def register(self, part: str, check: ReadinessCheck, *, needs_restart: bool = False) -> None:
        """Ask `check` from now on; the last one registered for a part counts.

        `needs_restart` says that what it complains of does not pass by itself.
        """
        self._checks[part] = check
        if needs_restart:
            self._needs_restart.add(part)

    def alarm(self, part: str, check: ReadinessCheck) -> None:
        """Ask `check` from now on what somebody should look at, though the process is ready for requests."""
        self._alarms[part] = check

    def not_ready(self) -> dict[str, str]:
        """What is not ready, with the reason; nothing when all is."""
        return self._complaints(self._checks)

    def alarms(self) -> dict[str, str]:
        """What somebody should look at."""
        return self._complaints(self._alarms)

    def not_alive(self) -> dict[str, str]:
        """What only a restart mends, with the reason."""
        return self._complaints({part: self._checks[part] for part in self._needs_restart})

    def _complaints(self, checks: Mapping[str, ReadinessCheck]) -> dict[str, str]:
        reasons = {part: self._ask(part, check) for part, check in tuple(checks.items())}
        return {part: reason for part, reason in reasons.items() if reason is not None}

    def _ask(self, part: str, check: ReadinessCheck) -> str | None:
        try:
            return check()
        except Exception:
            log.exception("readiness_check_failed", part=part)
            return "its check failed; the log has the cause"


def health_app(checks: HealthChecks) -> Starlette:
    """`/health/live` (503 when only a restart helps) and `/health/ready` (503 while a part is not), by whole paths."""

    async def live(_request: Request) -> Response:
        ended = await asyncio.to_thread(checks.not_alive)
        return _answer("live", f"Restart this process: {'; '.join(ended.values())}", ended, {})

    async def ready(_request: Request) -> Response:
        waiting, alarms = await asyncio.to_thread(lambda: (checks.not_ready(), checks.alarms()))
        return _answer("ready", f"Not ready yet: {', '.join(waiting)}.", waiting, alarms)

    routes = [Route("/health/live", live), Route("/health/ready", ready)]
    return Starlette(routes=routes, exception_handlers=PROBLEM_HANDLERS)


def _answer(status: str, detail: str, complaints: dict[str, str], alarms: dict[str, str]) -> Response:
    told: dict[str, Any] = {"alarms": alarms} if alarms else {}
    if not complaints:
        return JSONResponse({"status": status, **told})
    members: dict[str, Any] = {f"not_{status}": complaints, **told}
    problem = Unavailable(detail, **members)
    return Response(json.dumps(problem.document()), problem.status, media_type=MEDIA_TYPE)
