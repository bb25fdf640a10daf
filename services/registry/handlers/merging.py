"""Merging: two entries of the registry prove to be one organisation, and one of them survives."""

from typing import Any

from services.events.contracts.catalogue import Event
from services.events.contracts.organisation import Organisation
from services.events.contracts.places import Establishment
from services.problems import FieldError, InvalidContent
from services.registry.commands import MergeOrganisations
from services.registry.lifecycle import Move, next_state
from services.registry.names import hides_person
from services.registry.problems import StaleVersion
from services.registry.recording import Outcome, record
from services.registry.repository import Stored
from services.registry.unit import Unit

_MOST_NUMBERS, _MOST_ESTABLISHMENTS = 20, 500
"""As many as the contract of the document allows."""


def merge_organisations(unit: Unit, command: MergeOrganisations) -> Outcome:
    """Merge `id` into `into`; the outcome is the one that left. Two entries, its own first: it is the other's cause.

    The survivor keeps its id and slug, and takes over what leads to the other one: its slugs, its id, its register
    numbers. Links of third organisations to the loser stay as they are, and lead on. Members do not move: only owners
    say who acts for an organisation. Raises NotFound, IllegalTransition, InvalidContent.
    """
    loser = unit.organisations.load(command.id)
    state = next_state(loser.state, Move.MERGE)
    survivor = _survivor(unit, command)
    _refuse_to_show_a_person(loser.organisation, survivor.organisation)
    left = loser.organisation.model_copy(update={"state": state, "merged_into": command.into})
    absorbing = _absorbing(survivor.organisation, loser.organisation)
    outcome = record(unit, Event.MERGED, loser, left, redirect=command.into)
    record(unit, Event.ABSORBED, survivor, absorbing, cause=outcome)
    return outcome


def _survivor(unit: Unit, command: MergeOrganisations) -> Stored:
    found = unit.organisations.find(command.into)
    if command.into == command.id:
        raise _refused("itself", "An organisation cannot be merged into itself: name the one that survives.")
    if found is None:
        raise _refused("unknown_organisation", "The registry has no organisation of this id.")
    if not found.state.is_public:
        remedy = f"The one that survives is {found.state}; it must be public, so that the slugs lead there."
        raise _refused("not_public", remedy)
    if command.into_version not in (None, found.version):
        raise StaleVersion(found.version, "/into_version")
    return found


def _refuse_to_show_a_person(loser: Organisation, survivor: Organisation) -> None:
    """The survivor takes over numbers and places: it would show those of a person who does not want to be shown."""
    if hides_person(loser) and not hides_person(survivor):
        remedy = (
            "The one that is merged is a natural person who does not want to be shown, and the survivor would show the "
            "person's numbers and addresses. Set /private/natural_person of the survivor too, or have the consent."
        )
        raise _refused("shows_a_person", remedy)


def _refused(code: str, remedy: str) -> InvalidContent:
    return InvalidContent("The organisations cannot be merged.", errors=[FieldError("/into", code, remedy)])


def _absorbing(survivor: Organisation, loser: Organisation) -> Organisation:
    values: dict[str, Any] = {
        "merged_from": _united(survivor.merged_from, (loser.id, *loser.merged_from)),
        "former_slugs": _united(survivor.former_slugs, (loser.slug, *loser.former_slugs)),
        "enterprise_numbers": _united(survivor.enterprise_numbers, loser.enterprise_numbers),
        "establishments": (*survivor.establishments, *_new_places(survivor, loser)),
    }
    if len(values["enterprise_numbers"]) > _MOST_NUMBERS or len(values["establishments"]) > _MOST_ESTABLISHMENTS:
        remedy = f"Together they have more than {_MOST_NUMBERS} numbers or {_MOST_ESTABLISHMENTS} establishments."
        raise _refused("too_many", remedy)
    return survivor.model_copy(update=values)


def _united(mine: tuple[Any, ...], more: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys((*mine, *more)))


def _new_places(survivor: Organisation, loser: Organisation) -> list[Establishment]:
    """Establishment units of the loser: they have a number of their own, and follow the organisation."""
    known = {place.number for place in survivor.establishments}
    return [place for place in loser.establishments if place.number and place.number not in known]
