"""Events as OpenAPI tells of them: what the feed answers."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.events.contracts.catalogue import Event
from services.events.contracts.cloudevents import BATCH_TYPE, structured
from services.events.contracts.examples import example
from services.events.contracts.vocabulary import View

_URL = "http://127.0.0.1:8000"
_EXAMPLE = structured(example(Event.CHANGED), View.PUBLIC, _URL)


class CloudEvent(BaseModel):
    """An event in structured mode. The reference of events (`/events/v1/reference.md`) has each type."""

    model_config = ConfigDict(use_attribute_docstrings=True, json_schema_extra={"examples": [_EXAMPLE]})

    specversion: str
    id: str
    """The same on every outlet and in every repetition."""
    source: str
    type: str
    """`be.digitalwallonia.registry.profile-changed.v1`: the last part is the major version of the data."""
    subject: str
    """Kind and id: `organisation/org-…`."""
    time: datetime
    datacontenttype: str
    dataschema: str
    """Address of the JSON Schema of `data`."""
    partitionkey: str
    correlationid: str | None = None
    """Id of the request, import or job that made the change; absent where it is not known."""
    causationid: str | None = None
    """`id` of the event that led to this one; absent where none did."""
    data: Annotated[dict[str, Any], Field(description="As the schema at `dataschema` says.")]


class FeedPage(BaseModel):
    """A page of the feed."""

    model_config = ConfigDict(
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [
                {
                    "generation": 1,
                    "position": _EXAMPLE["data"]["position"],
                    "more": False,
                    "events": [_EXAMPLE],
                    "next": f"/events/v1/feed?after=1-{_EXAMPLE['data']['position']}",
                }
            ]
        },
    )

    generation: int
    position: int
    """Up to where the page has looked: go on from here, also when a filter left `events` empty."""
    more: bool
    """Whether the log went on after this page."""
    events: list[CloudEvent]
    next: str
    """Address of the next page."""


_BATCH = {"type": "array", "items": {"$ref": "#/components/schemas/CloudEvent"}}
FEED_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "model": FeedPage,
        "description": "A page, the events of it alone, or a stream, as `Accept` asks for.",
        "content": {BATCH_TYPE: {"schema": _BATCH}, "text/event-stream": {"schema": {"type": "string"}}},
        "headers": {"Link": {"description": "The next page.", "schema": {"type": "string"}}},
    }
}
