"""Endpoints of deliveries."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from services.http.caller import CurrentCaller
from services.http.openapi import problems
from services.notifier import bodies
from services.notifier.delivery_log import PageAsked
from services.notifier.door import SEEN, DeliveryId, Door, SearchId
from services.notifier.identifiers import DELIVERY_PATTERN
from services.notifier.problems import SearchNotActive
from services.notifier.vocabulary import DeliveryState
from services.problems import InvalidContent, InvalidInput

router = APIRouter(prefix="/notifier/v1", tags=["Deliveries"])


async def _page_asked(
    state: Annotated[DeliveryState | None, Query(description="Deliveries in this state only.")] = None,
    after: Annotated[str | None, Query(pattern=DELIVERY_PATTERN, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> PageAsked:
    return PageAsked(state, after, limit)


Asked = Annotated[PageAsked, Depends(_page_asked)]


@router.post("/searches/{search_id}/test", status_code=202, responses=problems(*SEEN, SearchNotActive))
def try_receiver(door: Door, caller: CurrentCaller, search_id: SearchId) -> bodies.DeliveryAnswer:
    """Send a message that tells nothing (`"transition": "test"`), to try the receiver with."""
    logged = door.log.test(caller, search_id)
    door.position()
    return bodies.DeliveryAnswer.model_validate(bodies.delivery_members(logged.delivery, logged.attempts))


@router.get("/searches/{search_id}/deliveries", responses=problems(*SEEN, InvalidInput))
def list_deliveries(door: Door, caller: CurrentCaller, search_id: SearchId, asked: Asked) -> bodies.DeliveryList:
    """The deliveries of a saved search with every attempt, the latest position first."""
    page, following = door.log.page(caller, search_id, asked)
    position = door.position()
    items = [
        bodies.DeliveryAnswer.model_validate(bodies.delivery_members(logged.delivery, logged.attempts))
        for logged in page
    ]
    return bodies.DeliveryList(items=items, next=following, **bodies.position_members(position))


@router.get("/deliveries/{delivery_id}", responses=problems(*SEEN))
def read_delivery(door: Door, caller: CurrentCaller, delivery_id: DeliveryId) -> bodies.DeliveryWithPayload:
    """One delivery with its attempts and the body that is sent."""
    logged = door.log.one(caller, delivery_id)
    door.position()
    members = bodies.delivery_members(logged.delivery, logged.attempts)
    return bodies.DeliveryWithPayload.model_validate({**members, "payload": logged.delivery.payload_json()})


@router.post("/deliveries/{delivery_id}/redeliver", status_code=202, responses=problems(*SEEN, SearchNotActive))
def redeliver(door: Door, caller: CurrentCaller, delivery_id: DeliveryId) -> bodies.DeliveryAnswer:
    """Send one delivery again, whatever became of it. Its `webhook-id` stays the same."""
    logged = door.log.send_again(caller, delivery_id)
    door.position()
    return bodies.DeliveryAnswer.model_validate(bodies.delivery_members(logged.delivery, logged.attempts))


@router.post(
    "/searches/{search_id}/replay",
    status_code=202,
    responses=problems(*SEEN, SearchNotActive, InvalidInput, InvalidContent),
)
def replay(door: Door, caller: CurrentCaller, search_id: SearchId, body: bodies.Range) -> bodies.Replayed:
    """Send again what the delivery log has of a range of positions."""
    count = door.log.replay(caller, search_id, body.first, body.last)
    return bodies.Replayed(deliveries=count, **bodies.position_members(door.position()))
