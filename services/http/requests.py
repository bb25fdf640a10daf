"""Requests held to our rules before an endpoint sees them: no parameter and no byte of them is ignored."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias, get_args, get_origin

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant

from services.http.json_bodies import read_json
from services.http.near_misses import field_names, nearest
from services.http.request_record import matched_route, record_of
from services.problems import FieldError, InvalidContent, InvalidInput, UnsupportedMediaType

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
_NO_BODY = "This address takes no body, not even {}: send the request without one."
_SAID_ONCE = (
    "Authorization",
    "Content-Type",
    "DWR-Confirmation-Token",
    "Idempotency-Key",
    "If-Match",
    "If-Range",
    "Last-Event-ID",
    "Range",
)


async def check_request(request: Request) -> None:
    """Refuse repeated headers and parameters, unknown parameters, bodies that are not plain JSON: before all else."""
    _check_headers(request)
    route = matched_route(request.scope)
    _check_query(request, _query_parameters(route.dependant))
    if route.body_field is not None:
        await _check_body(request, required=route.body_field.field_info.is_required())
    elif not _takes_merge_patch(route.dependant) and await request.body():
        raise InvalidInput(_NO_BODY, errors=[FieldError("", "unexpected_body", _NO_BODY)])


async def _check_body(request: Request, *, required: bool) -> None:
    if required or await request.body():
        check_media_type(request, JSON)
        read_json(await request.body())


async def _merge_patch(request: Request) -> dict[str, Any]:
    check_media_type(request, MERGE_PATCH, JSON)
    patch = read_json(await request.body())
    if not isinstance(patch, dict):
        error = FieldError("", "wrong_type", "Write an object with the fields to change; null removes a field.")
        raise InvalidContent(error.detail, errors=[error])
    return patch


MergePatch = Annotated[dict[str, Any], Depends(_merge_patch)]
"""Parameter of an endpoint that takes a JSON merge patch (RFC 7396)."""


def _takes_merge_patch(dependant: Dependant) -> bool:
    """Whether the endpoint, or what it depends on, reads a body that FastAPI does not know of."""
    return any(inner.call is _merge_patch or _takes_merge_patch(inner) for inner in dependant.dependencies)


async def _request_id(request: Request) -> str:
    return record_of(request.scope).id


RequestId = Annotated[str, Depends(_request_id)]
"""Parameter of an endpoint that passes the request's id on, as the correlation id of an entry for example."""


def check_media_type(request: Request, *accepted: str) -> None:
    """Raise UnsupportedMediaType unless the body is of one of these types, in UTF-8 and not compressed."""
    sent = request.headers.get("content-type", "")
    media_type, _, parameters = sent.lower().partition(";")
    named = f"Send the body with Content-Type: {' or '.join(accepted)}"
    if media_type.strip() not in accepted:
        raise UnsupportedMediaType(f"{named}.")
    charset = parameters.partition("charset=")[2].strip(' "')
    if charset not in ("", "utf-8"):
        raise UnsupportedMediaType(f"{named}, in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType(f"{named} and without Content-Encoding.")


_Parameters: TypeAlias = Mapping[str, bool]
"""Names of query parameters, and whether each may be repeated."""


def _query_parameters(dependant: Dependant) -> _Parameters:
    """What the endpoint and its dependencies declare; a model declares each of its fields."""
    found: dict[str, bool] = {}
    for field in dependant.query_params:
        annotation = field.field_info.annotation
        names = field_names(annotation, ())
        found |= {name: _takes_several(annotation, name) for name in names} or {field.alias: _is_list(annotation)}
    for inner in dependant.dependencies:
        found |= _query_parameters(inner)
    return found


def _takes_several(model: Any, name: str) -> bool:
    """Whether the model's field of that name is a list. One with an alias counts as such: models are rarely asked."""
    fields = getattr(model, "model_fields", {})
    return name not in fields or _is_list(fields[name].annotation)


def _is_list(annotation: Any) -> bool:
    origin = get_origin(annotation) or annotation
    return origin in (list, tuple, set, frozenset) or any(map(_is_list, get_args(annotation)))


def _check_headers(request: Request) -> None:
    """What says one thing is said once: the first of two would be believed, and the other one ignored."""
    twice = [name for name in _SAID_ONCE if len(request.headers.getlist(name)) > 1]
    if twice:
        errors = [FieldError(f"header:{name}", "repeated", "Send this header once.") for name in twice]
        raise InvalidInput(f"{errors[0].pointer}: {errors[0].detail}", errors=errors)


def _check_query(request: Request, known: _Parameters) -> None:
    sent = Counter(name for name, _value in request.query_params.multi_items())
    errors = [_unknown(name, known) for name in sent if name not in known]
    errors += [_repeated(name) for name, times in sent.items() if times > 1 and not known.get(name, True)]
    if errors:
        raise InvalidInput(f"{errors[0].pointer}: {errors[0].detail}", errors=errors)


def _unknown(name: str, known: _Parameters) -> FieldError:
    meant = nearest(name, known)
    remedy = f"did you mean {meant}?" if meant else f"there are: {', '.join(known) or 'none'}."
    return FieldError(f"query:{name}", "unknown_parameter", f"There is no parameter of this name; {remedy}")


def _repeated(name: str) -> FieldError:
    return FieldError(f"query:{name}", "repeated", "Give this parameter once.")
