"""What the relay's tables say."""

from sqlalchemy import Engine, func, select

from services.events.tables import relay_slot


def mark(engine: Engine) -> int:
    """Up to here Kafka has every entry; 0 while nobody has begun."""
    with engine.connect() as connection:
        return connection.execute(select(func.min(relay_slot.c.position))).scalar() or 0


def owners(engine: Engine) -> list[str | None]:
    """Who has each slot."""
    with engine.connect() as connection:
        return list(connection.execute(select(relay_slot.c.owner).order_by("slots", "slot")).scalars())
