"""Records: one organisation each, immutable, known inside the model by a dense ordinal."""

from dataclasses import dataclass

import orjson

from graphql_api.keeping import Recent
from graphql_api.read_model.facts import Facts
from services.events.contracts.entries import Json
from services.events.contracts.position import Position

_OPENED = 1_000
"""Documents kept as Python objects: of those that were read lately."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """An organisation as it is at the position of its last change. A change makes a new record under the same ordinal.

    Nothing in a record is ever changed in place: what an answer was begun from stays what it was, and a record can be
    encoded once and kept. Documents are held as JSON, in a quarter of the memory that they take when opened.
    """

    ordinal: int
    """Index into the model's list of records and into every bitmap; it is this process's own and never leaves it."""
    id: str
    version: int
    position: Position | None
    """Position of the last change; none when the snapshot it came with did not say."""
    content: bytes
    """JSON of the public document with its defaults filled in."""
    restricted_content: bytes | None
    """JSON of the restricted part."""
    hash: str
    """What the record adds to the digest of the view."""
    facts: Facts
    """What the indexes hold of the record: kept, so that exactly this is taken out again."""

    @property
    def document(self) -> Json:
        """The public document. Do not change it."""
        found: tuple[Record, Json] | None = _opened.get(id(self))
        if found is None or found[0] is not self:
            found = self, orjson.loads(self.content)
            _opened.put(id(self), found)
        return found[1]

    @property
    def restricted(self) -> Json | None:
        """The restricted part: for callers with the right alone."""
        return None if self.restricted_content is None else orjson.loads(self.restricted_content)


_opened: Recent[int, tuple[Record, Json]] = Recent(_OPENED)
