"""What commands that share a transaction see of each other, and what they leave when they fail."""

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from services.events.contracts.organisation import Content
from services.events.contracts.vocabulary import ProfileState
from services.problems import Conflict, Problem
from services.registry.commands import ArchiveOrganisation, ChangeOrganisation, RegisterOrganisation
from services.registry.handlers.changes import change_organisation
from services.registry.handlers.lifecycle import archive_organisation
from services.registry.handlers.registration import register_organisation
from services.registry.recording import Outcome
from services.registry.repository import find
from services.registry.tables import organisation
from services.registry.transaction import Transaction
from services.registry.unit import SYSTEM, Unit
from tests.log.checking import check_log
from tests.registry.bodies import company, draft

PUBLISHED = RegisterOrganisation(
    content=Content.model_validate(company()), state=ProfileState.PUBLISHED, check_duplicates=False
)


def _unit(transaction: Transaction) -> Unit:
    return Unit(transaction, 1_790_000_000_000, SYSTEM)


def _patch(unit: Unit, identifier: str, **patch: object) -> Outcome:
    return change_organisation(unit, ChangeOrganisation(id=identifier, patch=patch))


def test_a_command_sees_what_the_one_before_it_stored(engine: Engine) -> None:
    with engine.begin() as connection:
        transaction = Transaction(connection)
        unit = _unit(transaction)
        known = register_organisation(unit, PUBLISHED).organisation.id
        _patch(unit, known, phone="081778080", slug="nouveau")
        second = _patch(unit, known, size_class="large")

        assert unit.organisations.load(known).document == second.document
        assert unit.connection.execute(select(organisation.c.version)).scalar_one() == 3
        assert find(connection, known) == unit.organisations.load(known)
        transaction.flush()

    assert (second.document["phone"], second.document["size_class"], second.version) == ("+3281778080", "large", 3)
    assert [entry.version for entry in check_log(engine)] == [1, 2, 3]


def test_what_was_read_together_is_what_would_be_read_one_by_one(engine: Engine) -> None:
    with engine.begin() as connection:
        transaction = Transaction(connection)
        known = register_organisation(_unit(transaction), PUBLISHED).organisation.id
        transaction.flush()
    with engine.begin() as connection:
        transaction = Transaction(connection)
        transaction.preload([known, "org-aaaaaaaaaaaaaaaa", known])
        assert transaction.organisations.find("org-aaaaaaaaaaaaaaaa") is None
        assert _patch(_unit(transaction), known, size_class="large").version == 2
        transaction.flush()

    check_log(engine)


def test_an_attempt_that_fails_takes_back_its_own_work_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        transaction = Transaction(connection)
        unit = _unit(transaction)
        known = register_organisation(unit, PUBLISHED).organisation.id
        kept = _patch(unit, known, size_class="large")

        def fail() -> None:
            _patch(unit, known, size_class="small")
            archive_organisation(unit, ArchiveOrganisation(id=known))
            register_organisation(unit, RegisterOrganisation(content=Content.model_validate(draft())))
            raise Conflict("It failed after it had written.")

        with pytest.raises(Problem):
            transaction.attempt(fail)
        assert unit.organisations.load(known).document == kept.document
        assert transaction.attempt(lambda: _patch(unit, known, phone="081778080")).version == 3
        transaction.flush()

    with engine.connect() as connection:
        assert connection.execute(select(organisation.c.version)).scalars().all() == [3]
    assert len(check_log(engine)) == 3


@pytest.mark.parametrize(
    ("statement", "changes"),
    [
        ("SELECT count(*) FROM organisation", False),
        ("DELETE FROM organisation", True),
        ("SAVEPOINT here", True),
        ("INSERT INTO registry_secret VALUES ('a', 'b')", True),
    ],
)
def test_the_mark_tells_whether_something_may_have_been_written(
    engine: Engine, statement: str, *, changes: bool
) -> None:
    with engine.connect() as connection:
        transaction = Transaction(connection)
        mark = transaction.mark
        connection.execute(text(statement))
        assert (transaction.mark != mark) is changes


def test_a_transaction_with_a_failed_statement_is_not_committed(engine: Engine) -> None:
    with engine.begin() as connection:
        transaction = Transaction(connection)
        register_organisation(_unit(transaction), PUBLISHED)
        with pytest.raises(DBAPIError):
            connection.execute(text("SELECT * FROM no_such_table"))
        with pytest.raises(RuntimeError, match="went on"):
            transaction.flush()
