"""Reading JSON Lines: each line is a JSON object, or an error that names what is wrong with it; the others go on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from services.events.contracts.entries import Json
from services.problems import FieldError, NotFound

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank."""

    number: int
    """From 1, blank lines counted."""
    document: Json | None
    error: FieldError | None = None
    """What is wrong with the line as a whole: then there is no document."""


def read_lines(path: Path, longest_bytes: int) -> Iterator[Line]:
    """The lines of the file, one in memory at a time. A byte order mark and CRLF are accepted, blank lines left out.

    Raises NotFound when the file cannot be read.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotFound(f"The file {path.name} cannot be read: {error.strerror}.") from error
    with file:
        for number, raw in enumerate(_raw_lines(file, longest_bytes), start=1):
            text = raw.removeprefix(_BOM) if number == 1 else raw
            if text.strip():
                yield _parse(number, text, longest_bytes)


def _raw_lines(file: BinaryIO, longest_bytes: int) -> Iterator[bytes]:
    """The lines; of one that is too long, just enough to see that it is."""
    while raw := file.readline(longest_bytes + 1):
        rest = raw
        while len(rest) > longest_bytes and not rest.endswith(b"\n"):
            rest = file.readline(longest_bytes + 1)
        yield raw


def _parse(number: int, raw: bytes, longest_bytes: int) -> Line:
    if len(raw) > longest_bytes:
        return _wrong(number, "too_long", f"The line is longer than {longest_bytes} bytes: shorten it.")
    try:
        document = _read_json(raw.decode())
    except UnicodeDecodeError as error:
        return _wrong(number, "invalid_utf8", f"Byte {error.start + 1} is not UTF-8: save the file as UTF-8.")
    except ValueError as error:
        return _wrong(number, "invalid_json", str(error))
    if not isinstance(document, dict):
        return _wrong(number, "not_an_object", 'Each line is one organisation: an object, {"title": ...}.')
    return Line(number, document)


def _read_json(text: str) -> Any:
    """The JSON value. Raises ValueError that says what is wrong and where."""
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ValueError(f"At column {error.colno} this is not JSON: {error.msg}.") from error
    except RecursionError as error:
        raise ValueError("The values are nested too deeply: an organisation needs a few levels.") from error


def _wrong(number: int, code: str, remedy: str) -> Line:
    return Line(number, None, FieldError("", code, remedy))


def _object(pairs: list[tuple[str, Any]]) -> Json:
    document = dict(pairs)
    if len(document) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"The name {twice[:40]!r} stands twice in one object: leave one of them.")
    return document


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON: write a number, or leave the field out.")
