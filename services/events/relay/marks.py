"""How far all relays together have come."""

from sqlalchemy import Connection, select

from services.events.contracts.position import Position
from services.events.tables import relay_slot


def lowest_mark(connection: Connection, slots: int) -> Position:
    """Up to here Kafka has every entry, by the marks of relays that divide the log into so many slots."""
    rows = connection.execute(select(relay_slot).where(relay_slot.c.slots == slots)).all()
    return min((Position(row.generation, row.position) for row in rows), default=Position(1, 0))
