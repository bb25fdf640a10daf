"""The JSON Schemas (2020-12) of the events' data, made from the models that validate it.

One schema has the data of all events about a kind of subject; each type's own refers to it, at the same address.
Readers take what they do not know: objects are open, and a word that is not listed may come within a major version.
"""

from typing import Any

from services.events.contracts.catalogue import EVENT_TYPES, ORGANISATION, REGISTRY, EventType
from services.events.contracts.entries import Json
from services.events.contracts.entry_data import EntryData, RegistryEntryData
from services.events.contracts.values import Model

PATH = "/events/v1/schemas/"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ENTRY = "organisation-entry.v1.json"
REGISTRY_ENTRY = "registry-entry.v1.json"
_OF_SUBJECT = {ORGANISATION: ENTRY, REGISTRY: REGISTRY_ENTRY}


def schema_name(kind: EventType) -> str:
    """File name of the schema of a type of event."""
    return f"{kind.event}.v{kind.major}.json"


def schemas() -> dict[str, Json]:
    """Every published schema by its file name."""
    shared = {
        ENTRY: _entry_schema(ENTRY, EntryData, "Event about an organisation"),
        REGISTRY_ENTRY: _entry_schema(REGISTRY_ENTRY, RegistryEntryData, "Event about the registry"),
    }
    return shared | {schema_name(kind): _event_schema(kind) for kind in EVENT_TYPES.values()}


def _entry_schema(name: str, model: type[Model], title: str) -> Json:
    schema: Json = _opened(model.model_json_schema())
    about = {"title": title, "description": schema.pop("description")}
    return {"$schema": DIALECT, "$id": PATH + name, **schema, **about}


def _event_schema(kind: EventType) -> Json:
    return {
        "$schema": DIALECT,
        "$id": PATH + schema_name(kind),
        "title": kind.name,
        "description": kind.meaning,
        "$ref": _OF_SUBJECT[kind.subject_kind],
    }


def _opened(schema: Any) -> Any:
    """The schema without `additionalProperties: false`: within a major version there may be more fields."""
    if isinstance(schema, list):
        return [_opened(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = schema.get("additionalProperties") is False
    return {name: _opened(part) for name, part in schema.items() if not (closed and name == "additionalProperties")}
