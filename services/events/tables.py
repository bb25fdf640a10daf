"""Tables of what moves the log: the relay's mark and lease."""

from sqlalchemy import BigInteger, Column, Integer, String, Table

from services.database import metadata

relay = Table(
    "relay",
    metadata,
    Column("name", String(30), primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("position", BigInteger, nullable=False, comment="last position that Kafka acknowledged"),
    Column("owner", String(60), comment="the process that holds the lease"),
    Column("epoch", BigInteger, nullable=False, comment="rises with every new owner"),
    Column("expires_ms", BigInteger, nullable=False),
    comment="How far the log was handed to Kafka, and who does it.",
)
