"""Registering, reading, listing and changing organisations."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query
from starlette.responses import Response

from services.access.roles import Role
from services.access.rules import Action, require
from services.database import reading
from services.events.contracts.organisation import Content
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import ProfileState
from services.events.log.reading import read_head
from services.http.caller import CurrentCaller
from services.http.openapi import merge_patch_body
from services.http.requests import MergePatch
from services.problems import FieldError, Forbidden, InvalidInput
from services.registry.answers import BASE, Answer, answer, etag, outcome_answer, positioned
from services.registry.commands import ChangeOrganisation, RegisterOrganisation
from services.registry.handlers.changes import change_organisation
from services.registry.handlers.registration import register_organisation
from services.registry.notes import notes_of
from services.registry.problems import IdempotencyKeyReused
from services.registry.reading import Listing, Moved, Shown, list_organisations, look_up, next_after
from services.registry.routes.answer_examples import (
    CHANGED,
    LISTED,
    MOVED,
    READ,
    REGISTERED,
    answers,
)
from services.registry.routes.bodies import MovedAnswer, OrganisationAnswer, OrganisationList, Registration
from services.registry.routes.context import RegistryParts, SignedInCaller
from services.registry.routes.examples import ORGANISATION, PATCH, REGISTRATION
from services.registry.routes.paths import OrganisationPath
from services.registry.routes.refusals import (
    CONTRADICTION,
    FORBIDDEN,
    LIKELY_DUPLICATE,
    LIST_FORBIDDEN,
    MOVE_REFUSALS,
    NOT_FOUND,
    NUMBER_TAKEN,
    SLUG_TAKEN,
    UNAUTHENTICATED,
    WRONG_CHANGE,
    WRONG_FIELDS,
    WRONG_LIMIT,
    refusals,
)
from services.registry.routes.writing import ExistingWriting, NewWriting

router = APIRouter(prefix=BASE, tags=["organisations"])


@router.post(
    "",
    status_code=201,
    operation_id="registerOrganisation",
    summary="Register an organisation",
    response_model=OrganisationAnswer,
    responses=answers("The organisation, a draft", REGISTERED, status=201)
    | refusals(
        *(CONTRADICTION, WRONG_FIELDS, LIKELY_DUPLICATE, NUMBER_TAKEN, SLUG_TAKEN),
        *(UNAUTHENTICATED, FORBIDDEN, IdempotencyKeyReused()),
    ),
    openapi_extra={"requestBody": {"content": {"application/json": {"examples": REGISTRATION}}}},
)
async def register(
    registration: Registration,
    write: NewWriting,
    *,
    submit: Annotated[bool, Query(description="Hand it to the moderators at once.")] = False,
    publish: Annotated[bool, Query(description="Show it at once: moderators only.")] = False,
    confirmation: Annotated[
        str | None,
        Header(
            alias="DWR-Confirmation-Token",
            max_length=200,
            description="From the answer 409 likely-duplicate to the same body: register all the same.",
        ),
    ] = None,
) -> Response:
    """It begins as a draft, complete or not, and the caller is its first owner."""
    state = _first_state(submit=submit, publish=publish)
    command = _registration(registration, state, write.caller.subject, confirmation)
    if publish:
        require(write.caller, Action.PUBLISH)
    return await write(Action.REGISTER, lambda unit: outcome_answer(register_organisation(unit, command), status=201))


def _first_state(*, submit: bool, publish: bool) -> ProfileState:
    if submit and publish:
        remedy = "Send either submit or publish."
        raise InvalidInput(remedy, errors=[FieldError("query:publish", "contradiction", remedy)])
    if publish:
        return ProfileState.PUBLISHED
    return ProfileState.SUBMITTED if submit else ProfileState.DRAFT


def _registration(
    registration: Registration, state: ProfileState, owner: str | None, token: str | None
) -> RegisterOrganisation:
    content = Content.model_construct(**{name: getattr(registration, name) for name in Content.model_fields})
    return RegisterOrganisation(
        content=content, slug=registration.slug, state=state, owner=owner, confirmation_token=token
    )


async def _page(
    after: Annotated[str, Query(pattern="^(org-[a-z2-7]{16})?$", description="`next_after` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Listing:
    return Listing(after=after, limit=limit)


PageWanted = Annotated[Listing, Depends(_page)]


@router.get(
    "",
    operation_id="listOrganisations",
    summary="List the organisations that you may see",
    response_model=OrganisationList,
    responses=answers("A page of them", LISTED) | refusals(WRONG_LIMIT, UNAUTHENTICATED, LIST_FORBIDDEN),
)
def list_(
    caller: SignedInCaller,
    parts: RegistryParts,
    page: PageWanted,
    *,
    state: ProfileState | None = None,
    mine: Annotated[bool, Query(description="Only those that the caller is owner or editor of.")] = False,
) -> Response:
    """Moderators see all, others their own with `mine=true`. Public ones are found over GraphQL."""
    if not mine and Role.MODERATOR not in caller.roles:
        raise Forbidden("To list all organisations you must be a moderator; add mine=true to list your own.")
    wanted = replace(page, state=state, member=caller.subject if mine else None)
    with reading(parts.engine) as connection:
        found = list_organisations(connection, wanted)
        content = {"organisations": found, "next_after": next_after(found, wanted.limit)}
        return answer(read_head(connection).position, content, Cache_Control="private, no-store").response()


@router.get(
    "/{reference}",
    operation_id="readOrganisation",
    summary="Read an organisation",
    response_model=OrganisationAnswer,
    responses={
        **READ,
        304: {"description": "The caller has this version already."},
        308: MOVED | {"model": MovedAnswer},
        **refusals(NOT_FOUND),
    },
)
def read(
    reference: Annotated[
        str, Path(description="Id, slug, or a slug of former times.", max_length=80, examples=[ORGANISATION])
    ],
    caller: CurrentCaller,
    parts: RegistryParts,
    if_none_match: Annotated[str | None, Header(description="ETags that the caller has.")] = None,
) -> Response:
    """Everybody reads its public part; owners, editors and moderators all of it."""
    with reading(parts.engine) as connection:
        position = read_head(connection).position
        with positioned(position):
            found = look_up(connection, caller, reference)
        if isinstance(found, Moved):
            return _elsewhere(position, found).response()
        content = {"organisation": found.document, "version": found.version}
        if found.whole:
            content["notes"] = notes_of(connection, found.id)
    shown = answer(position, content, ETag=etag(found.version), Vary="Authorization", Cache_Control=_caching(found))
    return _unless_known(shown, if_none_match).response()


def _elsewhere(position: Position, found: Moved) -> Answer:
    place = found.shown.slug if found.reason == "renamed" else found.shown.id
    content = {"reason": found.reason, "organisation": {"id": found.shown.id, "slug": found.shown.slug}}
    # Clients keep a 308 for good unless told otherwise, and a slug may come back to its owner.
    return answer(position, content, status=308, Location=f"{BASE}/{place}", Cache_Control="no-cache")


def _caching(found: Shown) -> str:
    return "private, no-cache" if found.whole or "restricted" in found.document else "no-cache"


def _unless_known(shown: Answer, if_none_match: str | None) -> Answer:
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    return Answer(304, b"", shown.headers) if {shown.headers["ETag"], "*"} & known else shown


@router.patch(
    "/{organisation_id}",
    operation_id="changeOrganisation",
    summary="Change an organisation",
    response_model=OrganisationAnswer,
    responses=answers("The organisation after the change", CHANGED)
    | refusals(WRONG_CHANGE, NUMBER_TAKEN, SLUG_TAKEN, *MOVE_REFUSALS),
    openapi_extra=merge_patch_body("Fields to change; null removes one. `slug` may be changed too.", PATCH),
)
async def change(organisation_id: OrganisationPath, patch: MergePatch, write: ExistingWriting) -> Response:
    """By JSON merge patch (RFC 7396). One that changes nothing leaves version and log alone."""
    command = ChangeOrganisation(id=organisation_id, patch=patch)
    return await write(Action.CHANGE, command.id, lambda unit: outcome_answer(change_organisation(unit, command)))
