"""Entering an organisation in the registry."""

from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Json
from services.events.contracts.organisation import Content, Organisation, as_document
from services.events.contracts.vocabulary import Actor, ProfileState
from services.problems import Conflict
from services.registry import confirmation
from services.registry.checks import check
from services.registry.commands import RegisterOrganisation
from services.registry.duplicates import Candidate, likely_duplicates
from services.registry.members import OWNER, put_member
from services.registry.problems import LikelyDuplicate
from services.registry.recording import Outcome, new_id, record
from services.registry.slugs import check_slug, free_slug
from services.registry.unit import Unit

_FIRST_STATES = {
    ProfileState.DRAFT,
    ProfileState.SUBMITTED,
    ProfileState.PUBLISHED,
    ProfileState.NEEDS_INFORMATION,
}
_SAID_TO_BE_TRUE = {ProfileState.SUBMITTED, ProfileState.PUBLISHED}


def register_organisation(unit: Unit, command: RegisterOrganisation) -> Outcome:
    """Enter the organisation in the registry, with its first owner.

    Raises InvalidContent, NumberTaken, SlugTaken, LikelyDuplicate; Conflict when the id is known already.
    """
    if command.state not in _FIRST_STATES:
        raise ValueError(f"an organisation cannot begin as {command.state}")
    organisation = _new(unit, command)
    check(unit, None, organisation)
    if command.check_duplicates:
        _check_duplicates(unit, command)
    outcome = record(unit, Event.REGISTERED, None, organisation)
    if command.owner is not None:
        put_member(unit.connection, organisation.id, command.owner, OWNER)
    return outcome


def _new(unit: Unit, command: RegisterOrganisation) -> Organisation:
    content = {name: getattr(command.content, name) for name in Content.model_fields}
    validated_on = command.validated_on or (unit.today if command.state in _SAID_TO_BE_TRUE else None)
    return Organisation.model_construct(
        **content,
        id=_id(unit, command),
        slug=_slug(unit, command),
        state=command.state,
        registered_on=unit.today,
        last_validated_on=validated_on,
    )


def _id(unit: Unit, command: RegisterOrganisation) -> str:
    if command.id is not None and unit.organisations.find(command.id) is not None:
        raise Conflict(f"The organisation {command.id} is registered already.")
    return command.id or new_id("org")


def _slug(unit: Unit, command: RegisterOrganisation) -> str:
    if command.slug is None:
        return free_slug(unit.connection, command.content.title)
    check_slug(unit.connection, command.slug, None)
    return command.slug


def _check_duplicates(unit: Unit, command: RegisterOrganisation) -> None:
    see_hidden = unit.author.actor is not Actor.ORGANISATION
    distance = unit.duplicate_name_distance
    found = likely_duplicates(unit.connection, command.content, distance, see_hidden=see_hidden)
    if found and not _is_confirmed(unit, command, found):
        token = confirmation.new_token(unit.connection, _confirmed(command), _ids(found), unit.now_ms)
        raise LikelyDuplicate(
            [candidate.as_json() for candidate in found], token, refused_token=command.confirmation_token is not None
        )


def _is_confirmed(unit: Unit, command: RegisterOrganisation, found: list[Candidate]) -> bool:
    token = command.confirmation_token
    return token is not None and confirmation.fits(
        unit.connection, token, _confirmed(command), _ids(found), unit.now_ms
    )


def _confirmed(command: RegisterOrganisation) -> Json:
    return {"content": as_document(command.content), "slug": command.slug}


def _ids(candidates: list[Candidate]) -> list[str]:
    return [candidate.id for candidate in candidates]
