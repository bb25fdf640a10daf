"""A small OIDC issuer on this machine: discovery document and keys over HTTP, tokens of any shape.

`tests/oidc` holds it to a real one: both pass `tests.access.contract.TokenContract`.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from jwt.algorithms import get_default_algorithms
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.settings import Settings
from tests.support.serving import serving

AUDIENCE = "digital-wallonia-registry"


@dataclass(frozen=True)
class SigningKey:
    """A key pair bound to the algorithm that it signs with."""

    algorithm: str
    private: Any
    id: str = field(default_factory=lambda: secrets.token_hex(4))

    def jwk(self, **members: Any) -> dict[str, Any]:
        """The public key as it stands in the issuer's set."""
        public = get_default_algorithms()[self.algorithm].to_jwk(self.private.public_key(), as_dict=True)
        return {**public, "kid": self.id, "alg": self.algorithm, "use": "sig", **members}


def new_key(algorithm: str, bits: int = 2048) -> SigningKey:
    """A new key for one of the algorithms that JWTs are signed with."""
    private: PrivateKeyTypes
    if algorithm.startswith(("RS", "PS")):
        private = rsa.generate_private_key(65537, bits)
    elif algorithm == "EdDSA":
        private = ed25519.Ed25519PrivateKey.generate()
    else:
        private = ec.generate_private_key({"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1()}[algorithm])
    return SigningKey(algorithm, private)


@cache
def _first_key() -> SigningKey:
    return new_key("RS256")


@dataclass
class Issuer:
    """The issuer; what it publishes and whether it answers can be changed while it runs."""

    url: str = ""
    keys: Any = None
    """What the key set holds: the present key, until a test says otherwise."""
    discovery: dict[str, Any] = field(default_factory=dict)
    """Members that replace the discovery document's own."""
    down: bool = False
    requests: int = 0
    key: SigningKey = field(default_factory=_first_key)

    def __post_init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Be as at first."""
        self.key, self.discovery, self.down, self.requests = _first_key(), {}, False, 0
        self.keys = [self.key.jwk()]

    @property
    def settings(self) -> Settings:
        """Settings that name this issuer."""
        return Settings(oidc_issuer=self.url)

    def rotate(self, algorithm: str = "RS256") -> SigningKey:
        """Sign with a new key from now on, and publish it alone."""
        self.key = new_key(algorithm)
        self.keys = [self.key.jwk()]
        return self.key

    def claims(self, **changes: Any) -> dict[str, Any]:
        """The claims of a good token with changes; None takes a claim out."""
        now = int(time.time())
        good = {
            "iss": self.url,
            "aud": AUDIENCE,
            "sub": "f3b1",
            "client_id": "front",
            "iat": now,
            "exp": now + 300,
            "jti": secrets.token_hex(8),
            "roles": ["moderator"],
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def token(self, *, key: SigningKey | None = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token signed with the issuer's present key, or with another."""
        signing = key or self.key
        headers = {"typ": "at+jwt", "kid": signing.id} | (header or {})
        return jwt.encode(self.claims(**claims), signing.private, signing.algorithm, headers)

    def _app(self) -> Starlette:
        async def discovery(_request: Request) -> Response:
            return self._answer({"issuer": self.url, "jwks_uri": f"{self.url}/keys"} | self.discovery)

        async def keys(_request: Request) -> Response:
            return self._answer({"keys": self.keys})

        return Starlette(routes=[Route("/.well-known/openid-configuration", discovery), Route("/keys", keys)])

    def _answer(self, document: dict[str, Any]) -> Response:
        self.requests += 1
        return Response(status_code=502) if self.down else JSONResponse(document)


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """An issuer behind a real socket."""
    issuer = Issuer()
    with serving(issuer._app()) as issuer.url:  # noqa: SLF001 - its own module
        yield issuer
