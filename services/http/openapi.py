"""How problems and merge patches stand in an OpenAPI document."""

from collections.abc import Mapping
from inspect import getdoc
from typing import Any

from services.http.requests import JSON, MERGE_PATCH
from services.problems import MEDIA_TYPE, Problem

_TEXT = {"type": "string"}
PROBLEM_SCHEMA: Mapping[str, Any] = {
    "title": "Problem",
    "type": "object",
    "description": "A problem document (RFC 9457). Each type has further members of its own.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {**_TEXT, "format": "uri-reference", "description": "Address of the page about this type of problem."},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {**_TEXT, "description": "What is wrong this time, and the remedy."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {
                        **_TEXT,
                        "description": "JSON pointer into the body; `query:limit` or `header:If-Match` outside of it.",
                    },
                    "code": {**_TEXT, "description": "Stable word for programs."},
                    "detail": {**_TEXT, "description": "Sentence for people: the remedy."},
                },
            },
        },
        "request_id": {**_TEXT, "description": "The answer's X-Request-Id, under which the logs speak of the request."},
    },
}
ANY_PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Any other problem",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def problems(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an endpoint that can answer with these types of problem."""
    by_status: dict[int | str, list[type[Problem]]] = {}
    for kind in kinds:
        by_status.setdefault(kind.status, []).append(kind)
    return {status: _response(alike) for status, alike in sorted(by_status.items(), key=str)}


def _response(kinds: list[type[Problem]]) -> dict[str, Any]:
    return {
        "description": " ".join((getdoc(kind) or kind.title).partition("\n\n")[0].replace("\n", " ") for kind in kinds),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {kind.code(): {"summary": kind.title, "value": _example(kind)} for kind in kinds},
            }
        },
    }


def _example(kind: type[Problem]) -> dict[str, Any]:
    return {"type": kind.type_uri(), "title": kind.title, "status": kind.status, "detail": "..."}


def merge_patch_body(description: str, example: Mapping[str, Any]) -> dict[str, Any]:
    """The `openapi_extra` of an endpoint that takes a `MergePatch`."""
    media = {"schema": {"type": "object"}, "example": example}
    return {"requestBody": {"required": True, "description": description, "content": {MERGE_PATCH: media, JSON: media}}}
