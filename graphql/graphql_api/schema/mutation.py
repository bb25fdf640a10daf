"""The root of all writes."""

from typing import Annotated, Any

import strawberry

from graphql_api.schema.context import Info
from graphql_api.schema.forwarding import Write, path_of
from graphql_api.schema.results import WriteResult
from graphql_api.schema.scalars import Day, Json

Version = Annotated[int, strawberry.argument(description="The version that was read: a newer one refuses the write.")]
Key = Annotated[
    str | None,
    strawberry.argument(description="New for each new write: a repeat within 24 hours is answered like the first one."),
]
Content = Annotated[
    Json,
    strawberry.argument(description="The content in the form of the registry's API, snake_case; errors point into it."),
]
Identifier = strawberry.ID


@strawberry.input(description="A label to grant.")
class LabelGrantInput:
    """A grant."""

    label: str
    issuer: str
    criteria_version: str
    valid_from: Day
    valid_until: Day | None = None
    evidence: str | None = None


async def _register(  # noqa: PLR0913 - each is a part of the request
    info: Info,
    content: Content,
    *,
    submit: bool = False,
    publish: bool = False,
    confirmation_token: str | None = None,
    idempotency_key: Key = None,
) -> WriteResult:
    parameters = {name: "true" for name, wanted in (("submit", submit), ("publish", publish)) if wanted}
    write = Write(
        "", content, idempotency_key=idempotency_key, confirmation_token=confirmation_token, parameters=parameters
    )
    return await _sent(info, write)


async def _change(
    info: Info,
    id: Identifier,  # noqa: A002
    version: Version,
    patch: Content,
    idempotency_key: Key = None,
) -> WriteResult:
    return await _sent(info, Write(path_of(id), patch, "PATCH", version, idempotency_key))


def _move(step: str) -> Any:
    async def move(
        info: Info,
        id: Identifier,  # noqa: A002
        version: Version,
        idempotency_key: Key = None,
    ) -> WriteResult:
        return await _sent(info, Write(path_of(id, step), None, "POST", version, idempotency_key))

    return move


def _decide(step: str) -> Any:
    async def decide(
        info: Info,
        id: Identifier,  # noqa: A002
        version: Version,
        reason: str,
        idempotency_key: Key = None,
    ) -> WriteResult:
        return await _sent(info, Write(path_of(id, step), {"reason": reason}, "POST", version, idempotency_key))

    return decide


async def _archive(
    info: Info,
    id: Identifier,  # noqa: A002
    version: Version,
    reason: str | None = None,
    idempotency_key: Key = None,
) -> WriteResult:
    body = None if reason is None else {"reason": reason}
    return await _sent(info, Write(path_of(id, "archive"), body, "POST", version, idempotency_key))


async def _merge(  # noqa: PLR0913 - each is a part of the decision
    info: Info,
    id: Identifier,  # noqa: A002
    version: Version,
    into: Identifier,
    *,
    into_version: int | None = None,
    idempotency_key: Key = None,
) -> WriteResult:
    body = {"into": into} | ({} if into_version is None else {"into_version": into_version})
    return await _sent(info, Write(path_of(id, "merge"), body, "POST", version, idempotency_key))


async def _grant(
    info: Info,
    id: Identifier,  # noqa: A002
    version: Version,
    grant: LabelGrantInput,
    idempotency_key: Key = None,
) -> WriteResult:
    body = {name: value for name, value in vars(grant).items() if value is not None}
    return await _sent(info, Write(path_of(id, "labels"), body, "POST", version, idempotency_key))


async def _revoke(
    info: Info,
    id: Identifier,  # noqa: A002
    version: Version,
    grant_id: Identifier,
    idempotency_key: Key = None,
) -> WriteResult:
    return await _sent(info, Write(path_of(id, "labels", grant_id), None, "DELETE", version, idempotency_key))


async def _sent(info: Info, write: Write) -> WriteResult:
    return await write.send(info.context)


@strawberry.type(description="Writes. Each goes to the registry with the caller's token and answers with its position.")
class Mutation:
    """The root of writes."""

    register_organisation: WriteResult = strawberry.field(
        resolver=_register, description="Enter an organisation: a draft unless it is submitted or published at once."
    )
    change_organisation: WriteResult = strawberry.field(
        resolver=_change, description="Change fields by a JSON merge patch (RFC 7396); null removes a field."
    )
    submit_profile: WriteResult = strawberry.field(
        resolver=_move("submit"), description="Hand the profile to the agency's moderators."
    )
    publish_profile: WriteResult = strawberry.field(
        resolver=_move("publish"), description="Show the profile to everybody (moderators)."
    )
    confirm_profile: WriteResult = strawberry.field(
        resolver=_move("confirm"), description="Say that the profile is true today."
    )
    reject_profile: WriteResult = strawberry.field(
        resolver=_decide("reject"), description="Refuse a submitted profile (moderators)."
    )
    request_information: WriteResult = strawberry.field(
        resolver=_decide("request-information"), description="Ask for more; the profile stays public (moderators)."
    )
    archive_organisation: WriteResult = strawberry.field(
        resolver=_archive, description="Take the organisation out of the public view for good."
    )
    merge_organisations: WriteResult = strawberry.field(
        resolver=_merge, description="Say that `id` is the same as `into`, which survives (moderators)."
    )
    grant_label: WriteResult = strawberry.field(resolver=_grant, description="Grant a label (moderators).")
    revoke_label: WriteResult = strawberry.field(resolver=_revoke, description="Take a label back (moderators).")
