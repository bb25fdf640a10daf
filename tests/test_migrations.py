"""The migrations make the tables that the code declares, from nothing and back, on both databases."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

import services.events.log.tables
import services.events.tables
import services.notifier.tables
import services.registry.tables
from services.database import MIGRATIONS, metadata, migrate, migrations_of, open_engine
from tests.events.entries import Ecosystem
from tests.log.checking import check_log


def _differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))


def test_an_empty_database_gets_every_table_as_declared(empty_database_url: str) -> None:
    migrate(empty_database_url)
    engine = open_engine(empty_database_url)

    assert _differences(engine) == []
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_migrating_again_changes_nothing(empty_database_url: str) -> None:
    migrate(empty_database_url)
    engine = open_engine(empty_database_url)
    with engine.connect() as connection:
        before = connection.execute(services.registry.tables.registry_secret.select()).all()

    migrate(empty_database_url)

    with engine.connect() as connection:
        assert connection.execute(services.registry.tables.registry_secret.select()).all() == before
    assert len(before) == 1
    engine.dispose()


def test_a_log_with_entries_goes_back_to_the_schema_before_and_on_again_unchanged(database_url: str) -> None:
    engine = open_engine(database_url)
    ecosystem = Ecosystem(engine)
    ecosystem.publish(1, {"turnover": 5})
    ecosystem.hide(2)
    ecosystem.archive(1)
    ecosystem.publish(3)
    before = check_log(engine)

    command.downgrade(migrations_of(database_url), "events_0001")
    command.upgrade(migrations_of(database_url), "heads")

    assert check_log(engine) == before
    assert _differences(engine) == []
    engine.dispose()


def test_every_service_has_one_branch_with_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    branches = ("events", "registry", "notifier")
    config.set_main_option("version_locations", "\n".join(str(MIGRATIONS / branch) for branch in branches))
    config.set_main_option("path_separator", "newline")
    scripts = ScriptDirectory.from_config(config)

    heads = [scripts.get_revision(head) for head in scripts.get_heads()]

    assert sorted(label for head in heads for label in head.branch_labels) == sorted(branches)
