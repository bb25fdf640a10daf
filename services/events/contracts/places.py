"""Where organisations are: addresses with a point and a commune, and establishment units."""

from typing import Annotated

from pydantic import StringConstraints

from services.events.contracts.values import AsciiDigits, Country, Flag, Line, Model, OneLine, Phone, Point, Unique
from services.events.contracts.vocabulary import ActivityKind
from services.reference.identifiers import EstablishmentNumber

NisCode = Annotated[str, StringConstraints(pattern=r"^\d{5}$"), AsciiDigits]
"""Statistical code of a commune (Statbel), five digits. It has validity dates: see `services.reference.communes`."""


class Address(Model):
    """A postal address. In Belgium it names its commune by NIS code; abroad it names the country instead."""

    street: Line | None = None
    house_number: Annotated[str, StringConstraints(max_length=20, min_length=1), OneLine] | None = None
    box: Annotated[str, StringConstraints(max_length=20, min_length=1), OneLine] | None = None
    postal_code: Annotated[str, StringConstraints(max_length=12, min_length=2), OneLine] | None = None
    locality: Line | None = None
    nis_code: NisCode | None = None
    country: Country = "BE"
    point: Point | None = None


class Establishment(Model):
    """An establishment unit (Unité d'établissement): a place where the organisation works."""

    number: EstablishmentNumber | None = None
    name: Line | None = None
    seat: Flag = False
    """Whether this is the organisation's seat."""
    kinds: Annotated[tuple[ActivityKind, ...], Unique] = ()
    """The activities that take place here; empty means all of the organisation's."""
    address: Address
    phone: Phone | None = None
