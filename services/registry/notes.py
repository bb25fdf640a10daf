"""What moderators write with a decision: private, told to those who may read the whole profile."""

from sqlalchemy import Connection, insert, select

from services.events.contracts.entries import Json
from services.registry.lifecycle import Move
from services.registry.recording import Outcome
from services.registry.tables import review_note
from services.registry.unit import Unit


def write_note(unit: Unit, outcome: Outcome, move: Move, reason: str) -> None:
    """Keep the reason beside the version that the decision made."""
    unit.connection.execute(
        insert(review_note).values(
            organisation_id=outcome.organisation.id,
            version=outcome.version,
            move=move.value,
            reason=reason,
            written_on=unit.today,
        )
    )


def notes_of(connection: Connection, organisation_id: str) -> list[Json]:
    """The notes to an organisation, the oldest first."""
    wanted = select(review_note).where(review_note.c.organisation_id == organisation_id)
    return [
        {"version": row.version, "move": row.move, "reason": row.reason, "written_on": row.written_on.isoformat()}
        for row in connection.execute(wanted.order_by(review_note.c.version))
    ]
