"""The published schemas as a partner's validator uses them."""

from typing import Any

import jsonschema
from referencing import Registry, Resource

from services.events.contracts.catalogue import EventType
from services.events.contracts.majors import CATALOGUE, Catalogue
from services.events.contracts.schemas import schema_name, schemas


def validator(type_: EventType, catalogue: Catalogue = CATALOGUE) -> jsonschema.Draft202012Validator:
    """For the data of events of that type."""
    return validator_by(schema_name(type_), catalogue)


def validator_by(name: str, catalogue: Catalogue = CATALOGUE) -> jsonschema.Draft202012Validator:
    """For what the schema of that name describes."""
    published = schemas(catalogue)
    known = [(schema["$id"], Resource.from_contents(schema)) for schema in published.values()]
    registry: Registry[Any] = Registry().with_resources(known)
    return jsonschema.Draft202012Validator(published[name], registry=registry)
