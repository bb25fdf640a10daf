"""Refusals as the OpenAPI document shows them: each is raised like this somewhere, and a test meets them all."""

from typing import Any

from pydantic import ValidationError

from services.events.contracts.entries import Json
from services.events.contracts.values import Model
from services.events.contracts.vocabulary import ProfileState
from services.http.field_errors import invalid_content
from services.http.openapi import problems
from services.problems import (
    MEDIA_TYPE,
    Conflict,
    FieldError,
    Forbidden,
    InvalidContent,
    InvalidInput,
    NotFound,
    PreconditionRequired,
    Problem,
    Unauthenticated,
)
from services.registry.problems import (
    IdempotencyKeyReused,
    IllegalTransition,
    LastOwner,
    LikelyDuplicate,
    NumberTaken,
    SlugTaken,
    StaleVersion,
)
from services.registry.routes.bodies import Decision, Membership, Registration
from services.registry.routes.examples import COMPANY, KNOWN, ORGANISATION, TOKEN

_REQUEST_ID = "4edc5608ca6fc2bd18949688751fae3d"


def refusals(*shown: Problem) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint that can refuse like this."""
    examples = {one.code(): one.document(_REQUEST_ID) for one in shown}
    responses = problems(*(type(one) for one in shown))
    for response in responses.values():
        for code, example in response["content"][MEDIA_TYPE]["examples"].items():
            example["value"] = examples[code]
    return responses


def _invalid(detail: str, *errors: tuple[str, str, str]) -> InvalidContent:
    return InvalidContent(detail, errors=[FieldError(*error) for error in errors])


def _wrong(model: type[Model], document: Json) -> InvalidContent:
    """How such a body is refused."""
    try:
        model.model_validate(document)
    except ValidationError as error:
        return invalid_content(error, document=document, model=model)
    raise ValueError("there is nothing wrong with this example")


UNAUTHENTICATED = Unauthenticated("Send an access token: Authorization: Bearer <token>.")
FORBIDDEN = Forbidden("To publish the profile you must be a caller with the role moderator.")
NOT_FOUND = NotFound(f"There is no organisation {ORGANISATION}, or it is not public.")
STALE = StaleVersion(4)
ILLEGAL = IllegalTransition(ProfileState.DRAFT, "publish", ("change", "submit", "archive"))
NUMBER_TAKEN = NumberTaken(
    [FieldError("/enterprise_numbers/0", "taken", "Another organisation has this number.")], dict(KNOWN)
)
SLUG_TAKEN = SlugTaken("exemple-numerique-srl")
LIKELY_DUPLICATE = LikelyDuplicate(
    [{**KNOWN, "why": ["same website", "similar name in the same commune"], "score": 1.0}], TOKEN, refused_token=False
)
REVOKED_BEFORE = Conflict("This grant was revoked before.")
LAST_OWNER = LastOwner()

_LIMIT = "Write 1 or more."
WRONG_LIMIT = InvalidInput(f"query:limit: {_LIMIT}", errors=[FieldError("query:limit", "too_small", _LIMIT)])
_EITHER = "Send either submit or publish."
CONTRADICTION = InvalidInput(_EITHER, errors=[FieldError("query:publish", "contradiction", _EITHER)])
_SEND_VERSION = 'Send the ETag of what you read, for example If-Match: "3".'
NO_VERSION = PreconditionRequired(_SEND_VERSION, errors=[FieldError("header:If-Match", "missing", _SEND_VERSION)])
LIST_FORBIDDEN = Forbidden("To list all organisations you must be a moderator; add mine=true to list your own.")
MEMBERS_FORBIDDEN = Forbidden(
    "To manage the members while it is published you must be its owner or a caller with the role moderator."
)

WRONG_FIELDS = _wrong(Registration, COMPANY | {"enterprise_numbers": ["0403.227.516"], "size_class": "smal"})
WRONG_CHANGE = _wrong(Registration, COMPANY | {"size_class": "smal", "webistes": []})
INCOMPLETE = _invalid(
    "The profile is not complete enough to be shown. Nothing was written.",
    (
        "/categories",
        "needed_to_publish",
        "Name at least one category: a product, market, technology or business position.",
    ),
    (
        "/private/platform_contact",
        "needed_to_publish",
        "Name the person whom the platform writes to; it stays private.",
    ),
)
NO_REASON = _wrong(Decision, {"reason": ""})
WRONG_GRANT = _invalid(
    "The label would end before it begins.",
    (
        "/valid_until",
        "order",
        "Write the last day on which the label is valid, not before valid_from; or leave it out.",
    ),
)
WRONG_SURVIVOR = _invalid(
    "The organisations cannot be merged.",
    ("/into", "unknown_organisation", "The registry has no organisation of this id."),
)
WRONG_RELATION = _wrong(Membership, {"relation": "boss"})

WRITE_REFUSALS = (UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, STALE, NO_VERSION, IdempotencyKeyReused())
"""How every write to an organisation can be refused."""
MOVE_REFUSALS = (ILLEGAL, *WRITE_REFUSALS)
