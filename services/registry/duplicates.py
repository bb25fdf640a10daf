"""Finding organisations that a new one is likely to be: same name in the same commune, same website, same telephone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rapidfuzz.distance import Levenshtein
from sqlalchemy import Connection, select

from services.events.contracts.organisation import Content
from services.registry.names import NameKey, compared_names, hides_person, keys_to_ask
from services.registry.repository import find
from services.registry.tables import name_key

_MOST_COMPARED = 5_000
"""Rows that are looked at for one name: in a commune where more share its four letters, the others are left out."""
_MOST_WITH_KEY = 20
"""A website or telephone that more organisations share is a building's or a municipality's, and proves nothing."""
_MOST_CANDIDATES = 5
_SAME_KEY_SCORE = 0.9
"""A shared website or telephone weighs less than the same name, and more than a similar one at the limit."""


class Why(StrEnum):
    """Why an organisation is a candidate."""

    NAME = "similar name in the same commune"
    HOST = "same website"
    PHONE = "same telephone number"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that may be the same."""

    id: str
    slug: str
    title: dict[str, str]
    why: tuple[str, ...]
    score: float
    """From 0 to 1, where 1 is the same name or more than one reason."""

    def as_json(self) -> dict[str, Any]:
        """The candidate as the problem document has it."""
        return {"id": self.id, "slug": self.slug, "title": self.title, "why": list(self.why), "score": self.score}


def likely_duplicates(
    connection: Connection, content: Content, distance: float, *, see_hidden: bool = False
) -> list[Candidate]:
    """At most five organisations that the content looks like, the likeliest first.

    Those that are not public are left out unless `see_hidden`: a stranger's draft is nobody's business.
    """
    reasons = _reasons(connection, content, distance)
    ranked = sorted(reasons, key=lambda identifier: (-_score(reasons[identifier]), identifier))
    found = (_candidate(connection, identifier, reasons[identifier], see_hidden=see_hidden) for identifier in ranked)
    return [candidate for _, candidate in zip(range(_MOST_CANDIDATES), filter(None, found), strict=False)]


Reasons = dict[Why, float]


def _reasons(connection: Connection, content: Content, distance: float) -> dict[str, Reasons]:
    found: dict[str, Reasons] = {}
    for identifier, why, score in [*_by_name(connection, content, distance), *_by_key(connection, content)]:
        reasons = found.setdefault(identifier, {})
        reasons[why] = max(score, reasons.get(why, 0.0))
    return found


def _by_name(connection: Connection, content: Content, distance: float) -> Iterator[tuple[str, Why, float]]:
    keys = [key.key for key in keys_to_ask(content) if key.name]
    names = compared_names(content)
    for identifier, name in set(_rows(connection, keys, _MOST_COMPARED)):
        difference = min((Levenshtein.normalized_distance(name, own) for own in names), default=1.0)
        if difference <= distance:
            yield identifier, Why.NAME, 1 - difference


def _by_key(connection: Connection, content: Content) -> Iterator[tuple[str, Why, float]]:
    for key in keys_to_ask(content):
        if not key.name:
            holders = _rows(connection, [key.key], _MOST_WITH_KEY + 1)
            if len(holders) <= _MOST_WITH_KEY:
                yield from ((identifier, _why(key), _SAME_KEY_SCORE) for identifier, _ in holders)


def _why(key: NameKey) -> Why:
    return Why.HOST if key.key.startswith("host:") else Why.PHONE


def _rows(connection: Connection, keys: Iterable[str], limit: int) -> list[tuple[str, str]]:
    columns = name_key.c.organisation_id, name_key.c.name
    rows = connection.execute(select(*columns).where(name_key.c.key.in_(list(keys))).limit(limit))
    return [(row.organisation_id, row.name) for row in rows]


def _score(reasons: Reasons) -> float:
    return round(min(1.0, max(reasons.values()) + 0.1 * (len(reasons) - 1)), 3)


def _candidate(connection: Connection, identifier: str, reasons: Reasons, *, see_hidden: bool) -> Candidate | None:
    stored = find(connection, identifier)
    if stored is None or not (see_hidden or stored.organisation.public()):
        return None
    organisation = stored.organisation
    if not see_hidden and hides_person(organisation):
        # Whoever knows a number must not learn whose it is.
        reasons = {why: score for why, score in reasons.items() if why is not Why.PHONE}
    if not reasons:
        return None
    title = organisation.title.model_dump(exclude_none=True)
    return Candidate(identifier, organisation.slug, title, tuple(sorted(reasons)), _score(reasons))
