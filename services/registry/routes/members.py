"""Who may act for an organisation. Token subjects are personal data: only owners and moderators see them."""

from typing import Annotated

from fastapi import APIRouter, Body, Path
from starlette.responses import Response

from services.access.rules import Action, decide, require
from services.database import reading
from services.events.log.reading import read_head
from services.problems import NotFound
from services.registry.answers import BASE, Answer, answer, etag
from services.registry.commands import RemoveMember, SetMember
from services.registry.handlers.membership import remove_from_members, set_member
from services.registry.members import members_of, relation_of
from services.registry.repository import load
from services.registry.routes.answer_examples import ONE_MEMBER, TWO_MEMBERS, answers
from services.registry.routes.bodies import MemberList, Membership, Subject
from services.registry.routes.context import RegistryParts, SignedInCaller
from services.registry.routes.examples import MEMBERSHIP, shown
from services.registry.routes.paths import OrganisationPath
from services.registry.routes.refusals import (
    LAST_OWNER,
    MEMBERS_FORBIDDEN,
    NOT_FOUND,
    UNAUTHENTICATED,
    WRITE_REFUSALS,
    WRONG_RELATION,
    refusals,
)
from services.registry.routes.writing import ExistingWriting
from services.registry.unit import Unit

router = APIRouter(prefix=f"{BASE}/{{organisation_id}}/members", tags=["members"])
MembershipBody = Annotated[Membership, Body(openapi_examples=shown(MEMBERSHIP, "An editor"))]
SubjectPath = Annotated[Subject, Path(description="Subject of the member's access tokens.", examples=["camille"])]


@router.get(
    "",
    operation_id="listMembers",
    summary="List the members of an organisation",
    response_model=MemberList,
    responses=answers("Its owners and editors", TWO_MEMBERS) | refusals(UNAUTHENTICATED, MEMBERS_FORBIDDEN, NOT_FOUND),
)
def list_(organisation_id: OrganisationPath, caller: SignedInCaller, parts: RegistryParts) -> Response:
    """Everybody who may act for it; owners and moderators see them."""
    with reading(parts.engine) as connection:
        stored = load(connection, organisation_id)
        relation, state = relation_of(connection, organisation_id, caller.subject), stored.state.value
        if not decide(caller, Action.READ_PUBLIC, relation=relation, state=state).allowed:
            raise NotFound(f"There is no organisation {organisation_id}, or it is not public.")
        require(caller, Action.MANAGE_MEMBERS, relation=relation, state=state)
        members = [
            {"subject": one.subject, "relation": one.relation.value} for one in members_of(connection, organisation_id)
        ]
        position = read_head(connection).position
    content = {"members": members, "version": stored.version}
    return answer(position, content, ETag=etag(stored.version), Cache_Control="private, no-store").response()


@router.put(
    "/{subject}",
    operation_id="setMember",
    summary="Make somebody owner or editor of an organisation",
    response_model=MemberList,
    responses=answers("Its owners and editors", TWO_MEMBERS) | refusals(LAST_OWNER, WRONG_RELATION, *WRITE_REFUSALS),
)
async def put(
    organisation_id: OrganisationPath, subject: SubjectPath, membership: MembershipBody, write: ExistingWriting
) -> Response:
    """The organisation's version stays: no event tells of people."""
    command = SetMember(id=organisation_id, subject=subject, relation=membership.relation)

    def work(unit: Unit) -> Answer:
        set_member(unit, command)
        return _members_answer(unit, command.id, write.version)

    return await write(Action.MANAGE_MEMBERS, command.id, work)


@router.delete(
    "/{subject}",
    operation_id="removeMember",
    summary="Remove a member of an organisation",
    response_model=MemberList,
    responses=answers("Those who are left", ONE_MEMBER) | refusals(LAST_OWNER, *WRITE_REFUSALS),
)
async def remove(organisation_id: OrganisationPath, subject: SubjectPath, write: ExistingWriting) -> Response:
    """One owner at least stays."""
    command = RemoveMember(id=organisation_id, subject=subject)

    def work(unit: Unit) -> Answer:
        remove_from_members(unit, command)
        return _members_answer(unit, command.id, write.version)

    return await write(Action.MANAGE_MEMBERS, command.id, work)


def _members_answer(unit: Unit, organisation_id: str, version: int) -> Answer:
    members = [
        {"subject": one.subject, "relation": one.relation.value} for one in members_of(unit.connection, organisation_id)
    ]
    return answer(
        unit.log.position,
        {"members": members, "version": version},
        ETag=etag(version),
        Cache_Control="private, no-store",
    )
