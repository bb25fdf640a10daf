"""The notifier's HTTP API: saved searches and the log of their deliveries."""

from collections.abc import Callable

from fastapi import FastAPI
from sqlalchemy import Engine

from services.access.authenticator import Authenticator
from services.http.api import create_api
from services.notifier import delivery_routes, search_routes
from services.notifier.commands import Searches
from services.notifier.delivery_log import DeliveryLog
from services.settings import Settings

DESCRIPTION = """
Save a search, and be told by webhook when an organisation **enters** it, **changes** in it or **leaves** it.

Messages follow [Standard Webhooks](https://www.standardwebhooks.com/) 1.0.0; their body is the registry's event, as the
feed has it. `docs/webhooks.md` shows how to receive and verify them.
"""


def create_app(
    settings: Settings, engine: Engine, authenticator: Authenticator, wake: Callable[[], None] = lambda: None
) -> FastAPI:
    """The API over the notifier's tables in `engine`; `wake` is called when a delivery was asked for."""
    app = create_api(
        settings, service="notifier", title="Notifier", description=DESCRIPTION, authenticator=authenticator
    )
    app.state.searches = Searches(settings, engine)
    app.state.log = DeliveryLog(engine, wake)
    app.include_router(search_routes.router)
    app.include_router(delivery_routes.router)
    return app
