"""The organisations that generated queries ask for: few, closely linked, and some with every member filled in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

from graphql_api.read_model.defaults import inner_type
from graphql_api.read_model.model import ReadModel
from services.events.contracts.entries import Current, Json
from services.events.contracts.organisation import PublicOrganisation, RestrictedPart
from services.events.contracts.position import Position
from services.events.contracts.values import Model
from services.events.following.protocol import Snapshot
from tests.graphql_api.documents import identifier, organisation

COUNT = 48
_PUBLISHED_MS = 1_760_000_000_000
_ONE_FULL_OF = 2
"""One of so many is filled in: where all are, nothing is ever null."""

_VALUES: Mapping[type, Any] = {bool: True, int: 7, float: 12.5, date: "2024-02-29"}
_PLACES: Mapping[str, Any] = {
    "country": "BE",
    "currency": "EUR",
    "email": "contact@example.org",
    "enterprise_numbers": [],
    "evidence": "https://example.org/evidence",
    "logo": "https://example.org/logo.png",
    "nis_code": "92094",
    "number": "2000000339",
    "opening_hours": "Mo-Fr 09:00-17:00",
    "phone": "+3281000000",
    "postal_code": "5000",
    "working_languages": ["fr", "en"],
}
"""Members whose values have a form that is read when they are shown or indexed."""


def model() -> ReadModel:
    """A read model of them, as at the same moment each time."""
    made = ReadModel()
    made.load(Snapshot(Position(1, COUNT), _PUBLISHED_MS, None, (member(number) for number in range(COUNT))))
    return made


@cache
def member(number: int, seed: int = 1) -> Current:
    """One of them; another seed gives the same organisation as it might be after changes."""
    made = organisation(number, seed)
    if (number + seed) % _ONE_FULL_OF:
        return made
    links = {
        "former_slugs": [f"former-{number}"],
        "merged_from": [identifier(1_000 + number)],
        "relations": _relations(number),
        "state": "published",
    }
    document = _filled(PublicOrganisation, made.document | links)
    return replace(made, document=document, restricted=_filled(RestrictedPart, made.restricted or {}))


def _relations(number: int) -> list[Json]:
    return [
        {"kind": "partner", "target": identifier((number + 3) % COUNT), "since": 2019},
        {"kind": "investor", "target": identifier((number + 8) % COUNT), "until": 2025},
        {"kind": "founder", "target_name": "Université imaginaire"},
    ]


def _filled(kind: type[Model], given: Json) -> Json:
    """The part of a document with each member that it lacks."""
    found = dict(given)
    for name, field in kind.model_fields.items():
        inner, levels = inner_type(field.annotation)
        if isinstance(inner, type) and issubclass(inner, Model) and found.get(name):
            parts = found[name]
            found[name] = [_filled(inner, part) for part in parts] if levels else _filled(inner, parts)
        elif name not in found:
            found[name] = _PLACES[name] if name in _PLACES else _made(inner, levels, name)
    return found


def _made(kind: Any, levels: int, name: str) -> Any:
    if levels:
        return [_made(kind, levels - 1, name)]
    if isinstance(kind, type) and issubclass(kind, Model):
        return _filled(kind, {})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    if kind is float and len(name) % 2:
        return 12  # JSON does not always write a fraction where one may be
    return _VALUES.get(kind, f"{name} 1")
