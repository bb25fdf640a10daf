"""The hashes of the read model, by which `dwr verify read-model` names what it has otherwise than the log."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, delete, update
from typer.testing import CliRunner

from graphql_api.app import create_app
from graphql_api.hashes import ADDRESS
from graphql_api.read_model.holding import held_by
from graphql_api.read_model.model import ReadModel
from services.access.authenticator import authenticator_for
from services.access.local_issuer import issue
from services.access.roles import Role
from services.cli import app
from services.database import open_engine
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from services.events.log.reading import entries_after
from services.events.log.tables import log_head, log_subject
from services.events.verifying.log_state import LogTables
from services.problems import Unavailable
from services.settings import Settings
from tests.events.entries import Ecosystem, organisation_id
from tests.support.serving import serving


class Stage:
    """A log, a read model of it that is behind, and the door in front of that."""

    def __init__(self, url: str, folder: Path) -> None:
        self.engine: Engine = open_engine(url)
        self.ecosystem = Ecosystem(self.engine)
        self.settings = Settings(database_url=url, data_dir=folder)
        self.model = ReadModel()
        self.address = ""

    def fill(self) -> None:
        self.ecosystem.fill(20)
        self.ecosystem.publish(3, {"turnover": {"eur": 1.5, "year": 2025}})
        with DatabaseSource(self.engine, self.ecosystem.signal).snapshot() as snapshot:
            self.model.load(snapshot)
        self.ecosystem.publish(4, size_class="micro")
        self.ecosystem.archive(5)
        self.ecosystem.publish(50)
        self.catch_up()

    def catch_up(self) -> None:
        position = self.model.position
        assert position is not None
        with self.engine.connect() as connection:
            self.model.apply(entries_after(connection, position.number, 1_000))

    def token(self, *roles: Role) -> str:
        return issue(self.settings, "somebody", roles)

    def get(self, *roles: Role) -> httpx.Response:
        return httpx.get(self.address + ADDRESS, headers={"Authorization": f"Bearer {self.token(*roles)}"})


@pytest.fixture
def stage(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    stage = Stage(sqlite_url, tmp_path)
    stage.fill()
    monkeypatch.setenv("DWR_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DWR_READER_TOKEN", stage.token(Role.READER))
    monkeypatch.setenv("DWR_LOG_LEVEL", "error")
    application = create_app(stage.settings, stage.model, httpx.AsyncClient(), authenticator_for(stage.settings))
    with serving(application) as stage.address:
        yield stage
    stage.engine.dispose()


def verify(*arguments: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(app, ["verify", "read-model", *arguments, "--json"], catch_exceptions=False)
    return result.exit_code, json.loads(result.stdout)


def test_they_are_those_of_the_log_at_the_position_of_the_model(stage: Stage) -> None:
    answer = stage.get(Role.READER)
    first, *subjects, last = map(json.loads, answer.text.splitlines())
    with LogTables(stage.engine, View.INTERNAL).hashes() as log:
        expected = {(held.subject.id, held.hash, held.version) for held in log.subjects}
    assert (first["position"], first["digest"], answer.headers["DWR-Position"]) == (24, log.digest, "1-24")
    assert {(told["subject"]["id"], told["hash"], told["version"]) for told in subjects} == expected
    assert last == {"end": True, "count": 20}


def test_only_readers_and_operators_get_them(stage: Stage) -> None:
    assert [stage.get(role).status_code for role in (Role.READER, Role.OPERATOR, Role.MODERATOR, Role.AWEX)] == [
        200, 200, 403, 403,
    ]  # fmt: skip
    assert httpx.get(stage.address + ADDRESS).status_code == 401
    assert (
        httpx.post(stage.address + ADDRESS, headers={"Authorization": f"Bearer {stage.token(Role.READER)}"}).status_code
        == 405
    )


def test_they_stay_those_of_one_position_while_the_model_goes_on(stage: Stage) -> None:
    here, subjects = held_by(stage.model)
    first = next(subjects)
    stage.ecosystem.fill(20)
    for number in range(10, 15):
        stage.ecosystem.archive(number)
    stage.ecosystem.fill(10, first=100)
    stage.catch_up()
    total = sum(int(held.hash, 16) for held in (first, *subjects))
    assert f"{total % 2**256:064x}" == here.digest != stage.model.state.digest


def test_a_model_that_is_complete_is_equal_also_when_it_is_behind(stage: Stage) -> None:
    stage.ecosystem.publish(1, size_class="large")
    status, report = verify(stage.address)
    assert (status, report["equal"], report["position"], report["subjects"]) == (0, True, 24, 20)


def test_what_differs_is_named(stage: Stage) -> None:
    """What was written to the log by hand is what the model has otherwise."""
    with LogTables(stage.engine, View.INTERNAL).hashes() as log:
        other = next(held for held in log.subjects if held.subject.id == organisation_id(1))
    digests = json.dumps({"public": "0" * 64, "internal": "0" * 64})
    with stage.engine.begin() as connection:
        connection.execute(update(log_head).values(digests=digests))
        connection.execute(delete(log_subject).where(log_subject.c.id == organisation_id(2)))
        changed = json.dumps({"public": other.hash, "internal": "1" * 64})
        connection.execute(update(log_subject).where(log_subject.c.id == organisation_id(1)).values(hashes=changed))
    status, report = verify(stage.address)
    found = {one["subject"]["id"]: one["difference"] for one in report["differences"]}
    assert (status, found) == (1, {organisation_id(1): "different", organisation_id(2): "extra"})


def test_a_process_that_does_not_answer_cannot_be_compared(stage: Stage) -> None:
    assert stage.address
    with pytest.raises(Unavailable, match="cannot be compared"):
        verify("http://127.0.0.1:1")
