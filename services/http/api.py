"""The FastAPI application that every service starts from."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Match

from services.access.authenticator import Authenticator
from services.http.answers import problem_of
from services.http.documentation import add_documentation
from services.http.edge import Edge
from services.http.field_errors import content_problem, field_errors
from services.http.heads import HeadLikeGet
from services.http.json_bodies import read_json
from services.http.messages import explain
from services.http.openapi import ANY_PROBLEM, PROBLEM_SCHEMA
from services.http.request_record import matched_route
from services.http.requests import check_request
from services.problems import FieldError, InvalidInput, MethodNotAllowed, Problem
from services.settings import Settings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class Api(FastAPI):
    """FastAPI, with the problem document among the schemas."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if not self.openapi_schema:
            schemas = super().openapi().setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = PROBLEM_SCHEMA
        document: dict[str, Any] = self.openapi_schema or {}
        return document


def create_api(  # noqa: PLR0913 - what a service says of itself, each by its name
    settings: Settings,
    *,
    service: str,
    title: str,
    description: str,
    authenticator: Authenticator,
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """An application without endpoints yet, whose every answer and refusal has the forms that all services share.

    `service` is the first part of its addresses (`registry`) and its name in logs and metrics; endpoints are added
    under their whole paths. Its documentation is at `/<service>/docs`.
    """
    api = Api(
        title=title,
        description=description,
        version="1",
        docs_url=None,
        openapi_url=f"/{service}/openapi.json",
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        dependencies=[Depends(check_request)],
        responses=ANY_PROBLEM,
        exception_handlers={RequestValidationError: _refuse_fields, HTTPException: _refuse_request},
        middleware=[
            Middleware(Edge, service=service, max_body_bytes=settings.max_body_bytes),
            Middleware(HeadLikeGet),
        ],
        lifespan=lifespan,
        redirect_slashes=False,
        # Its records carry the messages of exceptions, and those can carry private values.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    from services.http.database_away import tell_while_away  # noqa: PLC0415 - a process without database does not load it

    tell_while_away(api)
    api.state.authenticator = authenticator
    add_documentation(api, f"/{service}/docs")
    return api


async def _refuse_fields(request: Request, error: Exception) -> Response:
    """FastAPI found the wrong type, form or name somewhere in the request."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - that is what it is registered for
    if any(detail["type"] == "json_invalid" for detail in error.errors()):
        await _name_the_fault(request)
    raise _fields_problem(request, error)


async def _refuse_request(request: Request, error: Exception) -> Response:
    """Starlette or FastAPI refused the request as a whole."""
    assert isinstance(error, HTTPException)  # noqa: S101 - that is what it is registered for
    if error.status_code == InvalidInput.status:
        await _name_the_fault(request)
    if error.status_code == MethodNotAllowed.status:
        raise _method_not_allowed(request)
    raise problem_of(error)


def _method_not_allowed(request: Request) -> MethodNotAllowed:
    """FastAPI names the methods of the first route with this path; here those of all."""
    routes, scope = request.app.routes, request.scope
    methods = [
        method
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)
    ]
    methods = methods or ["GET"]  # files below a mounted folder
    allowed = ", ".join("GET, HEAD" if method == "GET" else method for method in methods)
    return MethodNotAllowed(f"This address takes {allowed}.", headers={"Allow": allowed})


async def _name_the_fault(request: Request) -> None:
    """FastAPI says only that the body could not be parsed: read it again, with the reader that says where and why."""
    read_json(await request.body())


def _fields_problem(request: Request, error: RequestValidationError) -> Problem:
    details = error.errors()
    inside = [{**detail, "loc": detail["loc"][1:]} for detail in details if detail["loc"][0] == "body"]
    outside = [_outside(detail) for detail in details if detail["loc"][0] != "body"]
    if not inside:
        return InvalidInput(f"{outside[0].pointer}: {outside[0].detail}", errors=outside)
    route = matched_route(request.scope)
    model = route.body_field.field_info.annotation if route and route.body_field else None
    return content_problem(field_errors(inside, document=error.body, model=model) + outside)


def _outside(detail: Mapping[str, Any]) -> FieldError:
    """An error in a parameter: `query:limit`, `header:If-Match`, `path:organisation_id`."""
    place, *names = detail["loc"]
    name = "/".join(map(str, names))
    code, sentence = explain(detail)
    return FieldError(f"{place}:{name.title() if place == 'header' else name}", code, sentence)
