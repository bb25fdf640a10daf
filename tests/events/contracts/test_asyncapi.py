"""The AsyncAPI document: its own rules by the official parser, its messages by our schemas."""

import json
from typing import Any

import jsonschema

from services.events.contracts.catalogue import EVENT_TYPES, ORGANISATION, Event
from services.events.contracts.examples import example
from services.events.contracts.schemas import PATH, schemas
from services.events.published import published
from services.events.relay.records import records_of
from services.events.relay.substitutes import substitute_for
from services.events.topics import topics_of
from services.settings import Settings
from tests.events.contracts.conftest import Readers
from tests.events.contracts.test_examples import URL
from tests.events.contracts.validating import validator

TEXT = published()["asyncapi.json"]
DOCUMENT: dict[str, Any] = json.loads(TEXT)
Diagnostic = dict[str, Any]


def parsed(readers: Readers, text: str) -> list[Diagnostic]:
    """What the official parser says of the document."""
    base = f"{URL}/events/v1/"
    files = {base + name: content for name, content in published().items() if name.startswith("schemas/")}
    found: list[Diagnostic] = readers.run("asyncapi.mjs", {"document": text, "files": files})
    return found


def test_the_official_parser_takes_it(contract_readers: Readers) -> None:
    """What is left is advice about what the document is free to leave out: no error, no warning."""
    assert [one for one in parsed(contract_readers, TEXT) if one["severity"] in {"error", "warning"}] == []


def test_the_official_parser_finds_what_is_wrong(contract_readers: Readers) -> None:
    wrong = json.loads(TEXT)
    wrong["operations"]["changes.v1"]["action"] = "shout"
    assert [one["severity"] for one in parsed(contract_readers, json.dumps(wrong))].count("error") > 0


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        if reference.startswith("#/"):
            part: Any = DOCUMENT
            for name in reference[2:].split("/"):
                part = part[name]
            assert part
        else:
            assert reference.removeprefix(URL + PATH) in schemas()


def test_every_event_is_a_message_with_a_valid_example() -> None:
    messages = DOCUMENT["components"]["messages"]
    for type_ in EVENT_TYPES.values():
        message = messages[f"{type_.event}.v{type_.major}"]
        assert message["name"] == type_.name
        (shown,) = message["examples"]
        validator(type_).validate(shown["payload"])
        jsonschema.validate(shown["headers"], DOCUMENT["components"]["schemas"]["headers"])


def test_the_headers_are_those_that_records_have() -> None:
    named = set(DOCUMENT["components"]["schemas"]["headers"]["properties"])
    shown = {
        name for message in DOCUMENT["components"]["messages"].values()
        for one in message.get("examples", ()) for name in one["headers"]
    }  # fmt: skip
    assert named == shown


def test_the_topic_of_organisations_tells_of_organisations() -> None:
    of_organisations = {f"{type_.event}.v1" for type_ in EVENT_TYPES.values() if type_.subject_kind == ORGANISATION}
    assert set(DOCUMENT["channels"]["organisations.v1"]["messages"]) == {
        *of_organisations,
        "organisation-left",
        "entry-elsewhere",
    }
    of_all = {f"{type_.event}.v1" for type_ in EVENT_TYPES.values()}
    assert set(DOCUMENT["channels"]["changes.v1"]["messages"]) == {*of_all, "entry-elsewhere"}


def test_a_record_in_the_place_of_another_is_described_as_the_relay_makes_it() -> None:
    (shown,) = DOCUMENT["components"]["messages"]["entry-elsewhere"]["examples"]
    entry, settings = example(Event.CHANGED), Settings.model_construct(public_url=URL)
    topics = topics_of(settings)
    record = next(iter(records_of(entry, topics, URL)))
    made = substitute_for(record, entry, topics, URL)
    assert json.loads(made.value or b"") == shown["payload"]
    assert {name: value.decode() for name, value in made.headers} | {"replayed": "true"} == shown["headers"]
    jsonschema.validate(shown["headers"], DOCUMENT["components"]["schemas"]["headers"])


def test_the_internal_topic_is_not_described_to_partners() -> None:
    assert "internal" not in {channel["address"].split(".")[1] for channel in DOCUMENT["channels"].values()}


def references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for inner in part for found in references(inner)]
    if not isinstance(part, dict):
        return []
    here = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return here + [found for inner in part.values() for found in references(inner)]
