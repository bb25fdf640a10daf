"""What an attempt means for its delivery, for the next attempt, and for the saved search."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog
from sqlalchemy import Connection, insert, update

from services.notifier.deliveries import Delivery
from services.notifier.searches import SavedSearch, discard_outstanding, find_search, update_search
from services.notifier.sending import Answer
from services.notifier.tables import delivery, delivery_attempt, saved_search
from services.notifier.vocabulary import DeliveryState, DisabledReason, SearchState

log = structlog.get_logger(__name__)

_GONE = 410
_UNWELL = frozenset({429, 502, 503, 504})
"""Answers about the receiver and not about the message: `Retry-After` counts, and other messages wait too."""
_LONGEST_HOLD_SECONDS = 60.0
"""How long a receiver without `Retry-After` is left alone: the next message may find it well again."""
_JITTER = 0.1
"""Share by which waits are longer or shorter, so that what failed together is not tried again together."""


@dataclass(frozen=True, slots=True)
class _Verdict:
    state: DeliveryState
    next_ms: int | None = None
    disable: DisabledReason | None = None


def record(
    connection: Connection, sent: Delivery, at_ms: int, answer: Answer, schedule: Sequence[float]
) -> DeliveryState | None:
    """Write down an attempt at `at_ms` and what follows from it; none when the search was deleted meanwhile."""
    search = find_search(connection, sent.search_id, lock=True)
    tries = None if search is None else _count(connection, sent.id, at_ms, answer)
    if search is None or tries is None:
        return None
    verdict = _verdict(search, tries, at_ms + answer.milliseconds, answer, schedule)
    settled = update(delivery).where(delivery.c.id == sent.id)
    connection.execute(settled.values(state=verdict.state, next_ms=verdict.next_ms))
    if verdict.disable is not None:
        _disable(connection, search, verdict.disable)
    elif verdict.next_ms is not None and _is_unwell(answer):
        _hold(connection, search.id, at_ms + answer.milliseconds, verdict.next_ms, answer)
    return verdict.state


def _count(connection: Connection, delivery_id: str, at_ms: int, answer: Answer) -> int | None:
    counted = update(delivery).where(delivery.c.id == delivery_id)
    one_more = counted.values(tries=delivery.c.tries + 1, attempts=delivery.c.attempts + 1)
    row = connection.execute(one_more.returning(delivery.c.tries, delivery.c.attempts)).one_or_none()
    if row is None:
        return None
    connection.execute(
        insert(delivery_attempt).values(
            delivery_id=delivery_id,
            number=row.attempts,
            at_ms=at_ms,
            milliseconds=answer.milliseconds,
            status=answer.status,
            response=answer.response,
            error=answer.error,
        )
    )
    return int(row.tries)


def _verdict(search: SavedSearch, tries: int, now_ms: int, answer: Answer, schedule: Sequence[float]) -> _Verdict:
    if answer.succeeded:
        return _Verdict(DeliveryState.DELIVERED)
    if answer.status == _GONE:
        return _Verdict(DeliveryState.DISCARDED, disable=DisabledReason.GONE)
    if search.state is not SearchState.ACTIVE:
        return _Verdict(DeliveryState.DISCARDED)
    if tries >= len(schedule):
        return _Verdict(DeliveryState.EXHAUSTED, disable=DisabledReason.EXHAUSTED)
    wait = schedule[tries] * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - nothing secret about it
    if answer.status in _UNWELL:
        wait = max(wait, answer.retry_after_seconds)
    return _Verdict(DeliveryState.FAILED, next_ms=now_ms + round(wait * 1000))


def _is_unwell(answer: Answer) -> bool:
    return answer.status is None or answer.status in _UNWELL


def _hold(connection: Connection, search_id: str, now_ms: int, next_ms: int, answer: Answer) -> None:
    longest = max(_LONGEST_HOLD_SECONDS, answer.retry_after_seconds)
    until = min(next_ms, now_ms + round(longest * 1000))
    connection.execute(update(saved_search).where(saved_search.c.id == search_id).values(held_until_ms=until))


def _disable(connection: Connection, search: SavedSearch, reason: DisabledReason) -> None:
    if search.state is SearchState.ACTIVE:
        stopped = replace(search, state=SearchState.DISABLED, reason=reason.value, version=search.version + 1)
        update_search(connection, stopped)
        discard_outstanding(connection, search.id)
        log.warning("search_disabled", search=search.id, reason=reason.name.lower())
