"""The lines of snapshots and deltas, as models that make their schema."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from services.events.contracts.entries import Json
from services.events.contracts.entry_data import PositiveInteger, SubjectData
from services.events.contracts.organisation import OrganisationId
from services.events.contracts.values import Model
from services.events.contracts.vocabulary import View

Natural = Annotated[int, Field(strict=True, ge=0)]


class FirstLine(Model):
    """The first line: which state the lines tell."""

    generation: PositiveInteger
    """History of the log."""
    position: Natural
    """Position in it: go on with the feed after it."""
    published_ms: Natural
    """Time of the entry there, in milliseconds since 1970, UTC: where to seek to on Kafka."""
    view: View
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """Of that state: what a mirror has that applied every line."""
    after: Natural | None = None
    """Of a delta: the earliest position that a mirror may stand at to apply it."""


class SubjectLine(Model):
    """A line about a subject, as it is at that position."""

    subject: SubjectData
    version: PositiveInteger
    """The subject's version: that of its last entry."""
    generation: PositiveInteger
    position: PositiveInteger
    """Position of that entry."""
    document: Any
    redirect: OrganisationId | None = None
    """In a delta, of a subject that left: what stands for it now."""


class LastLine(Model):
    """The last line: without it the text broke off, and is not to be used."""

    end: Literal[True]
    count: Natural
    """How many lines there are about subjects."""


def line_schema(organisation: str) -> Json:
    """The schema of a line; `organisation` is where that of an organisation's document is."""
    schema: Json = TypeAdapter(FirstLine | SubjectLine | LastLine).json_schema()
    schema["$defs"]["SubjectLine"]["properties"]["document"] = {
        "anyOf": [{"$ref": organisation}, {"type": "null"}],
        "description": "The public document; null, in a delta alone, when the subject left the view.",
    }
    return schema
