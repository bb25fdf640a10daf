"""Errors as GraphQL answers carry them: a message for people and `extensions.code` for programs."""

from typing import Any

import structlog
from graphql import GraphQLError

from services.problems import InternalError, Problem

log = structlog.get_logger(__name__)

_INTERNAL = "The registry has a defect here. Report the request_id: the log has the cause under it."


def code_of(problem: Problem) -> str:
    """The problem's code: `STALE_VERSION` for the type `/problems/stale-version`."""
    return problem.code().replace("-", "_").upper()


def problem_error(problem: Problem) -> dict[str, Any]:
    """A problem of the whole request as an entry of `errors`."""
    return {"message": problem.detail, "extensions": _extensions(problem)}


def refusal_entry(error: GraphQLError, code: str) -> dict[str, Any]:
    """An error of the document or its variables, found before anything was executed: a scalar's ValueError too."""
    return dict(error.formatted) | {"extensions": {"code": code, **(error.extensions or {})}}


def error_entry(error: GraphQLError, code: str, request_id: str | None) -> dict[str, Any]:
    """An error as an entry of `errors`. What nobody foresaw is logged and told as a defect, without its message.

    `code` is given to errors that have none: those of the GraphQL language itself.
    """
    entry = dict(error.formatted)
    cause = error.original_error
    if isinstance(cause, Problem):
        entry["extensions"] = _extensions(cause)
    elif cause is not None and not isinstance(cause, GraphQLError):
        log.error("field_failed", exc_info=cause, path=error.path)
        entry["message"] = _INTERNAL
        entry["extensions"] = {"code": code_of(InternalError("")), "request_id": request_id}
    else:
        return refusal_entry(error, code)
    return entry


def _extensions(problem: Problem) -> dict[str, Any]:
    document = problem.document()
    return {"code": code_of(problem), **{name: document[name] for name in document if name not in {"title", "detail"}}}
