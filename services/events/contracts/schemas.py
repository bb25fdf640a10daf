"""The JSON Schemas (2020-12) of the events' data, made from the models that validate it.

One schema has the data of all events about a kind of subject; each type's own refers to it, at the same address.
Readers take what they do not know, and the schemas say so: objects are open, and lists of words are, but those in
`_CLOSED`.
"""

from typing import Any

from services.events.contracts.catalogue import ORGANISATION, REGISTRY, Event, EventType
from services.events.contracts.entries import Json
from services.events.contracts.entry_data import EntryData, InternalEntryData, RegistryEntryData
from services.events.contracts.majors import CATALOGUE, OUTLET_MAJOR, Catalogue
from services.events.contracts.snapshot_data import line_schema
from services.events.contracts.values import Model

PATH = "/events/v1/schemas/"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MODELS: dict[str, type[Model]] = {ORGANISATION: EntryData, REGISTRY: RegistryEntryData}
_TITLES = {ORGANISATION: "Event about an organisation", REGISTRY: "Event about the registry"}
_CLOSED = frozenset({"Visibility"})
"""Lists that a mirror acts by: with a word that it does not know it could not go on, so a new one is a new major."""


def schema_name(type_: EventType) -> str:
    """File name of the schema of a type of event: `profile-changed.v1.json`."""
    return f"{type_.event}.v{type_.major}.json"


def entry_schema_name(subject_kind: str, major: int) -> str:
    """File name of the schema that those of all types about a kind of subject refer to."""
    return f"{subject_kind}-entry.v{major}.json"


def snapshot_schema_name(outlet_major: int = OUTLET_MAJOR) -> str:
    """File name of the schema of the lines of snapshots and deltas, as outlets of that major version give them."""
    return f"snapshot-line.v{outlet_major}.json"


def schemas(catalogue: Catalogue = CATALOGUE) -> dict[str, Json]:
    """Every published schema by its file name."""
    present = {type_.subject_kind: type_.major for type_ in catalogue.present.values()}
    entries = {entry_schema_name(kind, major): entry_schema(kind, major) for kind, major in present.items()}
    entries |= {entry_schema_name(*key): older.schema for key, older in catalogue.older.items()}
    lines = {snapshot_schema_name(outlet): _line_schema(catalogue, outlet) for outlet in catalogue.outlets}
    return entries | lines | {schema_name(type_): _event_schema(type_) for type_ in catalogue.types}


def internal_schemas(catalogue: Catalogue = CATALOGUE) -> dict[str, Json]:
    """The schemas of what our own readers are told beside that: kept compatible like the others, and not published."""
    major = catalogue.present[Event.CHANGED].major
    schema: Json = _opened(InternalEntryData.model_json_schema())
    return {f"{ORGANISATION}-entry-internal.v{major}.json": schema}


def entry_schema(subject_kind: str, major: int) -> Json:
    """The schema of the present data of events about that kind of subject, published as that major version."""
    schema: Json = _opened(_MODELS[subject_kind].model_json_schema())
    about = {"title": _TITLES[subject_kind], "description": schema.pop("description")}
    return {"$schema": DIALECT, "$id": PATH + entry_schema_name(subject_kind, major), **schema, **about}


def _line_schema(catalogue: Catalogue, outlet_major: int) -> Json:
    entry = entry_schema_name(ORGANISATION, catalogue.major_of(ORGANISATION, outlet_major))
    about = {
        "title": "Line of a snapshot or of a delta",
        "description": "The first line, one of a subject, or the last.",
    }
    schema: Json = _opened(line_schema(f"{entry}#/$defs/PublicOrganisation"))
    return {"$schema": DIALECT, "$id": PATH + snapshot_schema_name(outlet_major), **about, **schema}


def _event_schema(type_: EventType) -> Json:
    return {
        "$schema": DIALECT,
        "$id": PATH + schema_name(type_),
        "title": type_.name,
        "description": type_.meaning,
        "$ref": entry_schema_name(type_.subject_kind, type_.major),
    }


def _opened(schema: Any) -> Any:
    """The schema with room for what may come within a major version: more fields, and more words."""
    if isinstance(schema, list):
        return [_opened(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    opened = {name: _opened(part) for name, part in schema.items()}
    if opened.get("additionalProperties") is False:
        del opened["additionalProperties"]
    if isinstance(opened.get("enum"), list) and opened.get("title") not in _CLOSED:
        opened["anyOf"] = [{"enum": opened.pop("enum")}, {"type": opened["type"]}]
    return opened
