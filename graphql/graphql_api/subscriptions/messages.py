"""Messages of the protocol graphql-transport-ws, and the codes with which a socket is closed.

The protocol: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import orjson

from services.http.json_bodies import read_json
from services.problems import InvalidInput

SUBPROTOCOL = "graphql-transport-ws"
_LONGEST_REASON = 123
"""Bytes that a close frame has room for (RFC 6455)."""
_LONGEST_ID = 255
_MEMBERS = {
    "connection_init": {"type", "payload"},
    "ping": {"type", "payload"},
    "pong": {"type", "payload"},
    "subscribe": {"type", "id", "payload"},
    "complete": {"type", "id"},
}


class CloseCode(IntEnum):
    """Why a socket is closed: codes of RFC 6455 and of the protocol."""

    GOING_AWAY = 1001
    TOO_BIG = 1009
    TRY_AGAIN_LATER = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INITIALISATION_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITIALISATIONS = 4429
    INTERNAL_ERROR = 4500


class Closing(Exception):  # noqa: N818 - an outcome of the protocol
    """The socket is to be closed, with this code and reason."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the client."""

    type: str
    id: str = ""
    payload: dict[str, Any] | None = None


def read_message(text: str | None, most_bytes: int) -> Message:
    """The message. Raises Closing for what the protocol does not know."""
    if text is None:
        raise _bad("Send messages as text, not as bytes.")
    encoded = text.encode()
    if len(encoded) > most_bytes:
        raise Closing(CloseCode.TOO_BIG, f"A message may have {most_bytes} bytes at most.")
    try:
        members = read_json(encoded)
    except InvalidInput as error:
        raise _bad(error.detail.replace("The body", "The message")) from error
    return _message(members)


def written(kind: str, identifier: str | None = None, payload: bytes | None = None) -> str:
    """A message of the server; `payload` is JSON."""
    message: dict[str, Any] = {"type": kind}
    if identifier is not None:
        message["id"] = identifier
    if payload is not None:
        message["payload"] = orjson.Fragment(payload)
    return orjson.dumps(message).decode()


def _message(members: Any) -> Message:
    kind = members.get("type") if isinstance(members, dict) else None
    known = _MEMBERS.get(kind) if isinstance(kind, str) else None
    if known is None:
        raise _bad(f"Send an object whose type is one of {', '.join(_MEMBERS)}.")
    if unknown := members.keys() - known:
        raise _bad(f"{kind} has no member {min(unknown)[:40]}.")
    identifier, payload = members.get("id", ""), members.get("payload")
    if "id" in known and (not isinstance(identifier, str) or not 0 < len(identifier) <= _LONGEST_ID):
        raise _bad(f"{kind} needs an id of 1 to {_LONGEST_ID} characters.")
    if not isinstance(payload, dict | None) or (kind == "subscribe" and payload is None):
        raise _bad(f"The payload of {kind} must be an object.")
    return Message(str(kind), identifier, payload)


def _bad(reason: str) -> Closing:
    return Closing(CloseCode.BAD_REQUEST, reason)
