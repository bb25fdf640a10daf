"""A register number belongs to one organisation."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column, Connection, select

from services.events.contracts.organisation import Organisation
from services.problems import FieldError
from services.registry.names import hides_person
from services.registry.problems import NumberTaken
from services.registry.repository import find
from services.registry.tables import enterprise_number, establishment_number


def check_numbers(connection: Connection, claimant: Organisation) -> None:
    """Raise NumberTaken when another organisation has one of the numbers; it is named when it shows that number."""
    enterprises = [
        (f"/enterprise_numbers/{index}", number.digits) for index, number in enumerate(claimant.enterprise_numbers)
    ]
    establishments = [
        (f"/establishments/{index}/number", place.number.digits)
        for index, place in enumerate(claimant.establishments)
        if place.number
    ]
    taken = [
        *_taken(connection, enterprise_number.c.number, enterprises, claimant.id),
        *_taken(connection, establishment_number.c.number, establishments, claimant.id),
    ]
    if taken:
        errors = [FieldError(pointer, "taken", "Another organisation has this number.") for pointer, _ in taken]
        raise NumberTaken(errors, _holder(connection, taken[0][1]))


def _taken(
    connection: Connection, column: Column[str], numbers: Iterable[tuple[str, str]], own: str
) -> Iterator[tuple[str, str]]:
    """Pointer and holder of each number that is another organisation's."""
    wanted = dict(numbers)
    if not wanted:
        return
    holder = column.table.c.organisation_id
    rows = connection.execute(select(column, holder).where(column.in_(wanted.values()), holder != own))
    holders = {row[0]: row[1] for row in rows}
    for pointer, number in wanted.items():
        if number in holders:
            yield pointer, holders[number]


def _holder(connection: Connection, identifier: str) -> dict[str, Any] | None:
    """Id, slug and title of an organisation whose numbers everybody may see; none of any other."""
    found = find(connection, identifier)
    public = found.organisation.public() if found else None
    if found is None or public is None or hides_person(found.organisation):
        return None
    return {"id": public.id, "slug": public.slug, "title": public.title.model_dump(exclude_none=True)}
