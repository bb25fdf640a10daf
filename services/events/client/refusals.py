"""What an answer that is not the one asked for means: problem documents and HTTP statuses become exceptions."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import httpx
import orjson

from services.events.contracts.position import Position
from services.events.following.protocol import AnswerUnreadable, Refused, SourceUnavailable
from services.events.log.problems import PositionAhead, PositionBeyondFork, PositionExpired, PositionTooFarBack
from services.problems import MEDIA_TYPE, Problem

_MOST_BYTES = 64 * 1024
"""How much of a refusal is read: a problem document is shorter."""
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
"""Refusals of the 4xx that mean: ask again later."""
_LONGEST_WAIT_SECONDS = 300.0
"""What is believed of a Retry-After: a registry that says more is asked after this time all the same."""

_Document = Mapping[str, Any]


def check(answer: httpx.Response) -> None:
    """Return for an answer to be read.

    Raises PositionAhead, PositionBeyondFork, PositionExpired, PositionTooFarBack; Refused for what asking again does
    not mend, a redirect among them; SourceUnavailable for what it may mend.
    """
    if answer.status_code in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        return
    document = _document(answer)
    code = str(document.get("type", "")).rpartition("/")[2]
    try:
        if code in _PROBLEMS:
            raise _PROBLEMS[code](document)
    except (KeyError, TypeError, ValueError) as error:
        raise AnswerUnreadable(f"a problem document {code} lacks what it should have: {error}") from error
    raise _refusal(answer, document)


def _refusal(answer: httpx.Response, document: _Document) -> SourceUnavailable:
    status, address = answer.status_code, answer.url.copy_with(query=None)
    if answer.is_redirect:
        elsewhere = answer.headers.get("Location", "another address")[:200]
        return Refused(status, f"{address} leads to {elsewhere}; give the registry's own address, without a redirect")
    detail = ": ".join(str(document[name]) for name in ("title", "detail") if name in document)
    text = f"{status} {detail or answer.reason_phrase} ({address})"
    if answer.is_server_error or status in _LATER:
        return SourceUnavailable(text, retry_after_seconds=_retry_after(answer))
    if not document:
        text += "; is this the address of a registry?"
    return Refused(status, text)


def _document(answer: httpx.Response) -> _Document:
    """The problem document; an empty one where the answer has none, as of a proxy."""
    if MEDIA_TYPE not in answer.headers.get("Content-Type", ""):
        return {}
    body = b""
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > _MOST_BYTES:
            return {}
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _retry_after(answer: httpx.Response) -> float:
    """Seconds that the registry asks to be left alone; a date, which it never sends, counts as none."""
    text = answer.headers.get("Retry-After", "")
    return min(float(text), _LONGEST_WAIT_SECONDS) if text.isascii() and text.isdigit() else 0.0


def _ahead(document: _Document) -> Problem:
    return PositionAhead(Position.parse(document["asked"]), Position.parse(document["head"]))


def _beyond_fork(document: _Document) -> Problem:
    asked, head = Position.parse(document["asked"]), Position.parse(document["head"])
    return PositionBeyondFork(asked, head, int(document["forked_at"]))


def _expired(document: _Document) -> Problem:
    return PositionExpired(Position.parse(document["asked"]), Position.parse(document["first"]))


def _too_far_back(document: _Document) -> Problem:
    return PositionTooFarBack(Position.parse(document["asked"]), Position.parse(document["head"]), document["most"])


_PROBLEMS: Mapping[str, Callable[[_Document], Problem]] = {
    PositionAhead.code(): _ahead,
    PositionBeyondFork.code(): _beyond_fork,
    PositionExpired.code(): _expired,
    PositionTooFarBack.code(): _too_far_back,
}
