"""The HTTP application of the log: feed, snapshots, digest, schemas, AsyncAPI."""

from fastapi import FastAPI
from sqlalchemy import Engine

from services.access.authenticator import Authenticator
from services.events.feed.places import StreamPlaces
from services.events.feed.waiting import Waiting
from services.events.log.signal import LogSignal
from services.events.routes import contracts, digests, feed, kept_snapshots, snapshots
from services.events.routes.context import Context
from services.events.snapshots.shelf import Shelf
from services.http.api import create_api
from services.settings import Settings

_DESCRIPTION = """\
Every accepted change to the ecosystem is one entry of an append-only log, at positions without gap. Load a snapshot,
go on with the feed from its position, and compare digests: that is a mirror which can prove that it is complete.
[Each type of event](/events/v1/reference.md) with an example, and [the topics on Kafka](/events/v1/asyncapi.json).
"""


def create_app(settings: Settings, engine: Engine, signal: LogSignal, authenticator: Authenticator) -> FastAPI:
    """The application under `/events`. `signal` wakes those who wait; closing it ends streams and waits."""
    api = create_api(
        settings,
        service="events",
        title="Events of the Digital Wallonia registry",
        description=_DESCRIPTION,
        authenticator=authenticator,
    )
    waiting = Waiting(signal, settings.poll_seconds)
    shelf = Shelf(settings.effective_snapshots_dir)
    api.state.context = Context(settings, engine, waiting, StreamPlaces(settings.streams), shelf)
    for part in (feed, snapshots, kept_snapshots, digests, contracts):
        api.include_router(part.router)
    return api
