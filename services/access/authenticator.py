"""From the header `Authorization` to the caller."""

import time
from collections.abc import Callable

from services.access.issuer_keys import IssuerKeys
from services.access.local_issuer import LOCAL_ISSUER, LOCAL_TOKEN_TYPE, LocalKeys
from services.access.roles import ANONYMOUS, Caller
from services.access.tokens import TokenVerifier, expiry_of
from services.problems import Unauthenticated
from services.settings import Settings


class Authenticator:
    """Tells callers by their bearer tokens."""

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier

    async def authenticate(self, authorization: str | None) -> Caller:
        """The caller that sent this header; ANONYMOUS without one.

        Raises Unauthenticated for a token that is not accepted, and Unavailable when that cannot be told now.
        """
        if authorization is None:
            return ANONYMOUS
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("The header Authorization must read: Bearer <access token>.")
        return await self._verifier.verify(token.strip())

    def expires_at(self, authorization: str | None) -> float | None:
        """When the token of an accepted header expires, in seconds since 1970: who is served for long must end then."""
        return None if authorization is None else expiry_of(authorization.partition(" ")[2].strip())


def authenticator_for(settings: Settings, clock: Callable[[], float] = time.monotonic) -> Authenticator:
    """The authenticator of the issuer that the settings name, else of the local issuer.

    `clock` gives seconds; the times inside tokens are compared with the system's clock.
    """
    if settings.oidc_issuer:
        return Authenticator(
            TokenVerifier(
                issuer=settings.oidc_issuer,
                audience=settings.oidc_audience,
                types=tuple(name.lower() for name in settings.oidc_token_types),
                roles_claim=settings.oidc_roles_claim,
                keys=IssuerKeys(settings.oidc_issuer, clock),
            )
        )
    return Authenticator(
        TokenVerifier(
            issuer=LOCAL_ISSUER,
            audience=settings.oidc_audience,
            types=(LOCAL_TOKEN_TYPE,),
            roles_claim="roles",
            keys=LocalKeys(settings.data_dir),
        )
    )
