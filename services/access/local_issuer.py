"""The local issuer: access tokens for development and demonstration, signed with a key in the data folder.

NOT an identity provider: whoever can read the data folder can be anybody. It works only while no `DWR_OIDC_ISSUER` is
set, and never in production. Processes that share a data folder accept each other's tokens.
"""

import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import OKPAlgorithm

from services.access.keys import KeyByAlgorithm, usable_keys
from services.access.roles import Role
from services.problems import Conflict, Unavailable
from services.settings import Settings

LOCAL_ISSUER = "urn:dwr:local-issuer"
LOCAL_TOKEN_TYPE = "at+jwt"  # noqa: S105 - the media type of access tokens, no secret
LIFETIME = timedelta(hours=12)
_KEY_FILE = "local-issuer-key.pem"


def issue(
    settings: Settings,
    subject: str,
    roles: Iterable[Role] = (),
    front: str | None = None,
    lifetime: timedelta = LIFETIME,
) -> str:
    """An access token of the local issuer. Raises Conflict where tokens come from a real issuer, or should."""
    if settings.oidc_issuer or settings.environment == "production":
        raise Conflict(
            f"The local issuer is off: get tokens from {settings.oidc_issuer or 'the issuer of DWR_OIDC_ISSUER'}."
        )
    key = _signing_key(settings.data_dir)
    claims = _claims(settings, subject, roles, lifetime) | ({"front": front} if front else {})
    header = {"typ": LOCAL_TOKEN_TYPE, "kid": _public_jwk(key)["kid"]}
    return jwt.encode(claims, key, algorithm="EdDSA", headers=header)


class LocalKeys:
    """The local issuer's public key, read again when a token names another: the data folder may have been renewed."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / _KEY_FILE
        self._keys: dict[str, KeyByAlgorithm] = {}

    async def find(self, key_id: str) -> KeyByAlgorithm | None:
        """The key of that id, if it is the one in the data folder."""
        if key_id not in self._keys and self._file.exists():
            self._keys = usable_keys({"keys": [_public_jwk(_load(self._file))]})
        return self._keys.get(key_id)


def _claims(settings: Settings, subject: str, roles: Iterable[Role], lifetime: timedelta) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "iss": LOCAL_ISSUER,
        "aud": settings.oidc_audience,
        "sub": subject,
        "client_id": "dwr-token",
        "jti": secrets.token_hex(16),
        "iat": now,
        "exp": now + lifetime,
        "roles": sorted(roles),
    }


def _signing_key(data_dir: Path) -> Ed25519PrivateKey:
    file = data_dir / _KEY_FILE
    if not file.exists():
        _create(file)
    return _load(file)


def _create(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    # Written aside and linked into place: processes that start together all read the one whole key that came first.
    aside = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    try:
        file.hardlink_to(aside)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def _load(file: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except ValueError:
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Unavailable(f"{file.name} in the data folder is no Ed25519 key; remove it, and the next token makes one.")
    return key


def _public_jwk(key: Ed25519PrivateKey) -> dict[str, Any]:
    jwk = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    # The public key is its own id: a renewed one has another, and tokens of the old one are then told so.
    return jwk | {"kid": jwk["x"]}
