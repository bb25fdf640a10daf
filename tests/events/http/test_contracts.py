"""The contracts at their addresses."""

import httpx

from services.events.contracts.catalogue import EVENT_TYPES
from services.events.contracts.schemas import schemas


def test_the_index_leads_to_every_schema(client: httpx.Client) -> None:
    listed = client.get("/events/v1/schemas/").json()["schemas"]
    assert {kind["type"] for kind in listed} == {kind.name for kind in EVENT_TYPES.values()}
    for kind in listed:
        name = kind["schema"].rpartition("/")[2]
        answer = client.get(f"/events/v1/schemas/{name}")
        assert answer.headers["content-type"] == "application/schema+json"
        assert answer.json() == schemas()[name]


def test_the_asyncapi_document_names_this_systems_topics(client: httpx.Client) -> None:
    document = client.get("/events/v1/asyncapi.json").json()
    assert document["channels"]["changes"]["address"] == "dwr.changes.v1"


def test_an_unknown_schema_is_not_found(client: httpx.Client) -> None:
    answer = client.get("/events/v1/schemas/profile-exploded.v1.json")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
