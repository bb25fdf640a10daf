"""Granting labels and taking them back."""

from typing import Annotated

from fastapi import APIRouter, Body, Path
from starlette.responses import Response

from services.access.rules import Action
from services.http.openapi import problems
from services.problems import Conflict, InvalidContent
from services.registry.answers import BASE, outcome_answer
from services.registry.commands import GrantLabel, RevokeLabel
from services.registry.handlers.labels import grant_label, revoke_label
from services.registry.problems import IllegalTransition
from services.registry.routes.bodies import Grant, OrganisationAnswer
from services.registry.routes.examples import GRANT, shown
from services.registry.routes.organisations import WRITE_PROBLEMS, OrganisationPath
from services.registry.routes.writing import ExistingWriting

router = APIRouter(prefix=f"{BASE}/{{organisation_id}}/labels", tags=["labels"])
GrantBody = Annotated[Grant, Body(openapi_examples=shown(GRANT, "A label of three years"))]
GrantPath = Annotated[str, Path(pattern="^grant-[a-z2-7]{16}$", description="Id of the grant, from `labels`.")]


@router.post(
    "",
    status_code=201,
    response_model=OrganisationAnswer,
    responses=problems(InvalidContent, IllegalTransition, *WRITE_PROBLEMS),
)
async def grant(organisation_id: OrganisationPath, grant: GrantBody, write: ExistingWriting) -> Response:
    """Grant a label to a public organisation."""
    command = GrantLabel(id=organisation_id, **dict(grant))
    return await write(
        Action.GRANT_LABEL, command.id, lambda unit: outcome_answer(grant_label(unit, command), status=201)
    )


@router.delete(
    "/{grant_id}",
    response_model=OrganisationAnswer,
    responses=problems(IllegalTransition, Conflict, *WRITE_PROBLEMS),
)
async def revoke(organisation_id: OrganisationPath, grant_id: GrantPath, write: ExistingWriting) -> Response:
    """Take a label back from today on. The grant stays in the document, with the day on which it was revoked."""
    command = RevokeLabel(id=organisation_id, grant_id=grant_id)
    return await write(Action.REVOKE_LABEL, command.id, lambda unit: outcome_answer(revoke_label(unit, command)))
