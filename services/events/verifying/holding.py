"""What is compared: who holds which subjects, with which hashes, at which position."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.events.contracts.entries import Current, Subject
from services.events.contracts.position import Position
from services.events.contracts.views import shown
from services.events.contracts.vocabulary import View
from services.events.log.digest import hash_of

UNREADABLE = "f" * 64
"""Stands for the hash of documents that cannot be read: one that none have, and that counts in a digest."""


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of a view at a position."""

    position: Position
    published_ms: int
    """Time of the entry at the position, milliseconds since 1970."""
    view: View
    digest: str
    """64 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class Held:
    """One subject as somebody holds it."""

    subject: Subject
    hash: str
    """Of the documents that the view has of it, `services.events.log.digest.hash_of`: 64 hexadecimal digits."""
    version: int | None = None
    """The subject's version; none where who holds it does not keep it."""


@dataclass(frozen=True, slots=True)
class Holding:
    """All that somebody holds of a view, at exactly one position."""

    name: str
    """What it is, for people: `the mirror mirror.sqlite`."""
    view: View
    position: Position
    digest: str | None
    """The digest that it tells of itself; none where it keeps none. Its subjects may have another: that is found."""
    subjects: Iterable[Held]
    """Readable once, in any order; no subject comes twice."""


def held_of(told: Current, view: View) -> Held:
    """A subject with the hash made of its documents."""
    return Held(told.subject, hash_of(told.subject, *(shown(view, told.document, told.restricted) or ())), told.version)
