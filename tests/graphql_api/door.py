"""The GraphQL application as callers meet it, without a network between."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any

import httpx
from starlette.types import ASGIApp

from graphql_api.app import create_app
from graphql_api.read_model.model import ReadModel
from graphql_api.schema.context import Context
from services.access.authenticator import Authenticator
from services.access.roles import ANONYMOUS, Caller, Role
from services.problems import Unauthenticated
from services.settings import Settings

CALLERS: Mapping[str, Caller] = {
    "member": Caller("member-1"),
    "awex": Caller("awex-1", frozenset({Role.AWEX})),
    "moderator": Caller("moderator-1", frozenset({Role.MODERATOR})),
    "front": Caller("front-1", frozenset({Role.FRONT}), "coworking"),
}


def context_of(model: ReadModel, caller: Caller = ANONYMOUS) -> Context:
    """The context of a read by that caller, today."""
    return Context(Settings(), model, caller, datetime.now(UTC).date(), httpx.AsyncClient())


class TokenNames(Authenticator):
    """Takes the name of a caller for its token: how tokens are checked is the subject of other tests."""

    def __init__(self) -> None:
        pass

    async def authenticate(self, authorization: str | None) -> Caller:
        if caller := self.known(authorization):
            return caller
        raise Unauthenticated("The token is not accepted.")

    def known(self, authorization: str | None) -> Caller | None:
        return CALLERS.get(authorization.removeprefix("Bearer ")) if authorization else ANONYMOUS

    def expires_at(self, authorization: str | None) -> float | None:  # noqa: ARG002 - names do not expire
        return None


class Door:
    """Sends requests to the application."""

    def __init__(
        self,
        model: ReadModel,
        registry: ASGIApp | None = None,
        settings: Settings | None = None,
        authenticator: Authenticator | None = None,
    ) -> None:
        self.model = model
        self._registry = httpx.AsyncClient(
            transport=httpx.ASGITransport(registry or _nothing), base_url="http://registry.example"
        )
        settings = settings or Settings(read_your_writes_seconds=0.2)
        self.app = create_app(settings, model, self._registry, authenticator or TokenNames())

    def client(self) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://graphql.example")

    async def ask(
        self, query: str, variables: dict[str, Any] | None = None, *, as_: str | None = None, **headers: str
    ) -> httpx.Response:
        sent = {"Accept": "application/graphql-response+json", **headers}
        if as_:
            sent["Authorization"] = f"Bearer {as_}"
        async with self.client() as client:
            return await client.post("/graphql", json={"query": query, "variables": variables}, headers=sent)

    async def data(self, query: str, variables: dict[str, Any] | None = None, *, as_: str | None = None) -> Any:
        """The data of an answer that must be without errors."""
        answer = await self.ask(query, variables, as_=as_)
        body = answer.json()
        assert answer.status_code == 200, body
        assert "errors" not in body, body
        return body["data"]


async def _nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    raise AssertionError("this test has no registry")
