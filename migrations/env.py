"""Runs the migrations of every service against one database. The address comes from `services.database.migrate`."""

from alembic import context
from sqlalchemy import Connection, text

import services.events.log.tables
import services.events.tables
import services.notifier.tables
import services.registry.tables  # noqa: F401 - the imports fill the metadata that drift is measured against
from services.database import metadata, open_engine

_ADVISORY_LOCK = 6_873_021
"""Any number that nothing else in the database uses: two processes that migrate at once wait for each other."""


def _migrate(connection: Connection) -> None:
    postgresql = connection.dialect.name == "postgresql"
    context.configure(connection, target_metadata=metadata, render_as_batch=not postgresql, compare_server_default=True)
    with context.begin_transaction():
        if postgresql:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        context.run_migrations()


engine = open_engine(context.config.attributes["database_url"])
with engine.connect() as connection:
    _migrate(connection)
engine.dispose()
