"""Labels: granted with their criteria and dates, taken back before their end. The end is a date, not an event."""

from pydantic import ValidationError

from services.events.contracts.catalogue import Event
from services.events.contracts.organisation import LabelGrant
from services.http.field_errors import invalid_content
from services.problems import Conflict, FieldError, InvalidContent, NotFound
from services.registry.commands import GrantLabel, RevokeLabel
from services.registry.lifecycle import Move, next_state
from services.registry.recording import Outcome, new_id, record
from services.registry.unit import Unit


def grant_label(unit: Unit, command: GrantLabel) -> Outcome:
    """Grant a label. Raises IllegalTransition, and InvalidContent for dates that contradict each other."""
    stored = unit.organisations.load(command.id)
    next_state(stored.state, Move.GRANT_LABEL)
    labels = (*stored.organisation.labels, _grant(command))
    return record(unit, Event.LABEL_GRANTED, stored, stored.organisation.model_copy(update={"labels": labels}))


def revoke_label(unit: Unit, command: RevokeLabel) -> Outcome:
    """Take a grant back from today on. Raises IllegalTransition, NotFound, Conflict when it was taken back before."""
    stored = unit.organisations.load(command.id)
    next_state(stored.state, Move.REVOKE_LABEL)
    granted = {grant.id: grant for grant in stored.organisation.labels}
    if command.grant_id not in granted:
        raise NotFound(f"The organisation has no grant {command.grant_id[:40]}.")
    if granted[command.grant_id].revoked_on is not None:
        raise Conflict("This grant was revoked before.")
    granted[command.grant_id] = granted[command.grant_id].model_copy(update={"revoked_on": unit.today})
    after = stored.organisation.model_copy(update={"labels": tuple(granted.values())})
    return record(unit, Event.LABEL_REVOKED, stored, after)


def _grant(command: GrantLabel) -> LabelGrant:
    if command.valid_until is not None and command.valid_until < command.valid_from:
        remedy = "Write the last day on which the label is valid, not before valid_from; or leave it out."
        raise InvalidContent(
            "The label would end before it begins.", errors=[FieldError("/valid_until", "order", remedy)]
        )
    fields = ("label", "issuer", "criteria_version", "valid_from", "valid_until", "evidence")
    try:
        return LabelGrant(id=new_id("grant"), **{name: getattr(command, name) for name in fields})
    except ValidationError as error:
        raise invalid_content(error) from error
