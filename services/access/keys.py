"""Public keys that access tokens are verified with: which may be used, and for which algorithms."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from jwt import PyJWK
from jwt.exceptions import PyJWTError

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""The only algorithms accepted, whatever a token or a key says."""

_ALGORITHMS_OF = {("RSA", None): ("RS256", "PS256"), ("EC", "P-256"): ("ES256",), ("OKP", "Ed25519"): ("EdDSA",)}

KeyByAlgorithm: TypeAlias = Mapping[str, PyJWK]
"""One public key, bound to each algorithm that it may be used with."""


class KeySource(Protocol):
    """Where public keys come from."""

    async def find(self, key_id: str) -> KeyByAlgorithm | None:
        """The key of that id; None if there is none. Raises Unavailable when that cannot be told now."""
        ...


def usable_keys(key_set: Mapping[str, Any]) -> dict[str, KeyByAlgorithm]:
    """The keys of a JWK set (RFC 7517) by id, without those that are no use here: encryption, weak, unknown."""
    found: dict[str, KeyByAlgorithm] = {}
    for key in key_set["keys"]:
        if isinstance(key, dict) and isinstance(key.get("kid"), str) and (usable := _by_algorithm(key)):
            found[key["kid"]] = usable
    return found


def _by_algorithm(key: dict[str, Any]) -> dict[str, PyJWK]:
    if key.get("use", "sig") != "sig" or "d" in key:
        return {}
    possible = _ALGORITHMS_OF.get((str(key.get("kty")), key.get("crv")), ())
    stated = key.get("alg")
    bound = {name: _bind(key, name) for name in possible if stated in (None, name)}
    return {name: usable for name, usable in bound.items() if usable is not None}


def _bind(key: dict[str, Any], algorithm: str) -> PyJWK | None:
    try:
        bound = PyJWK(key, algorithm)
    except PyJWTError:
        return None
    too_short = bound.Algorithm.check_key_length(bound.key)
    return None if too_short else bound
