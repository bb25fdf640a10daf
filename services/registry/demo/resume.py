"""Going on where an interrupted load stopped: the demo is the same each time, so what is there is compared with it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import orjson
from sqlalchemy import Connection, Engine, select

from services.events.contracts.entries import Json
from services.events.log.reading import entries_after
from services.registry.demo.lives import Life
from services.registry.tables import organisation


def day_begun(engine: Engine) -> date | None:
    """The day of the log's first entry, which an unfinished demo was made for; None while there is none."""
    with engine.connect() as connection:
        first = entries_after(connection, 0, 1)
    return datetime.fromtimestamp(first[0].published_ms / 1000, UTC).date() if first else None


def skip_loaded(engine: Engine, batches: Iterator[list[Life]], position: int) -> int | None:
    """Take those of the batches that the registry has, up to where its log stands.

    Gives back how many organisations they have; None when the registry has anything else.
    """
    steps = done = 0
    with engine.connect() as connection:
        while steps < position:
            batch = next(batches, [])
            wanted = {step.document["id"]: step.document for life in batch for step in life}
            if not wanted or _stored(connection, list(wanted)) != wanted:
                return None
            steps, done = steps + sum(map(len, batch)), done + len(wanted)
    return done if steps == position else None


def _stored(connection: Connection, identifiers: Sequence[str]) -> dict[str, Json]:
    found = select(organisation.c.id, organisation.c.document).where(organisation.c.id.in_(identifiers))
    return {row.id: orjson.loads(row.document) for row in connection.execute(found)}
