"""`/events/v1/schemas`, `/events/v1/asyncapi.json` and the reference: what the events look like."""

from functools import cache
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from services.events.asyncapi import asyncapi_document
from services.events.contracts.entries import Json
from services.events.contracts.majors import CATALOGUE
from services.events.contracts.schemas import PATH, entry_schema_name, schema_name, schemas, snapshot_schema_name
from services.events.reference_page import reference_page
from services.events.routes.bodies import EntrySchemaOffer, SchemaIndex, SchemaOffer
from services.events.routes.context import CurrentContext
from services.http.openapi import problems
from services.problems import NotFound

router = APIRouter(tags=["contracts"])
_CACHE = {"Cache-Control": "public, max-age=3600"}


def _answered(media_type: str, type_: str = "object") -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "The document.", "content": {media_type: {"schema": {"type": type_}}}}}


@router.get(PATH.rstrip("/"))
@router.get(PATH, include_in_schema=False)
async def schema_index(context: CurrentContext) -> SchemaIndex:
    """Every type of event with its meaning and the address of its schema, in each major version that is told."""
    base = f"{context.public_url}{PATH}"
    offers = [
        SchemaOffer(
            type=type_.name,
            meaning=type_.meaning,
            subject_kind=type_.subject_kind,
            until=type_.until,
            address=base + schema_name(type_),
        )
        for type_ in CATALOGUE.types
    ]
    entries = dict.fromkeys((type_.subject_kind, type_.major) for type_ in CATALOGUE.types)
    shared = [EntrySchemaOffer(subject_kind=key[0], address=base + entry_schema_name(*key)) for key in entries]
    return SchemaIndex(entries=shared, snapshot_line=base + snapshot_schema_name(), schemas=offers)


@router.get(
    PATH + "{name}", responses=_answered("application/schema+json") | problems(NotFound), response_class=Response
)
async def schema(name: str) -> Response:
    """A JSON Schema (2020-12), by its file name: `profile-changed.v1.json`."""
    found = _schemas().get(name)
    if found is None:
        raise NotFound(f"There is no schema of this name; {PATH} lists them.")
    return JSONResponse(found, headers=_CACHE, media_type="application/schema+json")


@router.get("/events/v1/asyncapi.json", responses=_answered("application/json"), response_class=Response)
async def asyncapi(context: CurrentContext) -> Response:
    """The AsyncAPI 3 document of the Kafka topics."""
    return JSONResponse(asyncapi_document(context.settings), headers=_CACHE)


@router.get("/events/v1/reference.md", responses=_answered("text/markdown", "string"), response_class=Response)
async def reference(context: CurrentContext) -> Response:
    """The reference of events for people, in Markdown: each type with its meaning and an example."""
    return Response(_reference(context.public_url), headers=_CACHE, media_type="text/markdown; charset=utf-8")


@cache
def _reference(public_url: str) -> str:
    return reference_page(public_url)


@cache
def _schemas() -> dict[str, Json]:
    return schemas()
