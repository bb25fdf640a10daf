"""Changing what an organisation says about itself, by JSON merge patch."""

from typing import Any

from pydantic import ValidationError

from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Json
from services.events.contracts.organisation import Content, Managed, Organisation, as_document
from services.events.contracts.values import Slug
from services.http.field_errors import invalid_content
from services.problems import FieldError, InvalidContent
from services.registry.checks import check
from services.registry.commands import ChangeOrganisation
from services.registry.lifecycle import Move, next_state
from services.registry.merge_patch import merge
from services.registry.recording import Outcome, record, unchanged
from services.registry.repository import Stored, load
from services.registry.slugs import check_slug
from services.registry.unit import Unit

_MANAGED = {*Managed.model_fields, "merged_into"} - {"slug"}


class Writable(Content):
    """What a merge patch may change."""

    slug: Slug


def change_organisation(unit: Unit, command: ChangeOrganisation) -> Outcome:
    """Lay the patch over the content and check the result as a whole. A patch that changes nothing makes no entry.

    Raises NotFound, IllegalTransition, InvalidContent, NumberTaken, SlugTaken.
    """
    stored = load(unit.connection, command.id)
    next_state(stored.organisation.state, Move.CHANGE)
    after = _changed(stored.organisation, command.patch)
    if after == stored.organisation:
        return unchanged(unit, stored)
    _check_new_slug(unit, stored, after)
    check(unit, stored, after)
    return record(unit, Event.CHANGED, stored, after)


def _changed(before: Organisation, patch: Json) -> Organisation:
    _refuse_managed(patch)
    wanted = _validated(merge(_writable_document(before), patch))
    values: dict[str, Any] = {name: getattr(wanted, name) for name in Writable.model_fields}
    if wanted.slug != before.slug:
        former = (*before.former_slugs, before.slug)
        values["former_slugs"] = tuple(slug for slug in former if slug != wanted.slug)
    return before.model_copy(update=values)


def _writable_document(organisation: Organisation) -> Json:
    document = as_document(organisation)
    return {name: document[name] for name in Writable.model_fields if name in document}


def _refuse_managed(patch: Json) -> None:
    errors = [
        FieldError(f"/{name}", "managed", "Leave it out: the registry keeps it, and it changes by commands only.")
        for name in patch
        if name in _MANAGED
    ]
    if errors:
        raise InvalidContent(
            "The patch names fields that the registry itself keeps. Nothing was written.", errors=errors
        )


def _validated(document: Json) -> Writable:
    try:
        return Writable.model_validate(document)
    except ValidationError as error:
        raise invalid_content(error, document=document, model=Writable) from error


def _check_new_slug(unit: Unit, before: Stored, after: Organisation) -> None:
    if after.slug != before.organisation.slug:
        check_slug(unit.connection, after.slug, after.id)
