"""Loading the demo: what is in the registry and the log afterwards is what commands one by one would have written."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Engine, select, update

from services.database import open_engine
from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Json
from services.events.contracts.organisation import Organisation
from services.events.contracts.vocabulary import Origin
from services.events.log.append import system_clock
from services.events.log.reading import current_state, entries_after, read_head
from services.events.log.tables import log_entry, log_head, log_subject
from services.registry.bulk import Step, store_new
from services.registry.checks import check
from services.registry.demo import load
from services.registry.demo.ecosystem import generate, generate_lives
from services.registry.demo.figures import statistics
from services.registry.demo.load import RegistryNotEmpty, load_demo
from services.registry.duplicates import likely_duplicates
from services.registry.recording import record
from services.registry.repository import Stored
from services.registry.tables import enterprise_number, establishment_number, name_key, organisation, slug_redirect
from services.registry.transaction import Transaction
from services.registry.unit import SYSTEM, Unit

ON = date(2026, 11, 24)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, _sqlite_template: Path) -> Iterator[Engine]:
    """A registry with the whole default demo."""
    engine = _another(tmp_path_factory.mktemp("demo"), _sqlite_template)
    load_demo(engine, on=ON)
    yield engine
    engine.dispose()


@pytest.fixture
def other(tmp_path: Path, _sqlite_template: Path) -> Iterator[Engine]:
    """A second registry, to compare with."""
    engine = _another(tmp_path, _sqlite_template)
    yield engine
    engine.dispose()


def _another(folder: Path, template: Path) -> Engine:
    return open_engine(f"sqlite:///{shutil.copy(template, folder / 'another.sqlite')}")


class TestTheDefaultDemo:
    def test_the_registry_holds_what_was_generated(self, loaded: Engine) -> None:
        assert _stored(loaded) == {document["id"]: document for document in generate(on=ON)}

    def test_the_papers_figures_are_recomputed_from_the_registry(self, loaded: Engine) -> None:
        found = statistics(_stored(loaded).values())
        assert (found["companies"], found["large"], found["very_large"]) == (3_509, 48, 6)
        assert round(found["exporters_percent"]) == 42

    def test_every_organisation_passes_the_ordinary_checks(self, loaded: Engine) -> None:
        everything = list(_organisations(loaded))
        with loaded.begin() as connection:
            unit = Unit(Transaction(connection), system_clock(), SYSTEM)
            for stored in everything:
                check(unit, None, stored)

    def test_hardly_any_organisation_looks_like_another_one(self, loaded: Engine) -> None:
        sample = list(islice(_organisations(loaded), None, None, 5))
        with loaded.connect() as connection:
            found = {stored: likely_duplicates(connection, stored, 0.15, see_hidden=True) for stored in sample}
        others = [
            candidate
            for stored, candidates in found.items()
            for candidate in candidates
            if candidate.id not in {stored.id, stored.merged_into}
        ]
        assert len(others) <= len(sample) / 500

    def test_the_log_has_every_step_once_and_without_gap(self, loaded: Engine) -> None:
        with loaded.connect() as connection:
            entries = entries_after(connection, 0, 100_000)
        steps = [step for life in generate_lives(None, 2015, ON) for step in life]
        assert [entry.position.number for entry in entries] == list(range(1, len(steps) + 1))
        assert [(entry.subject.id, entry.event) for entry in entries] == [
            (step.document["id"], step.event) for step in steps
        ]
        assert {entry.origin for entry in entries} == {Origin.DEMO}

    def test_a_merge_is_the_cause_of_what_the_other_organisation_took_over(self, loaded: Engine) -> None:
        with loaded.connect() as connection:
            entries = entries_after(connection, 0, 100_000)
        caused = {entry.causation_id: entry.subject.id for entry in entries if entry.causation_id}
        merged = {entry.event_id: entry.redirect for entry in entries if entry.event == Event.MERGED}
        assert caused == merged != {}

    def test_no_private_value_is_in_the_log(self, loaded: Engine) -> None:
        with loaded.connect() as connection:
            text = "".join(f"{row}" for row in connection.execute(select(log_entry)))
        for private in ("contact@", "platform_contact", "headcount", "occupancy_percent", "natural_person"):
            assert private not in text

    def test_hidden_persons_are_in_the_registry_and_not_in_the_public_state(self, loaded: Engine) -> None:
        hidden = {stored.id for stored in _organisations(loaded) if stored.public() is None}
        with loaded.connect() as connection:
            shown = {current.subject.id for current in current_state(connection)}
        assert hidden
        assert hidden.isdisjoint(shown)
        assert hidden | shown == set(_stored(loaded))

    def test_it_is_refused_in_a_registry_that_is_not_empty_and_nothing_is_written(self, loaded: Engine) -> None:
        before = _rows(loaded)
        with pytest.raises(RegistryNotEmpty, match="5120 organisations"):
            load_demo(loaded, 10)
        assert _rows(loaded) == before


def test_bulk_storing_writes_the_rows_that_commands_one_by_one_would(engine: Engine, other: Engine) -> None:
    steps = [step for life in generate_lives(400, 3, ON) for step in life]
    with engine.begin() as connection:
        transaction = Transaction(connection)
        stored = store_new(Unit(transaction, 0, SYSTEM), steps)
        transaction.flush()
    assert stored == 400
    _replay(other, steps)
    assert _rows(engine) == _rows(other)


class TestAnInterruptedLoad:
    def test_it_goes_on_later_with_the_day_on_which_it_began(self, engine: Engine, other: Engine) -> None:
        _interrupted(engine, 2_300, ON)
        midday = int(datetime(ON.year, ON.month, ON.day, 12, tzinfo=UTC).timestamp() * 1000)
        with engine.begin() as connection:
            connection.execute(update(log_entry).values(published_ms=midday))
        told: list[int] = []
        assert load_demo(engine, 2_300, progress=lambda done, _total: told.append(done)) == 2_300
        assert told == [load.BATCH, 2 * load.BATCH, 2_300]
        load_demo(other, 2_300, on=ON)
        assert _rows(engine) == _rows(other)

    def test_it_does_not_go_on_with_another_demo(self, engine: Engine) -> None:
        _interrupted(engine, 2_300, ON)
        before = _rows(engine)
        for organisations, seed, day in ((2_300, 3, ON), (2_000, 2015, ON), (2_300, 2015, ON + timedelta(days=1))):
            with pytest.raises(RegistryNotEmpty, match="has 1000 organisations"):
                load_demo(engine, organisations, seed, on=day)
        assert _rows(engine) == before

    def test_it_does_not_go_on_where_something_else_was_written(self, engine: Engine) -> None:
        _interrupted(engine, 2_300, ON)
        with engine.begin() as connection:
            unit = Unit(Transaction(connection), system_clock(), SYSTEM)
            other = next(generate_lives(10, 3, ON))[0]
            document = {**other.document, "enterprise_numbers": [], "establishments": []}
            store_new(unit, [Step(other.event, document)])
            unit.transaction.flush()
        with pytest.raises(RegistryNotEmpty, match="has 1001 organisations"):
            load_demo(engine, 2_300, on=ON)


def _interrupted(engine: Engine, organisations: int, on: date) -> None:
    """A load that ended after its first batch."""

    def interrupt(done: int, _total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_demo(engine, organisations, progress=interrupt, on=on)


def test_progress_is_told_after_each_batch_and_ends_at_the_total(engine: Engine) -> None:
    told: list[tuple[int, int]] = []
    assert load_demo(engine, 2_300, progress=lambda done, total: told.append((done, total)), on=ON) == 2_300
    assert told[0] == (0, 2_300)
    assert told[-1] == (2_300, 2_300)
    assert len(told) == 2 + 2_300 // load.BATCH
    assert told == sorted(told)


def test_a_number_out_of_range_is_refused_and_nothing_is_written(engine: Engine) -> None:
    with pytest.raises(ValueError, match="from 1 to"):
        load_demo(engine, 2_000_000)
    with engine.connect() as connection:
        assert read_head(connection).position.number == 0


def _stored(engine: Engine) -> dict[str, Json]:
    with engine.connect() as connection:
        rows = connection.execute(select(organisation.c.id, organisation.c.document))
        return {row.id: orjson.loads(row.document) for row in rows}


def _organisations(engine: Engine) -> Iterator[Organisation]:
    return (Organisation.model_validate(document) for document in _stored(engine).values())


def _replay(engine: Engine, steps: list[Step]) -> None:
    """The steps as commands record them."""
    with engine.begin() as connection:
        unit = Unit(Transaction(connection), 0, SYSTEM)
        known: dict[str, Stored] = {}
        for step in steps:
            after = Organisation.model_validate(step.document)
            outcome = record(unit, step.event, known.get(after.id), after, redirect=step.redirect)
            known[after.id] = Stored(outcome.document, outcome.version)
        unit.transaction.flush()


_ONCE_ONLY = {"event_id", "causation_id", "published_ms"}
"""What differs between two runs that write the same; causes are looked at by themselves."""


def _rows(engine: Engine) -> dict[str, list[str]]:
    tables = (
        *(organisation, enterprise_number, establishment_number, slug_redirect, name_key),
        *(log_entry, log_head, log_subject),
    )
    with engine.connect() as connection:
        return {
            table.name: sorted(
                str({name: value for name, value in row._mapping.items() if name not in _ONCE_ONLY})  # noqa: SLF001
                for row in connection.execute(select(table))
            )
            for table in tables
        }
