"""Filters: the criteria language as a GraphQL input, field by field the same object as a saved search's criteria."""

from dataclasses import fields
from enum import Enum
from typing import Any

import strawberry
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from graphql_api.keeping import PerObject
from graphql_api.schema.context import Context
from graphql_api.schema.mirror import mirror_input
from services.access.rules import Action, require
from services.events.contracts.criteria import Box, Criteria, Near
from services.http.field_errors import invalid_content

NearInput = mirror_input(Near)
BoxInput = mirror_input(Box)
OrganisationFilter = mirror_input(Criteria, "OrganisationFilter")


_EVERYTHING = Criteria()


def criteria_of(given: Any, context: Context) -> Criteria:
    """The criteria that a filter states. Raises InvalidContent, and Forbidden for figures the caller may not read."""
    criteria = _criteria.get(given) if given else _EVERYTHING
    if criteria.needs_restricted:
        require(context.caller, Action.READ_FIGURES)
    return criteria


def near_of(given: Any) -> Near | None:
    """The circle that the argument `near` states. Raises InvalidContent with pointers."""
    return _near.get(given) if given else None


def box_of(given: Any) -> Box:
    """The rectangle that the argument `box` states. Raises InvalidContent with pointers."""
    return _box.get(given)


def _read_criteria(given: Any) -> Criteria:
    document = as_json(given)
    try:
        return Criteria.model_validate(document)
    except ValidationError as error:
        raise invalid_content(error, "/filter", document=document, model=Criteria) from error


def _read_near(given: Any) -> Near:
    document = as_json(given)
    try:
        return Near.model_validate(document)
    except ValidationError as error:
        raise invalid_content(error, "/near", document=document, model=Near) from error


def _read_box(given: Any) -> Box:
    document = as_json(given)
    try:
        return Box.model_validate(document)
    except ValidationError as error:
        raise invalid_content(error, "/box", document=document, model=Box) from error


# Compiled plans give the same input object again for the same variables.
_criteria = PerObject(_read_criteria, "criteria")
_near = PerObject(_read_near, "circle")
_box = PerObject(_read_box, "box")


def as_json(given: Any) -> Any:
    """The JSON that an input was given as, so that errors point into it. A field that is null counts as left out."""
    if isinstance(given, list):
        return [as_json(part) for part in given]
    if isinstance(given, Enum):
        return given.value
    if not hasattr(given, "__strawberry_definition__"):
        return given
    parts = ((field.name, getattr(given, field.name)) for field in fields(given))
    return {
        to_camel(name): as_json(value) for name, value in parts if value is not strawberry.UNSET and value is not None
    }
