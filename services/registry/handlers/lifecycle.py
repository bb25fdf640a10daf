"""Moving a profile through its life. Each move is one command, one event and one state of the table in `lifecycle`."""

from services.events.contracts.catalogue import Event
from services.registry.checks import check_complete
from services.registry.commands import (
    ArchiveOrganisation,
    ConfirmProfile,
    MarkStale,
    PublishProfile,
    RejectProfile,
    RequestInformation,
    SubmitProfile,
)
from services.registry.lifecycle import Move, next_state
from services.registry.notes import write_note
from services.registry.recording import Outcome, record
from services.registry.unit import Unit


def submit_profile(unit: Unit, command: SubmitProfile) -> Outcome:
    """Hand it to the moderators. Raises IllegalTransition, and InvalidContent with all that is missing."""
    return _complete_move(unit, command.id, Move.SUBMIT, Event.SUBMITTED)


def publish_profile(unit: Unit, command: PublishProfile) -> Outcome:
    """Show it to everybody. Raises IllegalTransition, and InvalidContent with all that is missing."""
    return _complete_move(unit, command.id, Move.PUBLISH, Event.PUBLISHED)


def reject_profile(unit: Unit, command: RejectProfile) -> Outcome:
    """Refuse it. Raises IllegalTransition."""
    outcome = _move(unit, command.id, Move.REJECT, Event.REJECTED)
    write_note(unit, outcome, Move.REJECT, command.reason)
    return outcome


def request_information(unit: Unit, command: RequestInformation) -> Outcome:
    """Ask for more. Raises IllegalTransition."""
    outcome = _move(unit, command.id, Move.REQUEST_INFORMATION, Event.INFORMATION_REQUESTED)
    write_note(unit, outcome, Move.REQUEST_INFORMATION, command.reason)
    return outcome


def confirm_profile(unit: Unit, command: ConfirmProfile) -> Outcome:
    """Say that it is true today; a stale profile is published again. Raises IllegalTransition."""
    return _move(unit, command.id, Move.CONFIRM, Event.CONFIRMED, true_today=True)


def mark_stale(unit: Unit, command: MarkStale) -> Outcome:
    """Say that nobody confirmed it for too long. Raises IllegalTransition."""
    return _move(unit, command.id, Move.MARK_STALE, Event.WENT_STALE)


def archive_organisation(unit: Unit, command: ArchiveOrganisation) -> Outcome:
    """Take it out of the public view for good. Raises IllegalTransition."""
    outcome = _move(unit, command.id, Move.ARCHIVE, Event.ARCHIVED)
    if command.reason is not None:
        write_note(unit, outcome, Move.ARCHIVE, command.reason)
    return outcome


def _complete_move(unit: Unit, identifier: str, move: Move, event: Event) -> Outcome:
    """Hand it in or show it, which says that it is true and needs everything that readers may expect."""
    stored = unit.organisations.load(identifier)
    next_state(stored.state, move)
    check_complete(stored.organisation)
    return _move(unit, identifier, move, event, true_today=True)


def _move(unit: Unit, identifier: str, move: Move, event: Event, *, true_today: bool = False) -> Outcome:
    stored = unit.organisations.load(identifier)
    values: dict[str, object] = {"state": next_state(stored.state, move)}
    if true_today:
        values["last_validated_on"] = unit.today
    return record(unit, event, stored, stored.organisation.model_copy(update=values))
