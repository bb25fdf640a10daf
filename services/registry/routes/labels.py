"""Granting labels and taking them back."""

from typing import Annotated

from fastapi import APIRouter, Body, Path
from starlette.responses import Response

from services.access.rules import Action
from services.registry.answers import BASE, outcome_answer
from services.registry.commands import GrantLabel, RevokeLabel
from services.registry.handlers.labels import grant_label, revoke_label
from services.registry.routes.answer_examples import LABELLED, REVOKED, answers
from services.registry.routes.bodies import Grant, OrganisationAnswer
from services.registry.routes.examples import GRANT, GRANT_ID, shown
from services.registry.routes.paths import OrganisationPath
from services.registry.routes.refusals import MOVE_REFUSALS, REVOKED_BEFORE, WRONG_GRANT, refusals
from services.registry.routes.writing import ExistingWriting

router = APIRouter(prefix=f"{BASE}/{{organisation_id}}/labels", tags=["labels"])
GrantBody = Annotated[Grant, Body(openapi_examples=shown(GRANT, "A label of three years"))]
GrantPath = Annotated[
    str, Path(pattern="^grant-[a-z2-7]{16}$", description="Id of the grant, from `labels`.", examples=[GRANT_ID])
]


@router.post(
    "",
    status_code=201,
    operation_id="grantLabel",
    summary="Grant a label to an organisation",
    response_model=OrganisationAnswer,
    responses=answers("The organisation with its label", LABELLED, status=201) | refusals(WRONG_GRANT, *MOVE_REFUSALS),
)
async def grant(organisation_id: OrganisationPath, grant: GrantBody, write: ExistingWriting) -> Response:
    """The organisation must be public. The label is shown between its dates."""
    command = GrantLabel(id=organisation_id, **dict(grant))
    return await write(
        Action.GRANT_LABEL, command.id, lambda unit: outcome_answer(grant_label(unit, command), status=201)
    )


@router.delete(
    "/{grant_id}",
    operation_id="revokeLabel",
    summary="Revoke a label of an organisation",
    response_model=OrganisationAnswer,
    responses=answers("The organisation, its label revoked", REVOKED) | refusals(REVOKED_BEFORE, *MOVE_REFUSALS),
)
async def revoke(organisation_id: OrganisationPath, grant_id: GrantPath, write: ExistingWriting) -> Response:
    """From today on. The grant stays in the document, with the day on which it was revoked."""
    command = RevokeLabel(id=organisation_id, grant_id=grant_id)
    return await write(Action.REVOKE_LABEL, command.id, lambda unit: outcome_answer(revoke_label(unit, command)))
