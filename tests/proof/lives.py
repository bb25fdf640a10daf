"""The lives that organisations lead in the proof, as the requests that make them."""

import random
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from tests.acceptance import examples

_LETTERS = "bcdfghjklmnpqrstvwxz"
_LIEGE = {"postal_code": "4000", "locality": "Liège", "nis_code": "62063", "street": "Place Saint-Lambert"}
_NAMUR = "92094"
FOLLOWED = {"kinds": ["coworking"], "provinces": ["BE-WNA"]}
"""Criteria of the saved search: the organisations of some writers meet them when they are public."""


@dataclass(frozen=True, slots=True)
class Request:
    """A write that is to be made."""

    method: str
    path: str
    content: Any = None
    version: int | None = None
    """What `If-Match` names."""
    moderator: bool = False
    refused: bool = False
    """Whether it is wrong, and must be refused."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was acknowledged."""

    id: str
    version: int


Life = Generator[Request, Made, None]


def life(draw: random.Random, *, followed: bool) -> Life:
    """Register, publish mostly, change often, wrongly at times, archive in the end or leave it as it is."""
    made = yield Request("POST", "", _document(draw, followed=followed))
    if draw.random() < _PUBLISHED:
        made = yield Request("POST", f"/{made.id}/submit", version=made.version)
        made = yield Request("POST", f"/{made.id}/publish", version=made.version, moderator=True)
    for _ in range(draw.randrange(3, 25)):
        if draw.random() < _WRONG:
            yield Request("PATCH", f"/{made.id}", {"slug": "x"}, version=made.version + 1_000, refused=True)
        made = yield Request("PATCH", f"/{made.id}", _change(draw), version=made.version)
    if draw.random() < _ARCHIVED:
        yield Request("POST", f"/{made.id}/archive", version=made.version)


_PUBLISHED, _ARCHIVED, _WRONG = 0.85, 0.4, 0.04


def is_followed(document: dict[str, Any]) -> bool:
    """Whether a public document meets the criteria of the saved search."""
    return any(place["address"]["nis_code"] == _NAMUR for place in document["establishments"])


def _document(draw: random.Random, *, followed: bool) -> dict[str, Any]:
    # No two names are alike: what is refused as a duplicate would prove nothing here.
    document = examples.coworking("".join(draw.choices(_LETTERS, k=24)))
    if not followed:
        document["establishments"][0]["address"] |= _LIEGE | {"point": {"longitude": 5.5736, "latitude": 50.6452}}
    return document


def _change(draw: random.Random) -> dict[str, Any]:
    text = f"Espace de coworking {''.join(draw.choices(_LETTERS, k=12))}."
    return {"short_description": {"fr": text}, "profiles": {"coworking": {"desks": draw.randrange(1, 500)}}}
