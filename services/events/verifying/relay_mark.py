"""Up to where the topics have the log: what they are compared at."""

from sqlalchemy import Engine, select

from services.database import reading
from services.events.contracts.position import Position
from services.events.following.protocol import SourceUnavailable
from services.events.tables import relay_slot


def relay_mark(engine: Engine) -> Position:
    """The lowest mark of all slots: every entry up to it was acknowledged by the brokers.

    Raises SourceUnavailable where no relay has begun.
    """
    with reading(engine) as connection:
        rows = connection.execute(select(relay_slot.c.generation, relay_slot.c.position)).all()
    if not rows:
        raise SourceUnavailable("no relay has published anything yet: run dwr relay, or dwr up with brokers")
    return min(Position(row.generation, row.position) for row in rows)
