"""Moving a profile through its life: submitted, published, rejected, confirmed, archived, merged."""

from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from services.access.rules import Action
from services.http.openapi import problems
from services.problems import InvalidContent
from services.registry import commands
from services.registry.answers import BASE, outcome_answer
from services.registry.handlers import lifecycle
from services.registry.handlers.merging import merge_organisations
from services.registry.problems import IllegalTransition
from services.registry.routes.bodies import Archiving, Decision, Merging, OrganisationAnswer
from services.registry.routes.examples import DECISION, MERGE, shown
from services.registry.routes.organisations import WRITE_PROBLEMS, OrganisationPath
from services.registry.routes.writing import ExistingWriting

router = APIRouter(prefix=f"{BASE}/{{organisation_id}}", tags=["lifecycle"])
DecisionBody = Annotated[Decision, Body(openapi_examples=shown(DECISION, "Ask for what is missing"))]
ArchivingBody = Annotated[Archiving | None, Body(openapi_examples=shown(DECISION, "Say why"))]
MergingBody = Annotated[Merging, Body(openapi_examples=shown(MERGE, "Merge into another organisation"))]
_MOVE = problems(IllegalTransition, *WRITE_PROBLEMS)
_MOVE_WITH_CONTENT = problems(IllegalTransition, InvalidContent, *WRITE_PROBLEMS)


@router.post("/submit", response_model=OrganisationAnswer, responses=_MOVE_WITH_CONTENT)
async def submit(organisation_id: OrganisationPath, write: ExistingWriting) -> Response:
    """Hand a complete profile to the moderators; all that is missing is told at once."""
    command = commands.SubmitProfile(id=organisation_id)
    return await write(Action.SUBMIT, command.id, lambda unit: outcome_answer(lifecycle.submit_profile(unit, command)))


@router.post("/publish", response_model=OrganisationAnswer, responses=_MOVE_WITH_CONTENT)
async def publish(organisation_id: OrganisationPath, write: ExistingWriting) -> Response:
    """Show a submitted profile to everybody, or one again that was stale or lacked information."""
    command = commands.PublishProfile(id=organisation_id)
    return await write(
        Action.PUBLISH, command.id, lambda unit: outcome_answer(lifecycle.publish_profile(unit, command))
    )


@router.post("/reject", response_model=OrganisationAnswer, responses=_MOVE_WITH_CONTENT)
async def reject(organisation_id: OrganisationPath, decision: DecisionBody, write: ExistingWriting) -> Response:
    """Refuse a submitted profile. The organisation may change it and submit it again."""
    command = commands.RejectProfile(id=organisation_id, reason=decision.reason)
    return await write(Action.REJECT, command.id, lambda unit: outcome_answer(lifecycle.reject_profile(unit, command)))


@router.post("/request-information", response_model=OrganisationAnswer, responses=_MOVE_WITH_CONTENT)
async def request_information(
    organisation_id: OrganisationPath, decision: DecisionBody, write: ExistingWriting
) -> Response:
    """Ask the organisation for more; the profile stays public meanwhile."""
    command = commands.RequestInformation(id=organisation_id, reason=decision.reason)
    return await write(
        Action.REQUEST_INFORMATION,
        command.id,
        lambda unit: outcome_answer(lifecycle.request_information(unit, command)),
    )


@router.post("/confirm", response_model=OrganisationAnswer, responses=_MOVE)
async def confirm(organisation_id: OrganisationPath, write: ExistingWriting) -> Response:
    """Say that the profile is true today. A stale one is published again."""
    command = commands.ConfirmProfile(id=organisation_id)
    return await write(
        Action.CONFIRM, command.id, lambda unit: outcome_answer(lifecycle.confirm_profile(unit, command))
    )


@router.post("/archive", response_model=OrganisationAnswer, responses=_MOVE_WITH_CONTENT)
async def archive(
    organisation_id: OrganisationPath, write: ExistingWriting, archiving: ArchivingBody = None
) -> Response:
    """Take the organisation out of the public view for good. Its register numbers become free."""
    command = commands.ArchiveOrganisation(id=organisation_id, reason=archiving.reason if archiving else None)
    return await write(
        Action.ARCHIVE, command.id, lambda unit: outcome_answer(lifecycle.archive_organisation(unit, command))
    )


@router.post("/merge", response_model=OrganisationAnswer, responses=_MOVE_WITH_CONTENT)
async def merge(organisation_id: OrganisationPath, merging: MergingBody, write: ExistingWriting) -> Response:
    """Say that this organisation is another one, which survives and takes over its slugs, id and numbers."""
    command = commands.MergeOrganisations(id=organisation_id, into=merging.into, into_version=merging.into_version)
    return await write(Action.MERGE, command.id, lambda unit: outcome_answer(merge_organisations(unit, command)))
