"""Who makes the request, as a parameter of endpoints."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from services.access.authenticator import Authenticator
from services.access.roles import Caller
from services.http.request_record import record_of
from services.problems import InvalidInput

_described = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    scheme_name="AccessToken",
    description="Access token of the OIDC issuer, or of `dwr token` while none is configured. Public reads need none.",
)


async def _current_caller(request: Request, _bearer: Annotated[object, Depends(_described)]) -> Caller:
    sent = request.headers.getlist("authorization")
    if len(sent) > 1:
        raise InvalidInput("Send the header Authorization once.")
    authenticator: Authenticator = request.app.state.authenticator
    caller = await authenticator.authenticate(sent[0] if sent else None)
    record_of(request.scope).caller = caller.name
    return caller


CurrentCaller = Annotated[Caller, Depends(_current_caller)]
"""Parameter of every endpoint that is not open to all: the caller, anonymous without a token.

A token that is not accepted ends the request with Unauthenticated. What the caller may do is asked with
`services.access.rules.require`.
"""
