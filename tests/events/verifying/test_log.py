"""The tables of the log and of the registry are compared with one another."""

from datetime import date
from pathlib import Path

import orjson
import pytest
from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, insert, select, update

from services.events.contracts.vocabulary import View
from services.events.log.cutting import cut_before
from services.events.log.hashes import stored_hashes
from services.events.log.tables import log_entry, log_head, log_subject
from services.registry.tables import organisation
from tests.events.entries import Ecosystem, document, organisation_id
from tests.events.verifying.conftest import Verify
from tests.events.verifying.test_copies import named

HASHES, DOCUMENTS, REGISTRY = "the hashes of log_subject", "the documents of log_entry", "the table organisation"


@pytest.fixture
def log(ecosystem: Ecosystem) -> Ecosystem:
    """A log and the registry's table, which has a private part that the log has not."""
    for number in range(1, 6):
        entry = ecosystem.publish(number)
        with ecosystem.engine.begin() as connection:
            store(connection, number, entry.version)
    return ecosystem


def store(connection: Connection, number: int, version: int) -> None:
    whole = document(number) | {"private": {"natural_person": False}}
    row = {"id": organisation_id(number), "version": version, "state": "published", "slug": whole["slug"]}
    day, content = date(2026, 11, 24), orjson.dumps(whole).decode()
    connection.execute(insert(organisation).values(**row, validated_on=day, document=content))


@pytest.mark.usefixtures("log")
def test_each_table_has_the_digest_of_each_view(verify: Verify) -> None:
    status, reports = verify("log")
    assert status == 0
    assert [(report["view"], report["compared"]) for report in reports] == [
        (view, name) for view in View for name in (HASHES, DOCUMENTS, REGISTRY)
    ]
    assert {report["subjects"] for report in reports} == {5}


def found(verify: Verify) -> dict[str, dict[str, str]]:
    """What differs in the public view, by table."""
    status, reports = verify("log")
    assert status == 1
    return {
        report["compared"]: named(report) for report in reports if report["view"] == "public" and not report["equal"]
    }


def change(connection: Connection, table: Table, row: ColumnElement[bool]) -> None:
    stored = orjson.loads(connection.execute(select(table.c.document).where(row)).scalar_one())
    connection.execute(update(table).where(row).values(document=orjson.dumps(stored | {"slug": "x"}).decode()))


@pytest.mark.usefixtures("log")
def test_a_document_that_was_changed_by_hand_is_named(engine: Engine, verify: Verify) -> None:
    with engine.begin() as connection:
        change(connection, log_entry, log_entry.c.position == 2)
        change(connection, organisation, organisation.c.id == organisation_id(1))
        connection.execute(delete(organisation).where(organisation.c.id == organisation_id(4)))
    assert found(verify) == {
        DOCUMENTS: {organisation_id(2): "different"},
        REGISTRY: {organisation_id(4): "missing", organisation_id(1): "different"},
    }


@pytest.mark.usefixtures("log")
def test_a_digest_that_was_changed_by_hand_is_told(engine: Engine, verify: Verify) -> None:
    with engine.begin() as connection:
        connection.execute(update(log_head).values(digests=stored_hashes(dict.fromkeys(View, "1" * 64))))
    assert set(found(verify)) == {HASHES, DOCUMENTS, REGISTRY}
    _, reports = verify("log")
    assert "The log's own hashes" in reports[0]["remarks"][0]


@pytest.mark.usefixtures("log")
def test_a_missing_hash_and_a_missing_entry_are_told(engine: Engine, verify: Verify) -> None:
    with engine.begin() as connection:
        connection.execute(delete(log_entry).where(log_entry.c.position == 3))
        connection.execute(update(log_subject).where(log_subject.c.id == organisation_id(5)).values(hashes=None))
    assert found(verify)[DOCUMENTS] == {organisation_id(3): "missing", organisation_id(5): "extra"}
    _, reports = verify("log")
    assert reports[2]["remarks"][-1] == "1 positions of the log have no entry."


def test_a_log_that_was_cut_is_whole(log: Ecosystem, engine: Engine, verify: Verify) -> None:
    log.publish(1)
    with engine.begin() as connection:
        connection.execute(update(organisation).where(organisation.c.id == organisation_id(1)).values(version=2))
    cut_before(engine, 4)
    assert verify("log")[0] == 0


@pytest.mark.usefixtures("log")
def test_the_results_are_written_as_metrics(engine: Engine, verify: Verify, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(delete(organisation).where(organisation.c.id == organisation_id(4)))
    file = tmp_path / "verify.prom"
    assert verify("log", "--metrics", file)[0] == 1
    lines = file.read_text().splitlines()
    assert 'dwr_verify_equal{compared="the hashes of log_subject",view="public"} 1.0' in lines
    assert 'dwr_verify_equal{compared="the table organisation",view="public"} 0.0' in lines
    assert 'dwr_verify_differing{compared="the table organisation",view="internal"} 1.0' in lines
    assert 'dwr_verify_position{compared="the table organisation",view="internal"} 5.0' in lines
