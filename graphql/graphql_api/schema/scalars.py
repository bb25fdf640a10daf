"""Scalars: values that are text in JSON and are read and checked as what they mean."""

from typing import Any, NewType

import strawberry

from services.events.contracts.catalogue import EVENT_TYPES, ORGANISATION
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import NaceVersion
from services.http.json_bodies import check_json
from services.reference.provinces import Province

Day = NewType("Day", str)
Json = NewType("Json", object)
ProvinceCode = NewType("ProvinceCode", str)
NaceVersionCode = NewType("NaceVersionCode", str)
DateTime = NewType("DateTime", str)
EventType = NewType("EventType", str)


def _one_of(kind: type[Province | NaceVersion]) -> Any:
    def read(value: object) -> str:
        try:
            return kind(str(value)).value
        except ValueError:
            raise ValueError(f"{str(value)[:40]!r} is none of {', '.join(kind)}") from None

    return read


def _day(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError('write a day as text: "2026-11-24"')  # noqa: TRY004 - the executor collects ValueError
    return value


def _json(value: object) -> object:
    check_json(value)
    return value


def _position(value: object) -> Position:
    if not isinstance(value, str):
        raise ValueError('write a position as text: "1-57"')  # noqa: TRY004 - the executor collects ValueError
    return Position.parse(value)


_TOLD = tuple(kind for kind in EVENT_TYPES.values() if kind.subject_kind == ORGANISATION)
"""What the API tells: changes of organisations. Entries about the registry itself change nothing that it shows."""


def _event(value: object) -> str:
    for kind in _TOLD:
        if value in {kind.event.value, kind.name}:
            return kind.event.value
    raise ValueError(f"{str(value)[:60]!r} is none of {', '.join(kind.event for kind in _TOLD)}")


SCALARS: dict[object, Any] = {
    Day: strawberry.scalar(name="Date", description="A day, ISO 8601: `2026-11-24`.", parse_value=_day),
    Json: strawberry.scalar(
        name="JSON",
        description="JSON of any form: the content of an organisation, in the form that the registry's API documents.",
        # What stands in the document itself came past no reader of JSON.
        parse_value=_json,
    ),
    Position: strawberry.scalar(
        name="Position",
        description="A position of the registry's log: generation and number, written `1-57`.",
        serialize=str,
        parse_value=_position,
    ),
    # The codes of these two are no names that a GraphQL enum could have.
    ProvinceCode: strawberry.scalar(
        name="ProvinceCode",
        description=f"A province, ISO 3166-2: {', '.join(f'`{code}`' for code in Province)}.",
        serialize=str,
        parse_value=_one_of(Province),
    ),
    NaceVersionCode: strawberry.scalar(
        name="NaceVersion",
        description=f"Version of the activity code: {', '.join(f'`{code}`' for code in NaceVersion)}.",
        serialize=str,
        parse_value=_one_of(NaceVersion),
    ),
    DateTime: strawberry.scalar(
        name="DateTime", description="A time in UTC with milliseconds, ISO 8601: `2026-11-24T09:30:00.000Z`."
    ),
    EventType: strawberry.scalar(
        name="EventType",
        description="Type of an event, as on every outlet of the log: "
        + " ".join(f"`{kind.event}`: {kind.meaning}" for kind in _TOLD)
        + " There may come more.",
        serialize=str,
        parse_value=_event,
    ),
}
