"""The bodies of the indexes, as OpenAPI tells of them."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.events.contracts.vocabulary import View
from services.events.snapshots.formats import Format

_AT = "http://127.0.0.1:8000/events/v1"
_FILE = {"format": "zstd", "bytes": 6102, "sha256": "c0" * 32}


def _shown(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(use_attribute_docstrings=True, json_schema_extra={"examples": [example]})


class SnapshotOffer(BaseModel):
    """A snapshot that can be taken."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    view: View
    meaning: str
    snapshot: str
    """Address of the snapshot."""
    digest: str
    """Address of the digest alone."""


class FileOffer(BaseModel):
    """A file that can be taken in parts."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    format: Format
    bytes: int
    sha256: str
    """Checksum of the file as it is sent, in hexadecimal digits; also its ETag."""
    address: str


class DeltaOffer(BaseModel):
    """What changed before a kept snapshot: it brings a mirror to the snapshot's position."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    span: str
    """How far back it reaches: 8h, 24h, 7d, 31d."""
    after: int
    """A mirror may stand at this position, or at any from there to the snapshot's, of the snapshot's generation."""
    count: int
    """Subjects that changed."""
    files: list[FileOffer]


class KeptOffer(BaseModel):
    """A snapshot that is kept as files."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    view: View
    generation: int
    position: int
    published_ms: int
    """Time of the entry at the position, in milliseconds since 1970."""
    made_ms: int
    """When it was made."""
    digest: str
    count: int
    """Subjects in it."""
    files: list[FileOffer]
    deltas: list[DeltaOffer]


class SnapshotIndex(BaseModel):
    """The snapshots that there are, and where they would stand."""

    model_config = _shown(
        {
            "generation": 1,
            "position": 57,
            "snapshots": [
                {
                    "view": "public",
                    "meaning": "What everybody may read.",
                    "snapshot": f"{_AT}/snapshots/current?view=public",
                    "digest": f"{_AT}/digest?view=public",
                }
            ],
            "kept": [
                {
                    "view": "public",
                    "generation": 1,
                    "position": 50,
                    "published_ms": 1795564800000,
                    "made_ms": 1795564860000,
                    "digest": "5f" * 32,
                    "count": 42,
                    "files": [_FILE | {"address": f"{_AT}/snapshots/1-50/public.ndjson.zst"}],
                    "deltas": [
                        {
                            "span": "8h",
                            "after": 31,
                            "count": 7,
                            "files": [_FILE | {"address": f"{_AT}/snapshots/1-50/public-delta-8h.ndjson.zst"}],
                        }
                    ],
                }
            ],
        }
    )

    generation: int
    position: int
    """The position that a snapshot taken now has."""
    snapshots: list[SnapshotOffer]
    """Of now, made as they are sent."""
    kept: list[KeptOffer]
    """Those that are kept as files, newest first, of the views that the caller may follow."""


class SchemaOffer(BaseModel):
    """A type of event and its schema."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    type: str
    """The attribute `type` of its events."""
    meaning: str
    subject_kind: str
    """What its events are about."""
    until: date | None
    """Of a major version that has a successor: the last day on which it is sure to be told."""
    address: Annotated[str, Field(serialization_alias="schema")]
    """Address of the schema."""


class EntrySchemaOffer(BaseModel):
    """The schema that those of all types about a kind of subject refer to."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    subject_kind: str
    address: Annotated[str, Field(serialization_alias="schema")]
    """Address of the schema."""


class SchemaIndex(BaseModel):
    """The schemas of the events' data."""

    model_config = _shown(
        {
            "entries": [
                {"subject_kind": "organisation", "schema": f"{_AT}/schemas/organisation-entry.v1.json"},
                {"subject_kind": "registry", "schema": f"{_AT}/schemas/registry-entry.v1.json"},
            ],
            "snapshot_line": f"{_AT}/schemas/snapshot-line.v1.json",
            "schemas": [
                {
                    "type": "be.digitalwallonia.registry.profile-changed.v1",
                    "meaning": "Fields of the document changed; a new slug is a change of `/slug`.",
                    "subject_kind": "organisation",
                    "until": None,
                    "schema": f"{_AT}/schemas/profile-changed.v1.json",
                }
            ],
        }
    )

    entries: list[EntrySchemaOffer]
    snapshot_line: str
    """Address of the schema of the lines of snapshots and deltas."""
    schemas: list[SchemaOffer]
