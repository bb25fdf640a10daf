"""The registry's HTTP API, under `/registry/v1`."""

from fastapi import FastAPI
from sqlalchemy import Engine

from services.access.authenticator import Authenticator
from services.http.api import create_api
from services.registry.routes import labels, lifecycle, members, organisations, vocabularies
from services.registry.routes.context import Parts
from services.registry.writer import Writer
from services.settings import Settings

_DESCRIPTION = """\
Organisations of the Digital Wallonia ecosystem: the one place where they are registered and changed.

Every answer carries the position of the log that it was given from (`DWR-Position`). A write to an organisation needs
`If-Match` with the ETag that was read; with an `Idempotency-Key` it can be repeated safely. Errors are problem
documents (RFC 9457) whose `errors` point into the body.
"""


def create_app(settings: Settings, engine: Engine, writer: Writer, authenticator: Authenticator) -> FastAPI:
    """The application. The writer is started and stopped by whoever runs it."""
    app = create_api(
        settings, service="registry", title="Registry", description=_DESCRIPTION, authenticator=authenticator
    )
    app.state.parts = Parts(engine, writer)
    for routes in (organisations, lifecycle, labels, members, vocabularies):
        app.include_router(routes.router)
    return app
