"""Slugs: the readable name in addresses. Nobody gets one that another organisation has, or ever had."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import count

from sqlalchemy import Connection, select

from services.events.contracts.texts import Title
from services.events.contracts.vocabulary import Language
from services.registry.problems import SlugTaken
from services.registry.repository import id_of_slug
from services.registry.tables import organisation, slug_redirect

_LONGEST = 80
_ROOM_FOR_NUMBER = 8
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LIKE_AN_ID = re.compile(r"org-[a-z2-7]{16}")
_FALLBACK = "organisation"
"""For titles without a Latin letter or digit."""


def looks_like_id(text: str) -> bool:
    """Whether the text has the form of an organisation's id, which no slug may have."""
    return _LIKE_AN_ID.fullmatch(text) is not None


def looks_like_slug(text: str) -> bool:
    """Whether an organisation could have this slug."""
    return _SLUG.fullmatch(text) is not None


def slug_from(title: Title) -> str:
    """The slug that a title gives, French first: `Café Numérique` becomes `cafe-numerique`."""
    _, text = title.best(Language.FR)
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    slug = re.sub(r"[^a-z0-9]+", "-", letters)[: _LONGEST - _ROOM_FOR_NUMBER].strip("-")
    return f"{_FALLBACK}-{slug}" if looks_like_id(slug) else slug or _FALLBACK


def free_slug(connection: Connection, title: Title) -> str:
    """The title's slug, with `-2`, `-3` ... behind it while it is taken."""
    base = slug_from(title)
    for candidates in _in_portions(base):
        taken = _taken(connection, candidates)
        for candidate in candidates:
            if candidate not in taken:
                return candidate
    raise AssertionError("the candidates have no end")


def check_slug(connection: Connection, slug: str, organisation_id: str | None) -> None:
    """Raises SlugTaken when the slug is, or was, another organisation's; one's own former slug may be taken again."""
    holder = id_of_slug(connection, slug)
    if looks_like_id(slug) or (holder is not None and holder != organisation_id):
        raise SlugTaken(slug)


def _in_portions(base: str) -> Iterator[list[str]]:
    yield [base]
    start = 2
    for size in (10 ** min(power, 4) for power in count(1)):
        yield [f"{base}-{number}" for number in range(start, start + size)]
        start += size


def _taken(connection: Connection, candidates: list[str]) -> set[str]:
    queries = (select(table.c.slug).where(table.c.slug.in_(candidates)) for table in (organisation, slug_redirect))
    return {slug for query in queries for slug in connection.execute(query).scalars()}
