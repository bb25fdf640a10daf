"""Records: one organisation each, immutable, known inside the model by a dense ordinal."""

from dataclasses import dataclass

from graphql_api.read_model.facts import Facts
from services.events.contracts.entries import Json
from services.events.contracts.position import Position


@dataclass(frozen=True, slots=True)
class Record:
    """An organisation as it is at the position of its last change. A change makes a new record under the same ordinal.

    Nothing in a record is ever changed in place: what an answer was begun from stays what it was, and a record can be
    encoded once and kept.
    """

    ordinal: int
    """Index into the model's list of records and into every bitmap; it is this process's own and never leaves it."""
    id: str
    version: int
    position: Position | None
    """Position of the last change; none when the snapshot it came with did not say."""
    document: Json
    """The public document with its defaults filled in."""
    restricted: Json | None
    """The restricted part: for callers with the right alone."""
    hash: str
    """What the record adds to the digest of the view."""
    facts: Facts
    """What the indexes hold of the record: kept, so that exactly this is taken out again."""
