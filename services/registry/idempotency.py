"""Idempotency keys: the answer to a change is kept in the change's own transaction, and given again to a repeat.

Answers hold private data, so a key belongs to the caller who sent it. A refused request keeps nothing: it may be
repeated with the same key once its cause is mended.
"""

import orjson
from sqlalchemy import delete, insert, select

from services.database import dump_json
from services.registry.answers import Answer
from services.registry.problems import IdempotencyKeyReused
from services.registry.tables import idempotency
from services.registry.unit import Unit

KEPT_MS = 24 * 3_600_000
REPLAYED = "Idempotency-Replayed"


def kept_answer(unit: Unit, subject: str, key: str, request_hash: str) -> Answer | None:
    """The answer that an earlier request with this key got. Raises IdempotencyKeyReused when it was another request."""
    of_caller = (idempotency.c.subject == subject) & (idempotency.c.key == key)
    recent = idempotency.c.created_ms > unit.now_ms - KEPT_MS
    row = unit.connection.execute(select(idempotency).where(of_caller, recent)).one_or_none()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise IdempotencyKeyReused
    return Answer(row.status, row.body.encode(), orjson.loads(row.headers) | {REPLAYED: "true"})


def keep_answer(unit: Unit, subject: str, key: str, request_hash: str, answer: Answer) -> None:
    """Keep the answer for repeats, and drop those that are too old."""
    unit.connection.execute(delete(idempotency).where(idempotency.c.created_ms <= unit.now_ms - KEPT_MS))
    unit.connection.execute(
        insert(idempotency).values(
            subject=subject,
            key=key,
            request_hash=request_hash,
            status=answer.status,
            headers=dump_json(answer.headers),
            body=answer.body.decode(),
            created_ms=unit.now_ms,
        )
    )
