"""The GraphQL API over its read model."""

import httpx

from graphql_api.app import app_of
from graphql_api.at_once import QueriesAtOnce
from graphql_api.conduct.tags import program
from graphql_api.endpoint import Endpoint
from graphql_api.read_model.model import ReadModel
from graphql_api.read_model.store.folder import RecordFolder
from graphql_api.subscriptions.hub import Hub
from graphql_api.subscriptions.past import PAGE, LogSource
from services.composition.following import follow, registry_url
from services.composition.process import Process, Role
from services.events.client.registry import Registry
from services.events.contracts.vocabulary import View
from services.telemetry.metrics import READ_MODEL_LAG_ENTRIES, READ_MODEL_LAG_SECONDS, READ_MODEL_POSITION


def add(process: Process) -> None:
    """Add it to the process."""
    settings = process.settings
    model = ReadModel(folder=RecordFolder(settings.effective_graphql_records_dir, program()))
    follower = follow(process, model, Role.GRAPHQL)
    model.newest = lambda: follower.state.head
    _measure(model)
    process.read_model = model
    process.subscriptions = Hub(settings, _past(process))
    endpoint = Endpoint(settings, model, _registry_client(process), process.authenticator, process.subscriptions)
    process.routes["/graphql"] = app_of(endpoint)
    if settings.answer_at_once:
        process.at_once = QueriesAtOnce(endpoint)


def _past(process: Process) -> LogSource:
    """Where subscribers catch up: never Kafka, which would read from the beginning for each of them."""
    settings, view = process.settings, View.INTERNAL
    if process.has_log_database:
        from services.composition import log_database  # noqa: PLC0415 - a process without it does not load it

        return log_database.source(process, view, batch=PAGE)
    return Registry(registry_url(settings), settings.reader_token, view=view, wait_seconds=0, batch=PAGE)


def _registry_client(process: Process) -> httpx.AsyncClient:
    """What mutations are forwarded through: to the registry of this process without a socket, or over the network."""
    if app := process.routes.get("/registry"):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://registry")
    return httpx.AsyncClient(base_url=registry_url(process.settings))


def _measure(model: ReadModel) -> None:
    """Let the metrics look at the model when they are asked for."""
    READ_MODEL_POSITION.set_function(lambda: model.position.number if model.position else 0)
    READ_MODEL_LAG_ENTRIES.set_function(lambda: model.lag.entries)
    READ_MODEL_LAG_SECONDS.set_function(lambda: model.lag.seconds)
