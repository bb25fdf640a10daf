"""What the endpoints of the registry stand on: the process's parts, and the headers that writes come with."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine

from services.access.roles import Caller, Role
from services.events.contracts.vocabulary import Actor, Origin
from services.http.caller import CurrentCaller
from services.problems import FieldError, InvalidInput, Unauthenticated
from services.registry.unit import Author
from services.registry.writer import Writer

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process of the registry has."""

    engine: Engine
    writer: Writer


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


RegistryParts = Annotated[Parts, Depends(_parts)]


async def _signed_in(caller: CurrentCaller) -> Caller:
    if caller.subject is None:
        raise Unauthenticated("Send an access token: Authorization: Bearer <token>.")
    return caller


SignedInCaller = Annotated[Caller, Depends(_signed_in)]
"""The caller of an endpoint that is not for anonymous ones: told so before anything else is looked at."""


def author_of(caller: Caller, request_id: str) -> Author:
    """The caller as the author of a change: the agency where it has a role there, else the organisation."""
    if Role.MODERATOR in caller.roles:
        return Author(Actor.MODERATOR, Origin.MODERATOR, caller.subject, request_id)
    if Role.OPERATOR in caller.roles:
        return Author(Actor.OPERATOR, Origin.MODERATOR, caller.subject, request_id)
    return Author(Actor.ORGANISATION, Origin.ORGANISATION, caller.subject, request_id)


def checked_key(key: str | None) -> str | None:
    """The header `Idempotency-Key`. Raises InvalidInput for one that is no key."""
    if key is not None and not _KEY.fullmatch(key):
        remedy = "Send 1 to 255 visible ASCII characters, a UUID for example."
        raise InvalidInput(
            f"Idempotency-Key: {remedy}", errors=[FieldError("header:Idempotency-Key", "wrong_form", remedy)]
        )
    return key
