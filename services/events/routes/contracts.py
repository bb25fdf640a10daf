"""`/events/v1/schemas` and `/events/v1/asyncapi.json`: what the events look like."""

from functools import cache

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from services.events.asyncapi import asyncapi_document
from services.events.contracts.catalogue import EVENT_TYPES
from services.events.contracts.entries import Json
from services.events.contracts.schemas import ENTRY, PATH, schema_name, schemas
from services.events.routes.bodies import SchemaIndex, SchemaOffer
from services.events.routes.context import CurrentContext
from services.http.openapi import problems
from services.problems import NotFound

router = APIRouter(tags=["contracts"])
_CACHE = {"Cache-Control": "public, max-age=3600"}


@router.get(PATH.rstrip("/"))
@router.get(PATH, include_in_schema=False)
async def schema_index(context: CurrentContext) -> SchemaIndex:
    """Every type of event with its meaning and the address of its schema."""
    base = f"{context.public_url}{PATH}"
    offers = [
        SchemaOffer(type=kind.name, meaning=kind.meaning, address=base + schema_name(kind))
        for kind in EVENT_TYPES.values()
    ]
    return SchemaIndex(entry=base + ENTRY, schemas=offers)


@router.get(PATH + "{name}", responses=problems(NotFound))
async def schema(name: str) -> Response:
    """A JSON Schema (2020-12), by its file name: `profile-changed.v1.json`."""
    found = _schemas().get(name)
    if found is None:
        raise NotFound(f"There is no schema of this name; {PATH} lists them.")
    return JSONResponse(found, headers=_CACHE, media_type="application/schema+json")


@router.get("/events/v1/asyncapi.json")
async def asyncapi(context: CurrentContext) -> Response:
    """The AsyncAPI 3 document of the Kafka topics."""
    return JSONResponse(asyncapi_document(context.settings), headers=_CACHE)


@cache
def _schemas() -> dict[str, Json]:
    return schemas()
