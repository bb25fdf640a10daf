"""A view that is declared after the log has begun gets its digests from `dwr migrate`, and keeps them from then on."""

import json

import pytest
from sqlalchemy import Engine, select, update

from services.events.contracts.vocabulary import View
from services.events.log.completing import complete_digests
from services.events.log.reading import read_head
from services.events.log.tables import log_head, log_subject
from services.problems import Unavailable
from tests.events.entries import Ecosystem
from tests.log.checking import check_log


@pytest.fixture
def ecosystem(engine: Engine) -> Ecosystem:
    """A log whose public view was never declared, and that has one which is declared no more."""
    made = Ecosystem(engine)
    made.publish(1, {"turnover": 5})
    made.hide(2)
    made.publish(3)
    made.archive(3)
    made.publish(4)
    with engine.begin() as connection:
        for row in connection.execute(select(log_subject).where(log_subject.c.hashes.is_not(None))).all():
            same = log_subject.c.id == row.id
            connection.execute(update(log_subject).where(same).values(hashes=_other(row.hashes)))
        digests = connection.execute(select(log_head.c.digests)).scalar_one()
        connection.execute(update(log_head).values(digests=_other(digests)))
    return made


def _other(stored: str) -> str:
    hashes = json.loads(stored)
    return json.dumps({"bygone": hashes.pop("public"), **hashes})


def test_nothing_is_written_before(ecosystem: Ecosystem) -> None:
    with pytest.raises(Unavailable, match="dwr migrate"):
        ecosystem.publish(9)


def test_its_digest_is_that_of_the_state(ecosystem: Ecosystem) -> None:
    assert complete_digests(ecosystem.engine)
    check_log(ecosystem.engine)
    ecosystem.publish(1)
    ecosystem.archive(4)
    check_log(ecosystem.engine)
    with ecosystem.engine.connect() as connection:
        assert set(read_head(connection).digests) == set(View)
        assert "bygone" not in connection.execute(select(log_head.c.digests)).scalar_one()


def test_a_log_that_has_them_is_left_alone(engine: Engine) -> None:
    Ecosystem(engine).fill(2)
    assert not complete_digests(engine)
