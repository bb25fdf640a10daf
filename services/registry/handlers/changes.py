"""Changing what an organisation says about itself, by JSON merge patch."""

from typing import Any

from pydantic import ValidationError

from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Json
from services.events.contracts.organisation import Content, Managed
from services.events.contracts.values import Slug
from services.http.field_errors import invalid_content
from services.problems import FieldError, InvalidContent
from services.registry.checks import check
from services.registry.commands import ChangeOrganisation
from services.registry.lifecycle import Move, next_state
from services.registry.merge_patch import merge
from services.registry.recording import Outcome, record, unchanged
from services.registry.repository import Stored
from services.registry.slugs import check_slug
from services.registry.unit import Unit

_MANAGED = {*Managed.model_fields, "merged_into"} - {"slug"}


class Writable(Content):
    """What a merge patch may change. Its fields are checked each by itself: no rule spans two of them."""

    slug: Slug


_NEEDED = [name for name, field in Writable.model_fields.items() if field.is_required()]


def change_organisation(unit: Unit, command: ChangeOrganisation) -> Outcome:
    """Lay the patch over the content and check the result as a whole. A patch that changes nothing makes no entry.

    Raises NotFound, IllegalTransition, InvalidContent, NumberTaken, SlugTaken.
    """
    stored = unit.organisations.load(command.id)
    next_state(stored.state, Move.CHANGE)
    values = _new_values(stored, command.patch)
    if not values:
        return unchanged(unit, stored)
    after = stored.organisation.model_copy(update=values)
    if "slug" in values:
        check_slug(unit.connection, after.slug, after.id)
    check(unit, stored, after)
    return record(unit, Event.CHANGED, stored, after)


def _new_values(stored: Stored, patch: Json) -> dict[str, Any]:
    """The fields that the patch gives another value."""
    _refuse_managed(patch)
    before = stored.organisation
    wanted = _validated(stored, patch)
    named = [name for name in Writable.model_fields if name in patch]
    values = {name: value for name in named if (value := getattr(wanted, name)) != getattr(before, name)}
    if "slug" in values:
        former = (*before.former_slugs, before.slug)
        values["former_slugs"] = tuple(slug for slug in former if slug != wanted.slug)
    return values


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


def _validated(stored: Stored, patch: Json) -> Writable:
    """The fields that the patch names, as they are after it, and those that must be there.

    What it does not name was checked when it was stored, maybe by rules that have changed since: whoever corrects one
    field need not mend the others.
    """
    before = {name: stored.document[name] for name in Writable.model_fields if name in stored.document}
    after = merge(before, patch)
    touched = {name: value for name, value in after.items() if name in patch}
    kept = {name: getattr(stored.organisation, name) for name in _NEEDED if name not in patch}
    try:
        return Writable.model_validate(kept | touched)
    except ValidationError as error:
        raise invalid_content(error, document=after, model=Writable) from error
