"""A small service with every kind of input, for tests of what all services share."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal

import structlog
from fastapi import APIRouter, FastAPI, Header, Query
from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel
from starlette.responses import StreamingResponse

from services.access.authenticator import authenticator_for
from services.http.api import create_api
from services.http.caller import CurrentCaller
from services.http.openapi import merge_patch_body, problems
from services.http.requests import MergePatch, RequestId
from services.problems import Conflict, NotFound
from services.settings import Settings

PRIVATE = "+32 475 12 34 56"
"""A value that must be in no answer and in no log."""


class Kind(StrEnum):
    COWORKING = "coworking"
    FAB_LAB = "fab_lab"


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cat(Model):
    kind: Literal["cat"]
    lives: Annotated[int, Field(strict=True, ge=0)]


class Dog(Model):
    kind: Literal["dog"]
    barks: bool


class Coworking(Model):
    desks: Annotated[int, Field(strict=True, ge=1)]
    opening_hours: str | None = None


class Place(Model):
    title: Annotated[str, Field(min_length=1, max_length=10)]
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1, max_length=2)] = (Kind.COWORKING,)
    profiles: dict[str, Coworking] = {}
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    size: int | Coworking | None = None
    rating: float | None = None
    open: bool = True

    @field_validator("title")
    @classmethod
    def _no_digits(cls, title: str) -> str:
        if any(letter.isdigit() for letter in title):
            raise ValueError("write the number in words")
        return title


class Criteria(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)

    max_size: Annotated[int, Field(strict=True)] | None = None


class Page(BaseModel):
    after: str | None = None
    word: list[str] = []


router = APIRouter(prefix="/places")


@router.post("", status_code=201, responses=problems(Conflict))
async def register(place: Place) -> dict[str, str]:
    return {"title": place.title}


@router.get("/{place_id}", responses=problems(NotFound))
async def read(place_id: str, caller: CurrentCaller) -> dict[str, str]:
    if place_id == "known":
        return {"id": place_id, "for": caller.name}
    raise NotFound("There is no such place.", place=place_id)


@router.patch("/{place_id}", openapi_extra=merge_patch_body("The fields to change", {"title": "Atelier"}))
async def change(
    place_id: str, patch: MergePatch, if_match: Annotated[str, Header(max_length=5)], request_id: RequestId
) -> dict[str, Any]:
    return {"id": place_id, "patch": patch, "if_match": if_match, "request_id": request_id}


@router.post("/{place_id}/close")
async def close(place_id: str) -> dict[str, str]:
    return {"closed": place_id}


@router.get("")
async def search(
    limit: Annotated[int, Query(ge=1, le=100)] = 10, kind: Annotated[list[Kind] | None, Query()] = None
) -> dict[str, Any]:
    return {"limit": limit, "kind": kind}


@router.get("/pages/all")
async def pages(page: Annotated[Page, Query()]) -> Page:
    return page


@router.post("/search/both")
async def search_both(criteria: Criteria, limit: int = 10) -> dict[str, Any]:
    return {"limit": limit, "criteria": criteria}


@router.get("/broken/{how}")
def broken(how: str) -> dict[str, str]:
    if how == "validation":
        Place.model_validate({"title": {"telephone": PRIVATE}})
    if how == "group":
        raise ExceptionGroup("several", [ValueError(PRIVATE), KeyError("x")])
    raise ValueError(f"the telephone is {PRIVATE}")


@router.get("/stream/{how}", response_class=StreamingResponse)
def stream(how: str) -> StreamingResponse:
    def parts() -> Iterator[str]:
        yield "one\n"
        if how == "broken":
            raise ValueError(f"the telephone is {PRIVATE}")
        yield "two\n"

    return StreamingResponse(parts(), headers={"DWR-Position": "1-57"})


def sample_api(settings: Settings) -> FastAPI:
    """The service; its router is included below a prefix, as services do."""
    api = create_api(
        settings,
        service="sample",
        title="Sample",
        description="-",
        authenticator=authenticator_for(settings),
    )
    api.include_router(router, prefix="/sample/v1")

    @api.get("/sample/direct")
    def direct(number: int) -> int:
        structlog.get_logger("sample").info("direct_asked", number=number)
        return number

    return api
