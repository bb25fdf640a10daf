"""Writes through GraphQL reach the real registry, and reads at their position see them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from graphql_api.examples import examples
from graphql_api.read_model.model import ReadModel
from services.access.authenticator import authenticator_for
from services.access.local_issuer import issue
from services.access.roles import Role
from services.database import open_engine
from services.events.following.database import DatabaseSource
from services.events.following.follower import Follower
from services.events.log.signal import LogSignal
from services.registry.app import create_app
from services.registry.writer import Writer
from services.settings import Settings
from tests.graphql_api.documents import snapshot
from tests.graphql_api.door import Door
from tests.registry.bodies import company
from tests.support.waiting import eventually

pytestmark = pytest.mark.anyio

DOCUMENTS = {example.name: example.document for example in examples()}


@dataclass
class Whole:
    """A registry, its log, the read model that follows it, and the door in front."""

    settings: Settings
    door: Door

    def token(self, subject: str, *roles: Role) -> str:
        return issue(self.settings, subject, roles, None)

    async def ask(self, document: str, variables: Mapping[str, Any], token: str | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await self.door.ask(document, dict(variables), **headers)
        body: dict[str, Any] = answer.json()
        return body

    async def write(self, name: str, variables: Mapping[str, Any], token: str | None = None) -> dict[str, Any]:
        """The only field of one of our mutations."""
        body = await self.ask(DOCUMENTS[name], variables, token)
        assert "errors" not in body, body
        (result,) = body["data"].values()
        written: dict[str, Any] = result
        return written


@asynccontextmanager
async def _whole(folder: Path, url: str) -> AsyncIterator[Whole]:
    settings = Settings(data_dir=folder, database_url=url, read_your_writes_seconds=10)
    engine, signal, model = open_engine(url), LogSignal(), ReadModel()
    writer = Writer(settings, engine, signal)
    authenticator = authenticator_for(settings)
    registry = create_app(settings, engine, writer, authenticator)
    source = DatabaseSource(engine, signal, poll_seconds=0.1)
    follower = Follower(source, source, model, "graphql")
    model.attach(asyncio.get_running_loop())
    writer.start()
    follower.start()
    await asyncio.to_thread(eventually, lambda: model.position)
    try:
        yield Whole(settings, Door(model, registry, settings, authenticator))
    finally:
        await asyncio.to_thread(follower.stop)
        await asyncio.to_thread(writer.stop)
        engine.dispose()


@pytest.fixture
async def whole(tmp_path: Path, sqlite_url: str) -> AsyncIterator[Whole]:
    async with _whole(tmp_path, sqlite_url) as running:
        yield running


async def test_an_organisation_is_registered_published_changed_and_read_at_its_position(whole: Whole) -> None:
    owner, moderator = whole.token("owner"), whole.token("moderator", Role.MODERATOR)
    registered = await whole.write("RegisterOrganisation", {"content": company(), "submit": True}, owner)
    assert registered["__typename"] == "OrganisationWritten"
    assert registered["state"] == "submitted"
    known = {"id": registered["id"], "version": registered["version"]}

    published = await whole.write("PublishProfile", known, moderator)
    assert published["organisation"]["id"] == known["id"]

    patch = {"websites": ["https://www.example.org/new"]}
    changed = await whole.write(
        "ChangeOrganisation", {"id": known["id"], "version": published["version"], "patch": patch}, owner
    )
    assert changed["organisation"]["websites"] == patch["websites"]

    query = (
        "query ($id: ID!, $p: Position) @atLeast(position: $p) { organisation(id: $id) { version changedAt websites } }"
    )
    read = await whole.ask(query, {"id": known["id"], "p": changed["position"]})
    expected = {"version": changed["version"], "changedAt": changed["position"], "websites": patch["websites"]}
    assert read["data"]["organisation"] == expected


async def test_the_answer_to_a_write_names_the_position_of_the_write(whole: Whole) -> None:
    headers = {"Authorization": f"Bearer {whole.token('owner')}"}
    answer = await whole.door.ask(DOCUMENTS["RegisterOrganisation"], {"content": company()}, **headers)
    written = answer.json()["data"]["registerOrganisation"]["position"]
    assert answer.headers["DWR-Position"] == answer.json()["extensions"]["position"] == written == "1-1"


async def test_a_draft_is_written_and_shown_to_nobody(whole: Whole) -> None:
    document = DOCUMENTS["RegisterOrganisation"].replace("version position }", "version position organisation { id } }")
    body = await whole.ask(document, {"content": company()}, whole.token("owner"))
    assert body["data"]["registerOrganisation"]["organisation"] is None
    assert (await whole.door.data("{ organisations(first: 1) { totalCount } }"))["organisations"]["totalCount"] == 0


async def test_refusals_come_back_as_their_own_types(whole: Whole) -> None:
    owner = whole.token("owner")
    first = await whole.write("RegisterOrganisation", {"content": company()}, owner)
    change = {"id": first["id"], "version": first["version"], "patch": {"websites": []}}

    stale = await whole.write("ChangeOrganisation", change | {"version": 7}, owner)
    assert (stale["__typename"], stale["currentVersion"]) == ("StaleVersion", first["version"])

    wrong = await whole.write("ChangeOrganisation", change | {"patch": {"size_class": "gigantic"}}, owner)
    assert wrong["__typename"] == "InvalidContent"
    assert wrong["errors"][0]["pointer"] == "/size_class"

    for token in (None, whole.token("stranger")):
        refused = await whole.write("ChangeOrganisation", change, token)
        assert refused["__typename"] in {"Forbidden", "NotFound"}

    early = await whole.write(
        "PublishProfile", {"id": first["id"], "version": first["version"]}, whole.token("m", Role.MODERATOR)
    )
    assert early["__typename"] in {"IllegalTransition", "InvalidContent"}

    unknown = await whole.write("ChangeOrganisation", change | {"id": "org-aaaaaaaaaaaaaaaa"}, owner)
    assert unknown["__typename"] == "NotFound"


async def test_a_likely_duplicate_comes_with_candidates_and_a_token_to_go_on(whole: Whole) -> None:
    first = await whole.write("RegisterOrganisation", {"content": company(), "submit": True}, whole.token("owner"))
    known = {"id": first["id"], "version": first["version"]}
    await whole.write("PublishProfile", known, whole.token("moderator", Role.MODERATOR))

    content = company(number=None, profiles={"company": {"foreign_country": "FR"}})
    again = await whole.write("RegisterOrganisation", {"content": content}, whole.token("other"))
    assert again["__typename"] == "LikelyDuplicate", again
    assert again["candidates"][0]["id"] == first["id"]
    assert again["candidates"][0]["titles"] == [{"text": company()["title"]["fr"], "language": "fr"}]
    confirmed = {"content": content, "token": again["confirmationToken"]}
    done = await whole.write("RegisterOrganisation", confirmed, whole.token("other"))
    assert done["__typename"] == "OrganisationWritten"


async def test_a_repeat_with_the_same_idempotency_key_writes_nothing_more(whole: Whole) -> None:
    asked = {"content": company(), "key": "only-once"}
    answers = [await whole.write("RegisterOrganisation", asked, whole.token("owner")) for _ in range(2)]
    assert answers[0] == answers[1]


async def test_private_values_never_appear(whole: Whole) -> None:
    planted = "Planted Person 4711"
    content = company()
    contact = {"name": planted, "email": "planted-4711@example.org"}
    content["private"] = {**content.get("private", {}), "platform_contact": contact, "founders": [planted]}
    owner = whole.token("owner")
    registered = await whole.write("RegisterOrganisation", {"content": content, "submit": True}, owner)
    moderator = whole.token("moderator", Role.MODERATOR, Role.AWEX)
    published = await whole.write(
        "PublishProfile", {"id": registered["id"], "version": registered["version"]}, moderator
    )
    seen = [registered, published]
    for example in examples():
        if example.is_read:
            variables = example.variables | {"id": registered["id"], "slug": registered["slug"], "filter": {}}
            names = [name for name in variables if f"${name}" in example.document]
            seen.append(await whole.ask(example.document, {name: variables[name] for name in names}, moderator))
    assert registered["id"] in str(seen)
    assert "4711" not in str(seen)


async def test_a_registry_that_does_not_answer_is_a_typed_error() -> None:
    async def broken(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    model = ReadModel()
    model.load(snapshot(1))
    answer = await Door(model, broken).ask(
        'mutation { confirmProfile(id: "org-aaaaaaaaaaaaaaaa", version: 1) { __typename } }'
    )
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
