"""Profiles that nobody confirmed for too long: a job for the calendar."""

import calendar
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from services.events.contracts.vocabulary import ProfileState
from services.registry.commands import MarkStale
from services.registry.handlers.lifecycle import mark_stale
from services.registry.recording import new_id
from services.registry.tables import organisation
from services.registry.unit import SYSTEM, Unit
from services.registry.writer import Writer

_AT_ONCE = 100
"""Profiles in one transaction: other writers wait for it."""


def mark_stale_profiles(writer: Writer, months: int) -> int:
    """Mark every published profile that was last validated more than `months` months ago; how many there were.

    Their events have the same correlation id, that of the run.
    """
    if months < 1:
        raise ValueError("a profile is true for one month at least")
    author = replace(SYSTEM, correlation_id=new_id("staleness"))
    marked = 0
    while some := writer.run_blocking(lambda unit: _mark_some(unit, months), author):
        marked += some
    return marked


def _mark_some(unit: Unit, months: int) -> int:
    due = (
        select(organisation.c.id)
        .where(organisation.c.state == ProfileState.PUBLISHED.value)
        .where(organisation.c.validated_on < months_before(unit.today, months))
        .order_by(organisation.c.validated_on)
        .limit(_AT_ONCE)
    )
    identifiers = list(unit.connection.execute(due).scalars())
    for identifier in identifiers:
        mark_stale(unit, MarkStale(id=identifier))
    return len(identifiers)


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, or the last one that month has."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, calendar.monthrange(years, month + 1)[1]))
