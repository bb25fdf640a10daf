"""The version that a change starts from, in the header `If-Match` (RFC 9110, 13.1.1)."""

import re

from services.problems import FieldError, InvalidInput, PreconditionRequired

_VERSION = re.compile(r'"([1-9]\d{0,17})"')
_POINTER = "header:If-Match"
_REMEDY = 'Send the ETag of what you read, for example If-Match: "3".'


def expected_version(header: str | None) -> int:
    """The version in the header `If-Match`. Raises PreconditionRequired, and InvalidInput for another form."""
    if header is None:
        raise PreconditionRequired(_REMEDY, errors=[FieldError(_POINTER, "missing", _REMEDY)])
    found = _VERSION.fullmatch(header.strip())
    if found is None:
        raise InvalidInput(
            f"If-Match takes one version in quotes. {_REMEDY}", errors=[FieldError(_POINTER, "wrong_form", _REMEDY)]
        )
    return int(found[1])
