"""Errors that callers see, as RFC 9457 problem details: one class a problem type, with its status, title and page.

    Problem
    ├── InvalidInput            400  the request cannot be read
    ├── Unauthenticated         401
    ├── Forbidden               403
    ├── NotFound                404
    ├── MethodNotAllowed        405
    ├── NotAcceptable           406
    ├── Conflict                409
    ├── BodyTooLarge            413
    ├── UnsupportedMediaType    415
    ├── InvalidContent          422  it can be read, and fields in it are wrong
    ├── PreconditionRequired    428
    ├── TooManyRequests         429
    ├── InternalError           500
    └── Unavailable             503

Services declare more of them beside the code that raises them; the type's address is made from the class name, and
`docs/problems/` has a page for each.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: where it is, what is wrong with it and what to write instead."""

    pointer: str
    """JSON pointer (RFC 6901) into the body; `header:If-Match` or `query:limit` for what is not in the body."""
    code: str
    """Stable word for programs, `too_long` for example."""
    detail: str
    """Sentence for people that names the remedy."""

    def as_json(self) -> dict[str, str]:
        """The error as it stands in `errors` of the problem document."""
        return {"pointer": self.pointer, "code": self.code, "detail": self.detail}


class Problem(Exception):  # noqa: N818 - the field's word (RFC 9457) is "problem"
    """Base of every error with a meaning for callers."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"

    def __init__(
        self,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.members = members
        """Further members of the problem document, `candidates` for example."""

    @classmethod
    def code(cls) -> str:
        """Name of the problem type: the class name in lower case with hyphens."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def type_uri(cls) -> str:
        """Address of the page about this type, relative to the system's address."""
        return f"/problems/{cls.code()}"

    def document(self, request_id: str | None = None) -> dict[str, Any]:
        """The problem document: RFC 9457 members, then this type's own."""
        document: dict[str, Any] = {
            "type": self.type_uri(),
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.errors:
            document["errors"] = [error.as_json() for error in self.errors]
        if request_id:
            document["request_id"] = request_id
        return document | self.members


class InvalidInput(Problem):
    """The request cannot be read: malformed JSON, a parameter of the wrong form, an unknown parameter."""

    status = 400
    title = "The request cannot be read"


class Unauthenticated(Problem):
    """No access token was sent where one is needed, or the one sent is not valid. The detail says which."""

    status = 401
    title = "A valid access token is needed"

    def __init__(self, detail: str, **options: Any) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="digital-wallonia-registry"'}, **options)


class Forbidden(Problem):
    """The caller is known and may not do this. The detail names the missing role or relation."""

    status = 403
    title = "Not allowed"


class NotFound(Problem):
    """There is nothing at this address, or the caller may not know that there is."""

    status = 404
    title = "Not found"


class MethodNotAllowed(Problem):
    """The address exists and does not take this method."""

    status = 405
    title = "Method not allowed"


class NotAcceptable(Problem):
    """None of the media types in `Accept` can be given."""

    status = 406
    title = "Not acceptable"


class Conflict(Problem):
    """The request contradicts the present state."""

    status = 409
    title = "Conflict"


class BodyTooLarge(Problem):
    """The body is longer than `DWR_MAX_BODY_BYTES`."""

    status = 413
    title = "Body too large"


class UnsupportedMediaType(Problem):
    """The body's media type is not one that this address reads."""

    status = 415
    title = "Unsupported media type"


class InvalidContent(Problem):
    """The body can be read, and fields in it are wrong: `errors` names each with its remedy. Nothing was written."""

    status = 422
    title = "Fields of the body are wrong"


class PreconditionRequired(Problem):
    """A write needs the header `If-Match` with the version that was read."""

    status = 428
    title = "If-Match is needed"


class TooManyRequests(Problem):
    """The caller's budget is used up; `Retry-After` says when there is some again."""

    status = 429
    title = "Too many requests"


class InternalError(Problem):
    """A defect of the registry. The answer carries the request id under which the log has the cause."""

    status = 500
    title = "Internal error"


class Unavailable(Problem):
    """The system cannot answer just now: it is starting, or a part that it needs does not answer."""

    status = 503
    title = "Not available at the moment"


def problem_types() -> dict[str, type[Problem]]:
    """Every declared problem type by its code; those of a service once its modules are imported."""
    found: dict[str, type[Problem]] = {}
    waiting: list[type[Problem]] = list(Problem.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        found[kind.code()] = kind
    return dict(sorted(found.items()))
