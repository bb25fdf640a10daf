"""The events service on a real socket, with callers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from services.access.authenticator import authenticator_for
from services.access.local_issuer import issue
from services.access.roles import Role
from services.events.app import create_app
from services.settings import Settings
from tests.events.entries import Ecosystem


@dataclass
class Service:
    app: FastAPI
    settings: Settings

    def token(self, *roles: Role) -> str:
        return issue(self.settings, "somebody", roles)


def events_service(ecosystem: Ecosystem, data_dir: Path, **options: Any) -> Service:
    """The application over the ecosystem's log, with further settings as options."""
    settings = Settings(data_dir=data_dir, poll_seconds=0.5, **options)
    app = create_app(settings, ecosystem.engine, ecosystem.signal, authenticator_for(settings))
    return Service(app, settings)
