"""What everything shares that answers at `/graphql`, and the context that it makes of a caller."""

from datetime import UTC, datetime

import httpx
from starlette.types import Scope

from graphql_api.conduct.budgets import Account, Budgets, account_key
from graphql_api.conduct.deadlines import Deadline
from graphql_api.conduct.tags import program
from graphql_api.operations import Operations
from graphql_api.read_model.model import ReadModel
from graphql_api.schema.context import Context
from graphql_api.schema.schema import executable
from graphql_api.subscriptions.hub import Hub
from services.access.authenticator import Authenticator
from services.access.roles import Caller
from services.settings import Settings


class Endpoint:
    """The endpoint of one process: documents and budgets are the same however a request comes in."""

    def __init__(
        self,
        settings: Settings,
        read_model: ReadModel,
        registry: httpx.AsyncClient,
        authenticator: Authenticator,
        hub: Hub | None = None,
    ) -> None:
        """`registry` reaches the registry's API, over the network or within this process.

        `hub` serves subscriptions; without one they begin at what the read model sees from now on.
        """
        self.settings = settings
        self.read_model = read_model
        self.registry = registry
        self.authenticator = authenticator
        self.hub = hub or Hub(settings, past=None)
        self.operations = Operations(executable(), settings.graphql_kept_bytes)
        self.budgets = Budgets(settings.graphql_budget_per_minute)
        read_model.listen(self.hub.window)
        program()  # reads files, once: not while the first GET waits

    def context(self, scope: Scope, caller: Caller, authorization: str | None, request_id: str) -> Context:
        """The context of one request."""
        return Context(
            self.settings,
            self.read_model,
            caller,
            datetime.now(UTC).date(),
            self.registry,
            authorization,
            request_id,
            Account(self.budgets, account_key(caller, address_of(scope))),
            Deadline(self.settings.graphql_seconds),
        )


def address_of(scope: Scope) -> str | None:
    """The address that the request comes from."""
    return scope["client"][0] if scope.get("client") else None
