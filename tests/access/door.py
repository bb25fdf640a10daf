"""The public door: a small application that tells who called, through the dependency that every endpoint uses."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.types import ASGIApp

from services.access.authenticator import authenticator_for
from services.http.api import create_api
from services.http.caller import CurrentCaller
from services.settings import Settings
from tests.support.serving import serving


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """The present second."""
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


@dataclass(frozen=True)
class Door:
    """The address of the application."""

    url: str

    def call(self, authorization: str | None) -> httpx.Response:
        """What is answered to a request with that header."""
        headers = {} if authorization is None else {"Authorization": authorization}
        return httpx.get(f"{self.url}/whoami", headers=headers, timeout=30)

    def present(self, token: str) -> httpx.Response:
        """What is answered to a request with that token."""
        return self.call(f"Bearer {token}")

    def caller(self, token: str) -> dict[str, Any]:
        """Who the application takes the token's bearer for."""
        answer = self.present(token)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = json.loads(answer.text)
        return found

    def refusal(self, token: str) -> tuple[int, str, str]:
        """Status, reason and detail of the refusal."""
        answer = self.present(token)
        assert answer.headers["content-type"] == "application/problem+json"
        document = answer.json()
        return answer.status_code, document.get("reason", ""), document["detail"]


def door_app(settings: Settings, clock: Callable[[], float] | None = None) -> ASGIApp:
    """The application."""
    authenticator = authenticator_for(settings, clock) if clock else authenticator_for(settings)
    api = create_api(settings, service="door", title="Door", description="-", authenticator=authenticator)

    @api.get("/whoami")
    async def whoami(caller: CurrentCaller) -> dict[str, Any]:
        return {"subject": caller.subject, "roles": sorted(caller.roles), "front": caller.front, "name": caller.name}

    return api


@contextmanager
def open_door(settings: Settings, clock: Callable[[], float] | None = None) -> Iterator[Door]:
    """The application behind a real socket."""
    with serving(door_app(settings, clock)) as url:
        yield Door(url)
