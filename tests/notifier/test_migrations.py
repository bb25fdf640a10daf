"""The migrated tables are those that the code declares."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

import services.notifier.tables  # noqa: F401 - fills the metadata
from services.database import metadata

OWN = {"notifier_mark", "saved_search", "delivery", "delivery_attempt"}


def _is_ours(_object: Any, name: str | None, kind: str, *_rest: Any) -> bool:
    return kind != "table" or name in OWN


def test_the_migrations_make_the_tables_that_the_code_declares(engine: Engine) -> None:
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_object": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
