"""From pydantic's errors to ours: every wrong field with its pointer, its code and its remedy."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from services.http.messages import explain
from services.http.near_misses import field_names, nearest
from services.problems import FieldError, InvalidContent

MOST_ERRORS = 100
"""Errors told at once; a document with more is mended faster with the first hundred than with all."""

_NOT_GIVEN = object()


def invalid_content(
    error: ValidationError, prefix: str = "", *, document: Any = _NOT_GIVEN, model: Any = None
) -> InvalidContent:
    """The problem to raise for a document that pydantic refused, outside of FastAPI too.

    `prefix` is the JSON pointer of the part that was validated. With the `document`, pointers leave out what pydantic
    adds for unions; with the `model`, misspelt names get a suggestion.
    """
    details = error.errors(include_url=False)
    return content_problem(field_errors(details, prefix=prefix, document=document, model=model))


def content_problem(errors: Sequence[FieldError]) -> InvalidContent:
    """The problem for these errors, the first hundred of them told."""
    first = errors[0]
    detail = f"{first.pointer or 'The body'}: {first.detail}"
    if len(errors) > 1:
        told = "" if len(errors) <= MOST_ERRORS else f"; the first {MOST_ERRORS} are listed"
        detail = f"{len(errors)} fields are wrong{told}. The first one, {detail}"
    return InvalidContent(detail, errors=errors[:MOST_ERRORS])


def field_errors(
    details: Iterable[Mapping[str, Any]], *, prefix: str = "", document: Any = _NOT_GIVEN, model: Any = None
) -> list[FieldError]:
    """The errors of a document, from pydantic's details about it."""
    found = list(details)
    return [
        _field_error(detail, prefix, document, model) for detail in found if not _follows_from_another(detail, found)
    ]


def _follows_from_another(detail: Mapping[str, Any], details: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a list is said to be too short only because entries of it are wrong and were not counted."""
    if detail["type"] != "too_short":
        return False
    place = tuple(detail["loc"])
    return any(len(other["loc"]) > len(place) and tuple(other["loc"][: len(place)]) == place for other in details)


def _field_error(detail: Mapping[str, Any], prefix: str, document: Any, model: Any) -> FieldError:
    code, sentence = explain(detail)
    location = detail["loc"]
    if detail["type"] == "extra_forbidden" and (meant := nearest(str(location[-1]), field_names(model, location[:-1]))):
        sentence = f"There is no field of this name; did you mean {meant}?"
        if meant == location[-1]:
            sentence = "This field is given twice, in two spellings; keep one of the two."
    inside = location if document is _NOT_GIVEN else _inside(document, location)
    return FieldError(prefix + json_pointer(inside), code, sentence)


def json_pointer(path: Iterable[str | int]) -> str:
    """The path as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _inside(document: Any, location: Sequence[str | int]) -> list[str | int]:
    """The location without the parts that are not in the document: names of a union's members, mostly."""
    path: list[str | int] = []
    here = document
    for index, part in enumerate(location):
        last_name = isinstance(here, dict) and index == len(location) - 1
        if _has(here, part):
            here = here[part]
        elif not last_name:
            continue
        path.append(part)
    return path


def _has(document: Any, part: str | int) -> bool:
    if isinstance(document, list):
        return isinstance(part, int) and part < len(document)
    return isinstance(document, dict) and part in document
