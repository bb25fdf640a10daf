"""Confirmation tokens: who saw the likely duplicates of a content goes on with exactly that content.

A token is the end of its validity and a keyed hash over content, candidates and that end. The key is in the database,
so that any process of the registry accepts what another one gave.
"""

import hashlib
import hmac
from collections.abc import Sequence

import orjson
from sqlalchemy import Connection, select

from services.events.contracts.entries import Json
from services.registry.tables import registry_secret

VALID_MS = 3_600_000
"""An hour: time enough for a person to look at five candidates."""


def new_token(connection: Connection, content: Json, candidates: Sequence[str], now_ms: int) -> str:
    """A token for going on with the content although these organisations look like it."""
    expires_ms = now_ms + VALID_MS
    return f"{expires_ms}.{_signature(connection, content, candidates, expires_ms)}"


def fits(connection: Connection, token: str, content: Json, candidates: Sequence[str], now_ms: int) -> bool:
    """Whether the token was given for this content and these candidates, and is still valid."""
    expiry, _, signature = token.partition(".")
    if not expiry.isascii() or not expiry.isdigit() or len(expiry) > len(str(now_ms)) or int(expiry) < now_ms:
        return False
    expected = _signature(connection, content, candidates, int(expiry))
    return hmac.compare_digest(signature.encode(), expected.encode())


def _signature(connection: Connection, content: Json, candidates: Sequence[str], expires_ms: int) -> str:
    wanted = select(registry_secret.c.value).where(registry_secret.c.name == "confirmation")
    key = bytes.fromhex(connection.execute(wanted).scalar_one())
    text = orjson.dumps([content, sorted(candidates), expires_ms], option=orjson.OPT_SORT_KEYS)
    return hmac.new(key, text, hashlib.sha256).hexdigest()
