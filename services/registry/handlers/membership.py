"""Who may act for an organisation. No log entry tells of it: it is about people."""

from services.access.roles import Relation
from services.problems import NotFound
from services.registry.commands import RemoveMember, SetMember
from services.registry.members import members_of, put_member, relation_of, remove_member
from services.registry.problems import LastOwner
from services.registry.unit import Unit


def set_member(unit: Unit, command: SetMember) -> None:
    """Make somebody owner or editor. Raises LastOwner where that would leave no owner."""
    if command.relation is not Relation.OWNER:
        _keep_an_owner(unit, command.id, command.subject)
    put_member(unit.connection, command.id, command.subject, command.relation)


def remove_from_members(unit: Unit, command: RemoveMember) -> None:
    """End somebody's relation. Raises NotFound for who has none, and LastOwner."""
    if relation_of(unit.connection, command.id, command.subject) is None:
        raise NotFound("The organisation has no such member.")
    _keep_an_owner(unit, command.id, command.subject)
    remove_member(unit.connection, command.id, command.subject)


def _keep_an_owner(unit: Unit, organisation_id: str, leaving: str) -> None:
    owners = [
        known.subject for known in members_of(unit.connection, organisation_id) if known.relation is Relation.OWNER
    ]
    if owners == [leaving]:
        raise LastOwner
