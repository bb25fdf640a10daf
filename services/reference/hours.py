"""Opening hours in the OpenStreetMap `opening_hours` syntax."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from statistics import median

from opening_hours import (  # type: ignore[attr-defined]  # the stub leaves the exception out
    OpeningHours,
    ParserError,
    State,
)

_REMEDY = (
    "write them as in OpenStreetMap, for example Mo-Fr 09:00-18:00; Sa 10:00-12:00; PH off "
    "(days Mo Tu We Th Fr Sa Su, hours with two digits and a colon)"
)
_WEEKS = 52
_DAY = timedelta(days=1)


def parse_opening_hours(text: str) -> str:
    """The opening hours without surrounding blanks, when they are valid; nothing else about them is changed.

    Raises ValueError that says where reading stopped and what to write instead.
    """
    stripped = text.strip()
    if not stripped:
        raise ValueError(f"there are no opening hours in it; {_REMEDY}, or leave the field out")
    if warnings := _read(stripped).warnings:
        raise ValueError(f"{warnings[0]}; {_REMEDY}")
    return stripped


def hours_per_week(text: str, on: date | None = None) -> float:
    """Hours of opening in an ordinary week: the median of the 52 weeks from the Monday before `on` (today) onward.

    So a summer break or an odd closing day does not count. Hours marked `unknown` are left out, public and school
    holidays are not known here, and a whole day with a comment ("sur rendez-vous") promises no hours unless the text
    says 24/7. ValueError as in `parse_opening_hours`.
    """
    day = on or datetime.now(UTC).date()
    return _hours_per_week(parse_opening_hours(text), day - day.weekday() * _DAY)


@lru_cache(maxsize=4096)
def _hours_per_week(text: str, first_monday: date) -> float:
    hours = _read(text)
    monday = datetime.combine(first_monday, time.min)
    longest = 7 * _DAY if "24/7" in text else _DAY - timedelta(minutes=1)
    return float(median(_open_hours(hours, monday + week * 7 * _DAY, longest) for week in range(_WEEKS)))


def _read(text: str) -> OpeningHours:
    try:
        return OpeningHours(text)
    except ParserError as error:
        place = re.search(r"--> \d+:(\d+)", str(error))
        stopped = f" at place {place[1]}" if place else ""
        raise ValueError(f"these opening hours cannot be read{stopped}; {_REMEDY}") from error


def _open_hours(hours: OpeningHours, monday: datetime, longest_with_comment: timedelta) -> float:
    return sum(
        (end - begin) / timedelta(hours=1)
        for begin, end, state, comment in hours.intervals(monday, monday + 7 * _DAY)
        if state == State.OPEN and (not comment or end - begin <= longest_with_comment)
    )
