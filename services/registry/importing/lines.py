"""Reading JSON Lines: each line is a JSON object, or an error that names what is wrong with it; the others go on."""

import json
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from services.events.contracts.entries import Json
from services.problems import FieldError, NotFound

ENDLESS = 64
"""How many times as long as the longest line (the largest body, 1 MiB unless set) a line may be before it is given up:
shorter ones that are too long are skipped, and the others go on."""
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

    A line that goes on for `ENDLESS` times the longest is the last one that is read, and its error says so.
    Raises NotFound when the file cannot be read, or is neither a file nor a pipe.
    """
    with _open(path) as file:
        for number, (raw, ends) in enumerate(_raw_lines(file, longest_bytes), start=1):
            text = raw.removeprefix(_BOM) if number == 1 else raw
            if not ends:
                yield _endless(number, ENDLESS * longest_bytes)
            elif text.strip():
                yield _parse(number, text, longest_bytes)


def _open(path: Path) -> BinaryIO:
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode) or stat.S_ISFIFO(mode) or stat.S_ISDIR(mode):
            return path.open("rb")
    except OSError as error:
        raise NotFound(f"The file {path.name} cannot be read: {error.strerror}.") from error
    raise NotFound(f"{path.name} is neither a file nor a pipe: write the list to a file and name that.")


def _raw_lines(file: BinaryIO, longest_bytes: int) -> Iterator[tuple[bytes, bool]]:
    """Each line, of one that is too long just enough to see that it is, and whether it ends: the last one may not."""
    ends = True
    while ends and (raw := file.readline(longest_bytes + 1)):
        ends = len(raw) <= longest_bytes or raw.endswith(b"\n") or _skip_line(file, longest_bytes)
        yield raw, ends


def _skip_line(file: BinaryIO, longest_bytes: int) -> bool:
    """Read on to the end of the line; False when it does not come."""
    for _ in range(ENDLESS - 1):
        rest = file.readline(longest_bytes + 1)
        if len(rest) <= longest_bytes or rest.endswith(b"\n"):
            return True
    return False


def _endless(number: int, read_bytes: int) -> Line:
    remedy = f"The line has no end within {read_bytes} bytes, and reading stopped here: is this a list of JSON Lines?"
    return _wrong(number, "endless_line", remedy)


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
