"""Endpoints of saved searches."""

from fastapi import APIRouter

from services.http.caller import CurrentCaller
from services.http.openapi import problems
from services.notifier import bodies
from services.notifier.door import CHANGING, SEEN, Door, IfMatch, SearchId
from services.notifier.problems import TooManySearches
from services.problems import Forbidden, InvalidContent, InvalidInput, Unauthenticated, Unavailable

router = APIRouter(prefix="/notifier/v1/searches", tags=["Saved searches"])


@router.post(
    "",
    status_code=201,
    responses=problems(InvalidInput, InvalidContent, Forbidden, Unauthenticated, TooManySearches, Unavailable),
)
def save_search(door: Door, caller: CurrentCaller, body: bodies.NewSearch) -> bodies.SearchWithSecret:
    """Save a search. Changes from now on are delivered. The secret is shown in this answer only.

    Criteria that need unpublished figures (`export.turnoverEur`) are refused to callers who may not read those.
    """
    search = door.searches.create(caller, body)
    door.response.headers["Location"] = f"/notifier/v1/searches/{search.id}"
    return bodies.SearchWithSecret.model_validate({**door.members(search), "secret": search.secrets.current})


@router.get("", responses=problems(Unauthenticated, Unavailable))
def list_searches(door: Door, caller: CurrentCaller) -> bodies.SearchList:
    """The caller's saved searches; an operator sees everybody's."""
    found = door.searches.of(caller)
    position = door.position()
    items = [bodies.SearchAnswer.model_validate(bodies.search_members(search, position)) for search in found]
    return bodies.SearchList(items=items, **bodies.position_members(position))


@router.get("/{search_id}", responses=problems(*SEEN))
def read_search(door: Door, caller: CurrentCaller, search_id: SearchId) -> bodies.SearchAnswer:
    """One saved search; `ETag` is its version."""
    return bodies.SearchAnswer.model_validate(door.members(door.searches.read(caller, search_id)))


@router.patch("/{search_id}", responses=problems(*CHANGING, InvalidContent, Forbidden))
def change_search(
    door: Door, caller: CurrentCaller, search_id: SearchId, version: IfMatch, body: bodies.SearchChange
) -> bodies.SearchAnswer:
    """Replace the members that are given. A search that becomes active again starts from now."""
    search = door.searches.change(caller, search_id, version, body)
    return bodies.SearchAnswer.model_validate(door.members(search))


@router.delete("/{search_id}", status_code=204, responses=problems(*CHANGING))
def delete_search(door: Door, caller: CurrentCaller, search_id: SearchId, version: IfMatch) -> None:
    """Forget a saved search with its deliveries."""
    door.searches.delete(caller, search_id, version)
    door.position()


@router.post("/{search_id}/secret", responses=problems(*CHANGING))
def rotate_secret(door: Door, caller: CurrentCaller, search_id: SearchId, version: IfMatch) -> bodies.SearchWithSecret:
    """Make a new secret, shown in this answer only. Messages are signed with both for 24 hours."""
    search = door.searches.rotate(caller, search_id, version)
    return bodies.SearchWithSecret.model_validate({**door.members(search), "secret": search.secrets.current})
