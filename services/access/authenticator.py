"""From the header `Authorization` to the caller."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from services.access.issuer_keys import IssuerKeys
from services.access.local_issuer import LOCAL_ISSUER, LOCAL_TOKEN_TYPE, LocalKeys
from services.access.roles import ANONYMOUS, Caller
from services.access.tokens import TokenVerifier, expiry_of
from services.problems import Unauthenticated
from services.settings import Settings

KNOWN_SECONDS = 30.0
"""How long an accepted token is not verified again: so much longer at most one is accepted whose key is withdrawn."""
_MOST_KNOWN = 1_000


class _Known(NamedTuple):
    caller: Caller
    until: float
    """By the clock."""
    expires_at: float
    """In seconds since 1970."""


class Authenticator:
    """Tells callers by their bearer tokens. Safe to use from several threads."""

    def __init__(self, verifier: TokenVerifier, clock: Callable[[], float] = time.monotonic) -> None:
        self._verifier = verifier
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def authenticate(self, authorization: str | None) -> Caller:
        """The caller that sent this header; ANONYMOUS without one.

        Raises Unauthenticated for a token that is not accepted, and Unavailable when that cannot be told now.
        """
        if known := self.known(authorization):
            return known
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("The header Authorization must read: Bearer <access token>.")
        caller = await self._verifier.verify(token.strip())
        self._keep(authorization or "", caller, expiry_of(token.strip()))
        return caller

    def known(self, authorization: str | None) -> Caller | None:
        """The caller, where it can be told without verifying a token: none was sent, or it was verified just now."""
        if authorization is None:
            return ANONYMOUS
        known = self._known.get(authorization)
        if known is None or self._clock() >= known.until or time.time() >= known.expires_at:
            return None
        return known.caller

    def _keep(self, authorization: str, caller: Caller, expires_at: float) -> None:
        self._known[authorization] = _Known(caller, self._clock() + KNOWN_SECONDS, expires_at)
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)

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
            ),
            clock,
        )
    return Authenticator(
        TokenVerifier(
            issuer=LOCAL_ISSUER,
            audience=settings.oidc_audience,
            types=(LOCAL_TOKEN_TYPE,),
            roles_claim="roles",
            keys=LocalKeys(settings.data_dir),
        ),
        clock,
    )
