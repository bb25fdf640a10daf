"""What was published, and what may follow it: the rules by which contracts go on.

An *edition* is a schema's shape as it was published once. Editions are only ever added, so that a build sees an
incompatible change also where the published schema was replaced by hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from services.events.contracts.compatibility import breaks, shape
from services.events.contracts.entries import Json
from services.events.contracts.majors import Catalogue
from services.events.contracts.schemas import schema_name

LEAST_DAYS_SIDE_BY_SIDE = 180
"""How long an older major version is told from the day on which its end is published, at least."""


def index(catalogue: Catalogue) -> list[Json]:
    """Every published type with its major version, and until when that is told."""
    return [
        {
            "type": type_.name,
            "event": type_.event.value,
            "major": type_.major,
            "subject_kind": type_.subject_kind,
            "until": type_.until.isoformat() if type_.until else None,
            "schema": f"schemas/{schema_name(type_)}",
        }
        for type_ in catalogue.types
    ]


def with_edition(editions: Sequence[Json], schema: Json) -> list[Json]:
    """The editions with that of the schema, where it is a new one."""
    newest = shape(schema)
    return [*editions] if editions and editions[-1] == newest else [*editions, newest]


def broken_line(name: str, editions: Sequence[Json]) -> Iterator[str]:
    """Each incompatible difference between an edition and the next one."""
    for number, (before, after) in enumerate(pairwise(editions), 1):
        yield from (f"{name}, edition {number + 1}: {sentence}" for sentence in breaks(before, after))


def broken_promises(before: Sequence[Json], after: Sequence[Json], today: date) -> Iterator[str]:
    """Each published type that is given up, or is to be, earlier than was said."""
    known: Mapping[str, Json] = {one["type"]: one for one in after}
    for one in before:
        name, until = one["type"], _day(one["until"])
        later = known.get(name)
        if later is None and (until is None or today <= until):
            yield f"{name} is not published any more; it is told {f'until {until}' if until else 'without an end'}"
        elif later is not None:
            yield from _new_end(name, until, _day(later["until"]), today)


def _new_end(name: str, until: date | None, later: date | None, today: date) -> Iterator[str]:
    if until is not None and later is not None and later < until:
        yield f"{name} was to be told until {until}, and not until {later}"
    earliest = today + timedelta(days=LEAST_DAYS_SIDE_BY_SIDE)
    if until is None and later is not None and later < earliest:
        yield f"{name} ends on {later}, which is too soon: the earliest day is {earliest}"


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
