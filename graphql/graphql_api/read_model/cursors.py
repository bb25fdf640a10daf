"""Cursors: an organisation's place in one list, written so that nobody is tempted to take it apart.

A cursor holds the sort key and the id, so it stays right when organisations come and go, and a tag of the list it is
from: order, filter and search. It is not a secret and grants nothing; the tag finds mistakes, not attackers.
"""

from base64 import b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import orjson

from graphql_api.read_model.blocks import Mark
from graphql_api.read_model.problems import InvalidCursor

_VERSION = 1
_PARTS = 4
_LONGEST = 2_000
_MARK_KINDS = ((str,), (int, float))


@lru_cache(1_000)
def tag_of(*parts: str | bytes | bool | None) -> str:
    """A tag of the list that cursors belong to: the same question has the same tag, in every process."""
    return blake2b(repr(parts).encode(), digest_size=6).hexdigest()


def write_cursor(tag: str, mark: Mark) -> str:
    """The cursor of a place."""
    content = orjson.dumps([_VERSION, tag, *mark])
    check = blake2b(content, digest_size=3).digest()
    return urlsafe_b64encode(check + content).rstrip(b"=").decode()


def read_cursor(cursor: str, tag: str, like: Mark | None) -> Mark:
    """The place that a cursor names. Raises InvalidCursor for one that is altered or of another list.

    `like` is any mark of the list: its key says of which kind keys are.
    """
    try:
        version, found, key, identifier = _content(cursor)
    except ValueError as error:
        raise InvalidCursor(
            "This is no cursor of ours. Take `cursor`, `startCursor` or `endCursor` as given."
        ) from error
    if version != _VERSION:
        raise InvalidCursor("The cursor is of an earlier version of the service. Begin again at the first page.")
    if found != tag:
        raise InvalidCursor("The cursor is of another list: keep filter, search and order while paging.")
    fitting = next(kinds for kinds in _MARK_KINDS if isinstance(like[0] if like else key, kinds))
    if not isinstance(key, fitting) or not isinstance(identifier, str):
        raise InvalidCursor("The cursor was altered. Begin again at the first page.")
    return key, identifier


def _content(cursor: str) -> tuple[Any, Any, Any, Any]:
    """The four parts. Raises ValueError for what was not written by `write_cursor`."""
    if len(cursor) > _LONGEST:
        raise ValueError("too long")
    raw = b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    check, content = raw[:3], raw[3:]
    if blake2b(content, digest_size=3).digest() != check:
        raise ValueError("altered")
    parts = orjson.loads(content)
    if not isinstance(parts, list) or len(parts) != _PARTS:
        raise ValueError("not four parts")
    version, tag, key, identifier = parts
    if isinstance(key, bool) or not isinstance(key, str | int | float):
        raise ValueError("no sort key")  # noqa: TRY004 - one error for every form of nonsense
    return version, tag, key, identifier
