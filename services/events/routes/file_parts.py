"""A file as an answer, whole or from one place to another (RFC 9110, 14)."""

import re
from collections.abc import Mapping
from pathlib import Path

from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from services.http.heads import headers_only
from services.problems import FieldError, InvalidInput, Problem

_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{1,18})?|-(\d{1,18}))")
_POINTER = "header:Range"


class RangeNotSatisfiable(Problem):
    """The part asked for lies beyond the end of the file."""

    status = 416
    title = "The file has no such part"

    def __init__(self, size: int) -> None:
        detail = f"The file has {size} bytes: ask for a part that begins before its end, or for the whole."
        error = FieldError(_POINTER, "beyond_end", detail)
        super().__init__(detail, errors=[error], headers={"Content-Range": f"bytes */{size}"}, size=size)


class FilePart(FileResponse):
    """The file, or the part of it that `asked` names. Raises InvalidInput and RangeNotSatisfiable."""

    chunk_size = 256 * 1024

    def __init__(self, path: Path, size: int, asked: str | None, headers: Mapping[str, str], media_type: str) -> None:
        self._asked = asked
        if asked is not None:
            _check(asked, size)
        super().__init__(path, headers=headers, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        method = "HEAD" if headers_only(scope) else scope["method"]
        headers = [(name, value) for name, value in scope["headers"] if name not in {b"range", b"if-range"}]
        if self._asked is not None:
            headers.append((b"range", self._asked.encode()))
        await super().__call__({**scope, "method": method, "headers": headers}, receive, send)


def _check(asked: str, size: int) -> None:
    found = _RANGE.fullmatch(asked)
    if found is None or (found[2] and int(found[1]) > int(found[2])):
        error = FieldError(_POINTER, "malformed", "Ask for one part: bytes=1000-, bytes=1000-1999 or bytes=-500.")
        raise InvalidInput(f"{_POINTER}: {error.detail}", errors=[error])
    begin = int(found[1]) if found[1] else size - int(found[3])
    if begin >= size:
        raise RangeNotSatisfiable(size)
