"""Writers against a real registry, while answers are lost on the way; and against one that lies."""

import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from starlette.types import ASGIApp, Receive, Scope, Send

from services.access.authenticator import authenticator_for
from services.access.local_issuer import issue
from services.access.roles import Role
from services.events.log.signal import LogSignal
from services.registry.app import create_app
from services.registry.writer import Writer as RegistryWriter
from services.settings import Settings
from tests.proof import checks
from tests.proof.faults import Fault, Kind
from tests.proof.journal import Journal, Outcome
from tests.proof.log import read_log
from tests.proof.network import Network
from tests.proof.ports import lasting_ports
from tests.proof.writers import Callers, Writer
from tests.support.serving import serving
from tests.support.waiting import eventually

LINK = "writers>registry"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[FastAPI]:
    writer = RegistryWriter(settings, engine, LogSignal())
    writer.start()
    yield create_app(settings, engine, writer, authenticator_for(settings))
    writer.stop()


@pytest.fixture
def callers(settings: Settings) -> Callers:
    def headers(*roles: Role) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {issue(settings, 'somebody', roles)}"}

    return Callers(headers(), headers(Role.MODERATOR))


@contextmanager
def writing(app: ASGIApp, callers: Callers, journal: Journal) -> Iterator[Network]:
    """Two writers through a link that can fail; in the end each knows what became of its last write."""
    with ExitStack() as stack:
        target = urlsplit(stack.enter_context(serving(app))).port
        network = stack.enter_context(Network(lasting_ports([LINK]), {LINK: target or 0}))
        writers = [
            Writer(random.Random(number), [network.address(LINK)], callers, journal, followed=False)  # noqa: S311
            for number in range(2)
        ]
        for writer in writers:
            writer.start()
        try:
            yield network
        finally:
            for writer in writers:
                writer.stop(10)
            for writer in writers:
                writer.join()


def wait_for(journal: Journal, more: int) -> None:
    before = len(journal.writes)
    eventually(lambda: len(journal.writes) >= before + more, 30)


def fail(network: Network, kind: Kind) -> None:
    """For as long as a few writes take."""
    fault = Fault(0.0, kind, LINK, 0.1)
    network.begin(fault)
    threading.Event().wait(fault.seconds)
    network.end(fault)


def test_a_write_whose_answer_was_lost_is_in_the_log_once(app: FastAPI, callers: Callers, database_url: str) -> None:
    journal = Journal()
    with writing(app, callers, journal) as network:
        for kind in (Kind.MUTE, Kind.CUT, Kind.STALL, Kind.MUTE):
            wait_for(journal, 20)
            fail(network, kind)
        wait_for(journal, 20)
    log = read_log(database_url)
    assert journal.surprises == []
    assert journal.of(Outcome.REFUSED) != []
    assert [write for write in journal.writes if write.attempts > 1] != []
    assert [*checks.acknowledged_in_log(log, journal.writes), *checks.applied_once(log, journal.writes)] == []
    assert len(log) == len(journal.of(Outcome.ACKNOWLEDGED))


class Lying:
    """Acknowledges every tenth change without making it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._changes = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") != "PATCH" or next(self._changes) % 10:
            await self._app(scope, receive, send)
            return
        body = orjson.dumps({"organisation": {"id": scope["path"].rpartition("/")[2]}, "version": 7_000})
        headers = [(b"content-type", b"application/json"), (b"dwr-position", b"1-900000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def test_an_acknowledged_write_that_was_not_made_is_found(app: FastAPI, callers: Callers, database_url: str) -> None:
    journal = Journal()
    with writing(Lying(app), callers, journal):
        wait_for(journal, 60)
    log = read_log(database_url)
    lies = [write for write in journal.of(Outcome.ACKNOWLEDGED) if write.position == 900_000]
    found = list(checks.acknowledged_in_log(log, journal.writes))
    assert len(found) == len(lies) > 0
    assert all(lie.request in finding for lie, finding in zip(lies, found, strict=True))
    assert journal.surprises != []


class Forgetting(Lying):
    """Applies every change that is sent again once more: it does not know its Idempotency-Keys."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kept = [(name, value) for name, value in scope.get("headers", ()) if name != b"idempotency-key"]
        await self._app({**scope, "headers": kept}, receive, send)


def test_a_registry_that_forgets_idempotency_keys_is_found(app: FastAPI, callers: Callers, database_url: str) -> None:
    journal = Journal()
    with writing(Forgetting(app), callers, journal) as network:
        for _ in range(6):
            wait_for(journal, 10)
            fail(network, Kind.MUTE)
        wait_for(journal, 10)
    log = read_log(database_url)
    assert journal.surprises or list(checks.applied_once(log, journal.writes))
