"""What is known of a kept snapshot: its position, its texts, their files. It is stored beside them as `kept.json`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.snapshots.formats import Format

NAME = "kept.json"
ADDRESS = "/events/v1/snapshots"
"""Below it are the folders of kept snapshots, by their positions."""
Checksum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class KeptFile(_Record):
    """A text in one format."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.ndjson(\.gz|\.zst)?$")]
    format: Format
    bytes: int
    sha256: Checksum
    """Of the file as it is stored."""


class KeptText(_Record):
    """A snapshot of a view; or, with `after`, what brings a mirror from there to the position of the snapshot."""

    view: View
    digest: str
    """Of the view at the snapshot's position."""
    count: int
    """Records in it: subjects, in a delta those that changed."""
    files: tuple[KeptFile, ...]
    span: str | None = None
    """Of a delta: how far back it reaches, `24h`."""
    after: int | None = None
    """Of a delta: the first position of the same generation that a mirror may stand at."""


class KeptSnapshot(_Record):
    """All texts of one position."""

    generation: int
    position: int
    published_ms: int
    """Time of the entry at the position."""
    made_ms: int
    event_id: str | None
    """Of the entry at the position: in another history there is another one. None before the first entry."""
    texts: tuple[KeptText, ...]

    @property
    def at(self) -> Position:
        """The position with its generation."""
        return Position(self.generation, self.position)

    def files(self) -> list[KeptFile]:
        """The files of all texts."""
        return [file for text in self.texts for file in text.files]
