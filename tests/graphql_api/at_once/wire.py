"""Requests and answers as bytes."""

import json
import socket
from typing import Any, NamedTuple

import httptools

RESPONSE = "application/graphql-response+json"
OWN_TO_EACH = {"date", "x-request-id"}


def post(body: Any, *, path: str = "/graphql", version: str = "1.1", **headers: str) -> bytes:
    """A POST of that JSON, or of those bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"Host": "graphql.example", "Accept": RESPONSE, "Content-Type": "application/json"}
    fields |= {"Content-Length": str(len(content))} | {name.replace("_", "-"): value for name, value in headers.items()}
    return _head(f"POST {path} HTTP/{version}", fields) + content


def get(path: str, *, method: str = "GET", **headers: str) -> bytes:
    """A request without a body."""
    fields = {"Host": "graphql.example", "Accept": RESPONSE}
    return _head(f"{method} {path} HTTP/1.1", fields | {name.replace("_", "-"): text for name, text in headers.items()})


def _head(first: str, fields: dict[str, str]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in fields.items() if value)]
    return "\r\n".join([*lines, "", ""]).encode()


class Told(NamedTuple):
    """An answer, without what is each server's own."""

    status: int
    headers: dict[str, str]
    body: bytes


class Reading:
    """Reads answers from a socket one after the other."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._told: list[Told] = []
        self._parser = httptools.HttpResponseParser(self)

    def next(self) -> Told | None:
        """The next answer; none where the server has closed the connection."""
        while not self._told:
            received = self._connection.recv(65_536)
            if not received:
                return None
            self._parser.feed_data(received)
        return self._told.pop(0)

    def on_message_begin(self) -> None:
        self._fields: list[tuple[str, str]] = []
        self._body = b""

    def on_header(self, name: bytes, value: bytes) -> None:
        self._fields.append((name.decode().lower(), value.decode()))

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        self._told.append(Told(self._parser.get_status_code(), joined(self._fields), self._body))


def joined(fields: list[tuple[str, str]]) -> dict[str, str]:
    """The fields by name; several of one name mean the same as one with all of them (RFC 9110, 5.3)."""
    found: dict[str, str] = {}
    for name, value in fields:
        if name not in OWN_TO_EACH:
            found[name] = f"{found[name]}, {value}" if name in found else value
    return found
