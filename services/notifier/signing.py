"""Signatures after Standard Webhooks 1.0.0, scheme `v1`: HMAC-SHA256 over message id, time and body."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

_PREFIX = "whsec_"
_SECRET_BYTES = 32
"""The specification asks for 24 to 64."""


def new_secret() -> str:
    """A fresh secret for one endpoint, written `whsec_` + base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signed_headers(message_id: str, timestamp: int, body: bytes, keys: Iterable[str]) -> dict[str, str]:
    """The three headers of a delivery; `timestamp` is that of the attempt, in seconds since 1970.

    There is a signature for each secret, so that a receiver may change to the new one at any time of a rotation.
    """
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(_signature(message_id, timestamp, body, key) for key in keys),
    }


def _signature(message_id: str, timestamp: int, body: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    content = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
