"""What must not reach a log: secrets and private values, whichever way they came into an event."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from pydantic import BaseModel

_SECRET = frozenset(
    {"authorization", "token", "access_token", "password", "secret", "signature", "cookie", "private_key"}
)
_PRIVATE = frozenset(
    {"document", "restricted", "private", "contact", "body", "input", "subject", "email", "phone", "query_string"}
)
_PATTERNS = (
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*"), "[token]"),
    (re.compile(r"\b(?:whsec|whsk)_[\w+/=-]+"), "[secret]"),
    (re.compile(r"(?i)\bbearer\s+\S+"), "[token]"),
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+@"), r"\1[password]@"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?<![\w:.])\+\d[\d ./-]{6,18}\d"), "[telephone]"),
)
_DEEPEST = 4


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Withhold the values of telling names, and what looks like a token, a secret, a mail address or a telephone.

    The second line of defence: the first is that nobody logs documents, bodies or addresses.
    """
    for name, value in event.items():
        if not name.startswith("_"):
            event[name] = _withheld(name) or redact_value(value)
    return event


def redact_value(value: Any, depth: int = 0) -> Any:
    """The value as it may be logged."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, BaseModel):
        return f"[{type(value).__name__} withheld]"
    if depth < _DEEPEST and isinstance(value, Mapping):
        return {name: _withheld(str(name)) or redact_value(part, depth + 1) for name, part in value.items()}
    if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return [redact_value(part, depth + 1) for part in value]
    return value if isinstance(value, bool | int | float | None) else redact_text(str(value))


def redact_text(text: str) -> str:
    """The text without what looks like a token, a secret, a mail address or a telephone number."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def _withheld(name: str) -> str | None:
    name = name.lower()
    return "[withheld]" if name in _SECRET or name in _PRIVATE else None
