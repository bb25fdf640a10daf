"""The contracts at their addresses."""

import re
from urllib.parse import urlsplit

import httpx
import jsonschema
import pytest

from services.events.contracts.catalogue import EVENT_TYPES
from services.events.contracts.schemas import schemas
from tests.events.contracts.validating import validator_by
from tests.events.entries import Ecosystem
from tests.events.http.snapshots import Past, keep, kept_offers, lines, taken
from tests.events.service import Service


def test_the_index_leads_to_every_schema(client: httpx.Client) -> None:
    index = client.get("/events/v1/schemas").json()
    assert client.get("/events/v1/schemas/").json() == index
    assert [entry["subject_kind"] for entry in index["entries"]] == ["organisation", "registry"]
    for entry in index["entries"]:
        name = f"{entry['subject_kind']}-entry.v1.json"
        assert client.get(urlsplit(entry["schema"]).path).json() == schemas()[name]
    listed = index["schemas"]
    assert {kind["type"] for kind in listed} == {kind.name for kind in EVENT_TYPES.values()}
    for kind in listed:
        name = kind["schema"].rpartition("/")[2]
        answer = client.get(f"/events/v1/schemas/{name}")
        assert answer.headers["content-type"] == "application/schema+json"
        assert answer.json() == schemas()[name]


def test_every_line_of_snapshots_and_deltas_is_what_their_schema_says(
    client: httpx.Client, service: Service, ecosystem: Ecosystem
) -> None:
    past = Past(ecosystem.engine)
    past.fill(3)
    past.publish(1, {"turnover": {"eur": 1.0, "year": 2025}}, size_class="micro")
    past.merge(2, 1)
    keep(service, past)
    past.archive(3)
    (offer,) = kept_offers(client)
    files = [offer["files"][0], *(delta["files"][0] for delta in offer["deltas"])]
    texts = [client.get("/events/v1/snapshots/current").content, *(taken(client, file) for file in files)]
    line_validator = validator_by(client.get("/events/v1/schemas").json()["snapshot_line"].rpartition("/")[2])
    for line in (line for text in texts for line in lines(text)):
        line_validator.validate(line)
        (wrong,) = ({**line, name: "wrong"} for name in ("end", "version", "digest") if name in line)
        assert not line_validator.is_valid(wrong)


def test_a_line_of_a_snapshot_has_what_the_last_event_of_its_subject_has(
    client: httpx.Client, ecosystem: Ecosystem
) -> None:
    ecosystem.fill(3)
    ecosystem.publish(2, size_class="micro")
    events = client.get("/events/v1/feed").json()["events"]
    last = {event["data"]["subject"]["id"]: event["data"] for event in events}
    _first, *told, _end = lines(client.get("/events/v1/snapshots/current").content)
    assert len(told) == len(last) == 3
    for line in told:
        assert line == {name: last[line["subject"]["id"]][name] for name in line}


def test_the_asyncapi_document_names_this_systems_topics(client: httpx.Client) -> None:
    document = client.get("/events/v1/asyncapi.json").json()
    assert document["channels"]["changes.v1"]["address"] == "dwr.changes.v1"


def test_the_reference_has_every_type_with_links_that_lead_on(client: httpx.Client) -> None:
    answer = client.get("/events/v1/reference.md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    for type_ in EVENT_TYPES.values():
        assert f"\n## {type_.event} v1\n\n{type_.meaning}\n" in answer.text
    for link in set(re.findall(r"\]\(([^)#]+)\)", answer.text)):
        assert client.get(f"/events/v1/{link}").status_code == 200, link


def test_an_unknown_schema_is_not_found(client: httpx.Client) -> None:
    answer = client.get("/events/v1/schemas/profile-exploded.v1.json")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize("path", ["/events/v1/schemas", "/events/v1/snapshots", "/events/v1/feed"])
def test_an_index_is_documented_by_an_example_of_its_form(client: httpx.Client, path: str) -> None:
    document = client.get("/events/openapi.json").json()
    content = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    described = document["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    assert described["examples"][0].keys() == client.get(path).json().keys()


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/events/v1/feed", "*/*"),
        ("/events/v1/feed", "application/cloudevents-batch+json"),
        ("/events/v1/schemas", "*/*"),
        ("/events/v1/asyncapi.json", "*/*"),
        ("/events/v1/reference.md", "*/*"),
        ("/events/v1/schemas/{name}", "*/*"),
    ],
)
def test_an_answer_is_described_by_its_own_media_type(client: httpx.Client, path: str, accept: str) -> None:
    described = client.get("/events/openapi.json").json()["paths"][path]["get"]["responses"]["200"]["content"]
    answer = client.get(path.format(name="profile-changed.v1.json"), headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] in described


def test_an_event_of_the_feed_is_as_it_is_described(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.publish(1)
    ecosystem.beat()
    schemas_ = client.get("/events/openapi.json").json()["components"]["schemas"]
    for event in client.get("/events/v1/feed").json()["events"]:
        jsonschema.Draft202012Validator(schemas_["CloudEvent"]).validate(event)
        assert event.keys() <= schemas_["CloudEvent"]["properties"].keys()
