"""Access tokens in, callers out: JWT access tokens (RFC 9068) of one issuer, for one audience."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from jwt import PyJWK

from services.access.keys import ALGORITHMS, KeySource
from services.access.refusals import Refusal, refused
from services.access.roles import Caller, Role

LEEWAY_SECONDS = 30
"""How far the issuer's clock and ours may differ."""
LONGEST_TOKEN = 16 * 1024
LONGEST_SUBJECT = 255
_REQUIRED = ("iss", "aud", "sub", "exp", "iat")


@dataclass(frozen=True, slots=True)
class TokenVerifier:
    """What a token must be to be accepted."""

    issuer: str
    audience: str
    types: tuple[str, ...]
    """Accepted `typ` headers, in lower case."""
    roles_claim: str
    keys: KeySource

    async def verify(self, token: str) -> Caller:
        """The caller that the token speaks for. Raises Unauthenticated with the cause, or Unavailable."""
        header = self._header(token)
        self._check_issuer(token)
        key = await self.keys.find(header["kid"])
        if key is None:
            raise refused(Refusal.UNKNOWN_KEY, "The token is signed with a key that its issuer does not publish.")
        if header["alg"] not in key:
            raise refused(Refusal.WRONG_ALGORITHM, f"The token's key is not for the algorithm {header['alg']}.")
        return self._caller(self._claims(token, key[header["alg"]]))

    def _header(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST_TOKEN:
            raise refused(Refusal.MALFORMED, f"The token is longer than {LONGEST_TOKEN} characters.")
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.InvalidTokenError, RecursionError) as error:
            raise _malformed() from error
        if _media_type(header.get("typ")) not in self.types:
            raise refused(
                Refusal.WRONG_TYPE,
                f"The token's typ must be {' or '.join(self.types)}: send an access token, not an ID token.",
            )
        if header.get("alg") not in ALGORITHMS:
            raise refused(Refusal.WRONG_ALGORITHM, f"The token must be signed with {', '.join(ALGORITHMS)}.")
        if not isinstance(header.get("kid"), str):
            raise refused(Refusal.MISSING_CLAIM, "The token's header does not name its key (kid).")
        return header

    def _check_issuer(self, token: str) -> None:
        # Before the key is looked for: a token of another issuer is told so, and costs no request for keys.
        try:
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        except (jwt.InvalidTokenError, RecursionError) as error:
            raise _malformed() from error
        if issuer is None:
            raise _missing("iss")
        if issuer != self.issuer:
            raise refused(Refusal.WRONG_ISSUER, f"The token is of another issuer; get one from {self.issuer}.")

    def _claims(self, token: str, key: PyJWK) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self.audience,
                issuer=self.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": list(_REQUIRED)},
            )
        except jwt.ExpiredSignatureError as error:
            raise refused(Refusal.EXPIRED, "The token has expired; get a new one.") from error
        except jwt.ImmatureSignatureError as error:
            raise refused(Refusal.NOT_YET_VALID, "The token is not valid yet; check the clocks.") from error
        except jwt.InvalidAudienceError as error:
            raise refused(
                Refusal.WRONG_AUDIENCE, f"The token is for another audience; ask for one with aud {self.audience}."
            ) from error
        except jwt.InvalidSignatureError as error:
            raise refused(Refusal.BAD_SIGNATURE, "The token's signature is wrong.") from error
        except jwt.MissingRequiredClaimError as error:
            raise _missing(error.claim) from error
        except jwt.InvalidTokenError as error:
            raise _malformed() from error

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        subject, front = claims["sub"], claims.get("front")
        if not 0 < len(subject) <= LONGEST_SUBJECT:
            raise refused(Refusal.MALFORMED, f"The claim sub must have 1 to {LONGEST_SUBJECT} characters.")
        if front is not None and not isinstance(front, str):
            raise refused(Refusal.MALFORMED, "The claim front must be text.")
        return Caller(subject, self._roles(claims), front)

    def _roles(self, claims: Mapping[str, Any]) -> frozenset[Role]:
        """The roles that the claim names; names that are no role of ours are other systems' and are passed over."""
        named = _claim(claims, self.roles_claim)
        if named is None:
            return frozenset()
        if not isinstance(named, list):
            raise refused(Refusal.MALFORMED, f"The claim {self.roles_claim} must be a list of role names.")
        return frozenset(role for role in Role if role in named)


def expiry_of(token: str) -> float:
    """When a token that was verified expires, in seconds since 1970."""
    return float(jwt.decode(token, options={"verify_signature": False})["exp"])


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """The claim of that name, dots and all (names may be addresses), or else the one that the dots descend to."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _media_type(typ: object) -> str:
    return typ.lower().removeprefix("application/") if isinstance(typ, str) else ""


def _malformed() -> Exception:
    return refused(Refusal.MALFORMED, "The token is not a signed JWT access token.")


def _missing(claim: str) -> Exception:
    return refused(Refusal.MISSING_CLAIM, f"The token lacks the claim {claim}.")
