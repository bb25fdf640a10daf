"""Moving a profile through its life: submitted, published, rejected, confirmed, archived, merged."""

from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from services.access.rules import Action
from services.registry import commands
from services.registry.answers import BASE, outcome_answer
from services.registry.handlers import lifecycle
from services.registry.handlers.merging import merge_organisations
from services.registry.routes.answer_examples import (
    ARCHIVED,
    ASKED,
    CONFIRMED,
    MERGED,
    PUBLISHED,
    REJECTED,
    SUBMITTED,
    answers,
)
from services.registry.routes.bodies import Archiving, Decision, Merging, OrganisationAnswer
from services.registry.routes.examples import DECISION, MERGE, shown
from services.registry.routes.paths import OrganisationPath
from services.registry.routes.refusals import INCOMPLETE, MOVE_REFUSALS, NO_REASON, WRONG_SURVIVOR, refusals
from services.registry.routes.writing import ExistingWriting

router = APIRouter(prefix=f"{BASE}/{{organisation_id}}", tags=["lifecycle"])
DecisionBody = Annotated[Decision, Body(openapi_examples=shown(DECISION, "Ask for what is missing"))]
ArchivingBody = Annotated[Archiving | None, Body(openapi_examples=shown(DECISION, "Say why"))]
MergingBody = Annotated[Merging, Body(openapi_examples=shown(MERGE, "Merge into another organisation"))]


@router.post(
    "/submit",
    operation_id="submitProfile",
    summary="Submit a profile to the moderators",
    response_model=OrganisationAnswer,
    responses=answers("The profile, submitted", SUBMITTED) | refusals(INCOMPLETE, *MOVE_REFUSALS),
)
async def submit(organisation_id: OrganisationPath, write: ExistingWriting) -> Response:
    """All that is missing is told at once."""
    command = commands.SubmitProfile(id=organisation_id)
    return await write(Action.SUBMIT, command.id, lambda unit: outcome_answer(lifecycle.submit_profile(unit, command)))


@router.post(
    "/publish",
    operation_id="publishProfile",
    summary="Publish a profile",
    response_model=OrganisationAnswer,
    responses=answers("The profile, shown to everybody", PUBLISHED) | refusals(INCOMPLETE, *MOVE_REFUSALS),
)
async def publish(organisation_id: OrganisationPath, write: ExistingWriting) -> Response:
    """A submitted profile, or one again that was stale or lacked information. All that is missing is told at once."""
    command = commands.PublishProfile(id=organisation_id)
    return await write(
        Action.PUBLISH, command.id, lambda unit: outcome_answer(lifecycle.publish_profile(unit, command))
    )


@router.post(
    "/reject",
    operation_id="rejectProfile",
    summary="Reject a submitted profile",
    response_model=OrganisationAnswer,
    responses=answers("The profile, rejected", REJECTED) | refusals(NO_REASON, *MOVE_REFUSALS),
)
async def reject(organisation_id: OrganisationPath, decision: DecisionBody, write: ExistingWriting) -> Response:
    """The organisation may change it and submit it again. The reason is told to its members alone."""
    command = commands.RejectProfile(id=organisation_id, reason=decision.reason)
    return await write(Action.REJECT, command.id, lambda unit: outcome_answer(lifecycle.reject_profile(unit, command)))


@router.post(
    "/request-information",
    operation_id="requestInformation",
    summary="Ask an organisation for more information",
    response_model=OrganisationAnswer,
    responses=answers("The profile, which needs information", ASKED) | refusals(NO_REASON, *MOVE_REFUSALS),
)
async def request_information(
    organisation_id: OrganisationPath, decision: DecisionBody, write: ExistingWriting
) -> Response:
    """The profile stays public. The reason is told to the organisation's members alone."""
    command = commands.RequestInformation(id=organisation_id, reason=decision.reason)
    return await write(
        Action.REQUEST_INFORMATION,
        command.id,
        lambda unit: outcome_answer(lifecycle.request_information(unit, command)),
    )


@router.post(
    "/confirm",
    operation_id="confirmProfile",
    summary="Confirm that a profile is true today",
    response_model=OrganisationAnswer,
    responses=answers("The profile, confirmed", CONFIRMED) | refusals(*MOVE_REFUSALS),
)
async def confirm(organisation_id: OrganisationPath, write: ExistingWriting) -> Response:
    """A stale one is published again."""
    command = commands.ConfirmProfile(id=organisation_id)
    return await write(
        Action.CONFIRM, command.id, lambda unit: outcome_answer(lifecycle.confirm_profile(unit, command))
    )


@router.post(
    "/archive",
    operation_id="archiveOrganisation",
    summary="Archive an organisation",
    response_model=OrganisationAnswer,
    responses=answers("The organisation, archived", ARCHIVED) | refusals(NO_REASON, *MOVE_REFUSALS),
)
async def archive(
    organisation_id: OrganisationPath, write: ExistingWriting, archiving: ArchivingBody = None
) -> Response:
    """It leaves the public view for good, and its register numbers become free."""
    command = commands.ArchiveOrganisation(id=organisation_id, reason=archiving.reason if archiving else None)
    return await write(
        Action.ARCHIVE, command.id, lambda unit: outcome_answer(lifecycle.archive_organisation(unit, command))
    )


@router.post(
    "/merge",
    operation_id="mergeOrganisations",
    summary="Merge an organisation into another",
    response_model=OrganisationAnswer,
    responses=answers("The organisation that was merged", MERGED) | refusals(WRONG_SURVIVOR, *MOVE_REFUSALS),
)
async def merge(organisation_id: OrganisationPath, merging: MergingBody, write: ExistingWriting) -> Response:
    """This organisation proved to be the other one, which survives and takes over its slugs, id and numbers.

    Two entries of the log tell of it; that of the survivor names the first one's event as its cause. A natural person
    who does not want to be shown is merged into one who is not shown either: the numbers would come out otherwise.
    """
    command = commands.MergeOrganisations(id=organisation_id, into=merging.into, into_version=merging.into_version)
    return await write(Action.MERGE, command.id, lambda unit: outcome_answer(merge_organisations(unit, command)))
