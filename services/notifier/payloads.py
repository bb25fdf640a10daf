"""The body of a delivery: the log's event in the public view, as a structured CloudEvent that names the search.

What the notifier adds are CloudEvents extension attributes (`searchid`, `searchname`, `transition`, `deliveryid`), so
that `data` stays exactly what the feed and Kafka carry and one reader's code serves all three.
"""

import uuid
from datetime import UTC, datetime

import orjson

from services.events.contracts.catalogue import SOURCE, TYPE_PREFIX
from services.events.contracts.cloudevents import JSON_TYPE, attributes, structured
from services.events.contracts.entries import Entry, Json
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.notifier.searches import SavedSearch
from services.notifier.vocabulary import Transition

TEST_TYPE = f"{TYPE_PREFIX}.webhook-test.v1"
MAX_BYTES = 20_000
"""Standard Webhooks 1.0.0 asks for less than about 20 kB; a longer event is sent thin, with a link to the whole."""


def event_payload(entry: Entry, search: SavedSearch, transition: Transition, delivery_id: str, public_url: str) -> str:
    """The body that tells the search's receiver of the entry."""
    named = _extensions(search, transition, delivery_id)
    body = _text({**structured(entry, View.PUBLIC, public_url), **named})
    if len(body.encode()) <= MAX_BYTES:
        return body
    return _text({**_thin(entry, public_url), **named})


def test_payload(search: SavedSearch, position: Position, delivery_id: str, now_ms: int) -> tuple[str, str]:
    """Event id and body of a message that tries the receiver: marked by its type and by the transition `test`."""
    event_id = str(uuid.uuid4())
    moment = datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    event: Json = {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": TEST_TYPE,
        "subject": f"search/{search.id}",
        "time": moment,
        "datacontenttype": JSON_TYPE,
        "data": {"generation": position.generation, "position": position.number, "test": True},
    }
    return event_id, _text({**event, **_extensions(search, Transition.TEST, delivery_id)})


def _extensions(search: SavedSearch, transition: Transition, delivery_id: str) -> Json:
    return {
        "searchid": search.id,
        "searchname": search.name,
        "transition": transition.value,
        "deliveryid": delivery_id,
    }


def _thin(entry: Entry, public_url: str) -> Json:
    """The event without document and values; `dataref` (a registered CloudEvents extension) leads to the whole."""
    event: Json = dict(attributes(entry, public_url))
    del event["dataschema"]  # what is left of `data` is not what the schema says
    before = Position(entry.position.generation, entry.position.number - 1)
    event["dataref"] = f"{public_url}/events/v1/feed?after={before}&limit=1"
    data = entry.data(View.PUBLIC)
    del data["document"]
    data["changes"] = [{"path": change["path"]} for change in entry.changes]
    return {**event, "data": data}


def _text(payload: Json) -> str:
    return orjson.dumps(payload).decode()
