"""Records that the brokers refuse for good: which, why, and how many at most. What they hold is in the log."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, delete, func, insert, select

from services.database import reading
from services.events.contracts.entries import Entry, Subject
from services.events.contracts.position import Position
from services.events.relay import metrics
from services.events.relay.publisher import PublishingFailed
from services.events.relay.record import Record
from services.events.tables import relay_dead_letter

_LONGEST_REASON = 500

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that could not be published."""

    position: Position
    topic: str
    """`changes`, `internal` or `organisations`."""
    event: str
    event_id: str
    subject: Subject
    bytes: int
    """Size of the record's value."""
    reason: str
    failed_ms: int
    """Milliseconds since 1970, UTC."""

    def __str__(self) -> str:
        return f"{self.position} {self.topic} {self.event} {self.subject} {self.bytes} bytes: {self.reason}"


class DeadLetters:
    """The list of them, in the log's database."""

    def __init__(self, engine: Engine, most: int) -> None:
        self._engine = engine
        self._most = most

    def add(self, record: Record, topic: str, entry: Entry, reason: str) -> None:
        """Set a record aside. Raises PublishingFailed when there are too many already: something else is wrong."""
        row = _row(record, topic, entry, reason)
        with self._engine.begin() as connection:
            connection.execute(delete(relay_dead_letter).where(*_is(entry.position, topic)))
            if _count(connection) >= self._most:
                raise PublishingFailed(
                    f"there are {self._most} dead letters (DWR_RELAY_DEAD_LETTERS), and {topic} {entry.position} would "
                    f"be another ({reason}): see dwr dead-letters, put right what they have in common, and replay them"
                )
            connection.execute(insert(relay_dead_letter).values(**row))
        metrics.DEAD_LETTERS.labels(topic).inc()
        log.error("dead_letter", topic=topic, position=str(entry.position), bytes=row["bytes"], reason=row["reason"])

    def remove(self, letter: DeadLetter) -> None:
        """It was published after all, or is not wanted any more."""
        with self._engine.begin() as connection:
            connection.execute(delete(relay_dead_letter).where(*_is(letter.position, letter.topic)))

    def all(self) -> list[DeadLetter]:
        """Every one, in the order of the log."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(relay_dead_letter).order_by("position", "topic")).all()
        return [_letter(row) for row in rows]


def count_dead_letters(connection: Connection) -> int:
    """How many there are."""
    return _count(connection)


def _count(connection: Connection) -> int:
    count: int = connection.execute(select(func.count()).select_from(relay_dead_letter)).scalar_one()
    return count


def _is(position: Position, topic: str) -> Sequence[Any]:
    return relay_dead_letter.c.position == position.number, relay_dead_letter.c.topic == topic


def _row(record: Record, topic: str, entry: Entry, reason: str) -> dict[str, Any]:
    return {
        "position": entry.position.number,
        "topic": topic,
        "generation": entry.position.generation,
        "event_id": entry.event_id,
        "event": entry.event,
        "subject_kind": entry.subject.kind,
        "subject_id": entry.subject.id,
        "bytes": len(record.value or b""),
        "reason": reason[:_LONGEST_REASON],
        "failed_ms": time.time_ns() // 1_000_000,
    }


def _letter(row: Row[Any]) -> DeadLetter:
    return DeadLetter(
        position=Position(row.generation, row.position),
        topic=row.topic,
        event=row.event,
        event_id=row.event_id,
        subject=Subject(row.subject_kind, row.subject_id),
        bytes=row.bytes,
        reason=row.reason,
        failed_ms=row.failed_ms,
    )
