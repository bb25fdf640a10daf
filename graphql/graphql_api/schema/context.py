"""What one request is answered with: who asks, the state it is answered from, and the way to the registry."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

import httpx
import strawberry

from graphql_api.conduct.budgets import Account
from graphql_api.conduct.deadlines import Deadline
from graphql_api.read_model.filtering import Reading
from graphql_api.read_model.model import ReadModel
from graphql_api.read_model.records import Record
from graphql_api.read_model.state import State
from graphql_api.subscriptions.hub import Subscriber
from services.access.roles import Caller
from services.access.rules import Action, decide
from services.events.contracts.position import Position
from services.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """The context of one request."""

    settings: Settings
    model: ReadModel
    caller: Caller
    today: date
    registry: httpx.AsyncClient
    authorization: str | None = None
    """The caller's own token, as it came: writes go to the registry with it."""
    request_id: str | None = None
    account: Account | None = None
    """Pays for the request; none where nobody counts: a tool, a test."""
    deadline: Deadline | None = None
    """Until when a query must be answered."""
    subscriber: Subscriber | None = None
    """Opens the changes that a subscription asks for; none where the transport has room for one answer only."""
    written: list[Position] = field(default_factory=list)
    """Positions that this request's own writes have in the log."""

    @property
    def state(self) -> State:
        """The state that the answer is made from."""
        return self.model.state

    @property
    def reading(self) -> Reading:
        """What criteria mean for this caller today."""
        return Reading(self.today, restricted=self.may(Action.READ_FIGURES))

    def may(self, action: Action) -> bool:
        """Whether the caller's role allows the action. Relations to one organisation are the registry's to know."""
        return _may(self.caller, action)


@lru_cache(1_000)
def _may(caller: Caller, action: Action) -> bool:
    return decide(caller, action).allowed


Info: TypeAlias = strawberry.Info[Context, None]


def read_member(source: Any, name: str) -> object:
    """How a field without a resolver is resolved: the member of the document, null where it is absent."""
    if isinstance(source, Record):
        source = source.document
    return source.get(name) if isinstance(source, dict) else getattr(source, name)
