"""Reading JSON so that nothing is lost or misread silently.

Parsers take the last of two members of one name, and Python's takes NaN, infinity and half a surrogate pair; here they
are errors. What the fast parser reads and is beyond doubt is taken from it; the rest is read once more, thoroughly.
"""

import json
import math
import re
from typing import Any, NoReturn

import orjson

from services.problems import FieldError, InvalidInput

DEEPEST = 100
"""Levels that objects and lists may stand inside each other; no document of ours has more than ten."""

_WHOLE_NUMBERS = range(-(2**63), 2**63)
"""Beyond 64 bits databases and other readers would round or fail."""
_DOUBTFUL = 2**63
"""From here on whole numbers are read in more than one way."""
_LONGEST_WHOLE = len(str(_WHOLE_NUMBERS.start))
_HALF_A_PAIR = re.compile(r"[\ud800-\udfff]")


def read_json(body: bytes) -> Any:
    """The value that the body holds. Raises InvalidInput with the place and the remedy."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _read_thoroughly(body)
    return value if _is_beyond_doubt(value, body) else _read_thoroughly(body)


def _is_beyond_doubt(value: Any, body: bytes) -> bool:
    """Whether the thorough reading would give the same value.

    Each member has a colon. When there are no more colons than the members and texts that were read account for, no
    member was dropped for another of its name.
    """
    colons, waiting = 0, [value]
    for _ in range(DEEPEST):
        inside: list[Any] = []
        for part in waiting:
            kind = type(part)
            if kind is dict:
                colons += len(part)
                inside += part
                inside += part.values()
            elif kind is list:
                inside += part
            elif kind is str:
                colons += part.count(":")
            elif kind in {int, float} and not -_DOUBTFUL < part < _DOUBTFUL:
                return False
        if not inside:
            return colons == body.count(b":")
        waiting = inside
    return False


def _read_thoroughly(body: bytes) -> Any:
    text = _decode(body)
    if not text.strip():
        raise _unreadable("empty", "The body is empty; send JSON.")
    try:
        value = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_constant, parse_float=_number, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _unreadable(
            "malformed", f"The body is not JSON at {where}: {error.msg[:1].lower()}{error.msg[1:]}."
        ) from error
    except RecursionError as error:
        raise _too_deep() from error
    _check(value)
    return value


def check_json(value: Any) -> None:
    """Raise ValueError with the remedy for a value, read by another reader, that `read_json` would have refused."""
    try:
        _check(value)
    except InvalidInput as problem:
        raise ValueError(problem.detail) from problem


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable("encoding", f"The body is not UTF-8 at byte {error.start}; send it in UTF-8.") from error


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        names = [name for name, _ in members]
        twice = next(name for index, name in enumerate(names) if name in names[:index])
        raise _unreadable("duplicate_member", f"The member {twice!r} stands twice in one object; keep one of the two.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise _unreadable("malformed", f"{name} is not JSON; leave the field out or write null for what is not known.")


def _number(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _unreadable("number_too_large", f"The number {text[:40]} is too large.")
    return value


def _whole(text: str) -> int:
    # The length first: Python takes quadratic time over digits, and refuses too many.
    if len(text) > _LONGEST_WHOLE or int(text) not in _WHOLE_NUMBERS:
        raise _unreadable("number_too_large", f"The number {text[:40]} is too large.")
    return int(text)


def _check(value: Any) -> None:
    """Depth, characters and numbers, without recursion: the depth is the caller's choice."""
    waiting = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, str) and _HALF_A_PAIR.search(part):
            raise _unreadable(
                "encoding", "A text has half of a surrogate pair (\\ud800 to \\udfff); write both or none."
            )
        if isinstance(part, float) and not math.isfinite(part):
            raise _unreadable("number_too_large", "A number is too large.")
        if isinstance(part, int) and part not in _WHOLE_NUMBERS:
            raise _unreadable("number_too_large", "A whole number is too large: more than 64 bits.")
        if isinstance(part, dict | list):
            if depth > DEEPEST:
                raise _too_deep()
            waiting.extend((inner, depth + 1) for inner in (part.values() if isinstance(part, dict) else part))
        if isinstance(part, dict):
            waiting.extend((name, depth + 1) for name in part)


def _too_deep() -> InvalidInput:
    return _unreadable("too_deep", f"Objects and lists may stand {DEEPEST} levels deep at most.")


def _unreadable(code: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[FieldError("", code, detail)])
