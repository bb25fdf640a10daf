"""Who belongs to an organisation: token subjects, which are personal data. They stand in no document and no log."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select

from services.access.roles import Relation
from services.registry.tables import member
from services.registry.transaction import READS_NO_ORGANISATION

OWNER = Relation.OWNER
# Asked for every command: what waits to be written may wait on.
_FIND_RELATION = (
    select(member.c.relation)
    .where(member.c.organisation_id == bindparam("of_id"), member.c.subject == bindparam("of_subject"))
    .execution_options(**READS_NO_ORGANISATION)
)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who may act for an organisation."""

    subject: str
    relation: Relation


def relation_of(connection: Connection, organisation_id: str, subject: str | None) -> Relation | None:
    """What the subject is to the organisation."""
    if subject is None:
        return None
    found = connection.execute(_FIND_RELATION, {"of_id": organisation_id, "of_subject": subject}).scalar()
    return Relation(found) if found else None


def members_of(connection: Connection, organisation_id: str) -> list[Member]:
    """Everybody who belongs to the organisation."""
    wanted = select(member).where(member.c.organisation_id == organisation_id).order_by(member.c.subject)
    return [Member(row.subject, Relation(row.relation)) for row in connection.execute(wanted)]


def put_member(connection: Connection, organisation_id: str, subject: str, relation: Relation) -> None:
    """Make the subject an owner or editor, whatever it was before."""
    remove_member(connection, organisation_id, subject)
    connection.execute(insert(member).values(organisation_id=organisation_id, subject=subject, relation=relation.value))


def remove_member(connection: Connection, organisation_id: str, subject: str) -> None:
    """End what the subject is to the organisation."""
    connection.execute(delete(member).where(member.c.organisation_id == organisation_id, member.c.subject == subject))
