"""The contracts as they are published: schemas and AsyncAPI."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from referencing import Registry, Resource

from services.events.contracts.catalogue import EVENT_TYPES, ORGANISATION, Event
from services.events.contracts.cloudevents import attributes, binary_headers, entry_from, structured
from services.events.contracts.compatibility import breaks
from services.events.contracts.entries import Entry
from services.events.contracts.entry_data import EntryData, InternalEntryData, RegistryEntryData
from services.events.contracts.examples import example
from services.events.contracts.organisation import PublicOrganisation, as_document
from services.events.contracts.schemas import ENTRY, PATH, schema_name, schemas
from services.events.contracts.vocabulary import View
from services.events.published import FOLDER, published, write

URL = "https://registry.example"


def validator(event: Event) -> jsonschema.Draft202012Validator:
    known = [(schema["$id"], Resource.from_contents(schema)) for schema in schemas().values()]
    registry: Registry[Any] = Registry().with_resources(known)
    schema = schemas()[schema_name(EVENT_TYPES[event])]
    return jsonschema.Draft202012Validator(schema, registry=registry)


@pytest.fixture(params=list(Event))
def entry(request: pytest.FixtureRequest) -> Entry:
    return example(request.param)


def test_every_event_has_a_meaning() -> None:
    assert set(EVENT_TYPES) == set(Event)


def test_the_committed_contracts_are_those_of_the_code() -> None:
    """`python -m services.events.published` writes them anew."""
    assert _texts(FOLDER) == published()


def _texts(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text("utf-8") for file in folder.rglob("*.json")}


def test_the_schemas_are_schemas() -> None:
    for schema in schemas().values():
        jsonschema.Draft202012Validator.check_schema(schema)


class TestExamples:
    def test_its_data_is_what_the_schema_and_the_model_say(self, entry: Entry) -> None:
        data = entry.data(View.PUBLIC)
        validator(Event(entry.event)).validate(data)
        model = EntryData if entry.subject.kind == ORGANISATION else RegistryEntryData
        assert model.model_validate(data).model_dump(mode="json", exclude_unset=True) == data
        if entry.subject.kind == ORGANISATION:
            InternalEntryData.model_validate(entry.data(View.INTERNAL))

    def test_its_document_is_compact(self, entry: Entry) -> None:
        if entry.document is not None:
            assert as_document(PublicOrganisation.model_validate(entry.document)) == entry.document

    def test_the_cloudevents_package_reads_it(self, entry: Entry) -> None:
        headers = {name: value for name, value in binary_headers(entry, URL) if name not in {"generation", "position"}}
        value = json.dumps(entry.data(View.PUBLIC)).encode()
        message = KafkaMessage(headers=headers, key=entry.subject.id.encode(), value=value)
        binary = from_binary(message, JSONFormat(), CloudEvent)
        whole = JSONFormat().read(CloudEvent, json.dumps(structured(entry, View.PUBLIC, URL)))
        assert binary.get_attributes() == whole.get_attributes()
        assert binary.get_data() == whole.get_data() == entry.data(View.PUBLIC)

    @pytest.mark.parametrize("view", list(View))
    def test_it_is_read_back_as_it_was(self, entry: Entry, view: View) -> None:
        again = entry_from(attributes(entry, URL), entry.data(view))
        assert again.data(view) == entry.data(view)
        assert attributes(again, URL) == attributes(entry, URL)


@pytest.mark.parametrize(
    ("wrong", "value"),
    [
        ("position", 0),
        ("version", "3"),
        ("visibility", "gone"),
        ("changes", None),
        ("subject", {"kind": "organisation"}),
    ],
)
def test_the_schema_refuses_what_is_no_entry(wrong: str, value: Any) -> None:
    data = {**example(Event.CHANGED).data(View.PUBLIC), wrong: value}
    assert not validator(Event.CHANGED).is_valid(data)


def test_readers_take_fields_that_they_do_not_know() -> None:
    data = example(Event.CHANGED).data(View.PUBLIC)
    data["document"] = {**data["document"], "new_field": 1}
    data["another"] = True
    assert validator(Event.CHANGED).is_valid(data)


class TestCompatibility:
    def test_an_incompatible_schema_does_not_replace_the_published_one(self, tmp_path: Path) -> None:
        write(published(), tmp_path)
        before = _texts(tmp_path)
        new = copy.deepcopy(schemas()[ENTRY])
        new["properties"].pop("origin")
        with pytest.raises(ValueError, match="/origin is not there any more"):
            write({**published(), f"schemas/{ENTRY}": json.dumps(new)}, tmp_path)
        assert _texts(tmp_path) == before

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda schema: schema["properties"].pop("version"), "/version is not there any more"),
            (lambda schema: schema["properties"]["version"].update(type="string"), "/version has another type"),
            (lambda schema: schema["properties"]["version"].update(minimum=2), "narrower minimum: 1 became 2"),
            (lambda schema: schema["properties"]["version"].update(maximum=9), "narrower maximum: None became 9"),
            (lambda schema: schema["required"].append("redirect"), "/redirect is required now"),
            (lambda schema: schema["required"].remove("changes"), "/changes is not sure to be there any more"),
            (lambda schema: schema["$defs"]["Origin"]["enum"].remove("kbo"), "does not have the word 'kbo'"),
            (lambda schema: schema["$defs"].pop("Point"), "#/Point is not there any more"),
            (lambda schema: schema["properties"]["document"]["anyOf"].pop(), "1 alternatives instead of 2"),
            (lambda schema: schema["properties"]["changes"]["items"].update({"$ref": "#/x"}), "another $ref"),
        ],
    )
    def test_an_incompatible_change_is_found(self, change: Any, said: str) -> None:
        old = schemas()[ENTRY]
        new = copy.deepcopy(old)
        change(new)
        (found,) = breaks(old, new)
        assert said in found

    def test_a_new_optional_field_and_a_new_word_are_compatible(self) -> None:
        old = schemas()[ENTRY]
        new = copy.deepcopy(old)
        new["properties"]["causation"] = {"type": "string"}
        new["$defs"]["Origin"]["enum"].append("a_new_source")
        assert list(breaks(old, new)) == []


class TestAsyncApi:
    document: dict[str, Any] = json.loads(published()["asyncapi.json"])

    def test_every_reference_leads_somewhere(self) -> None:
        for reference in _references(self.document):
            if reference.startswith("#/"):
                part: Any = self.document
                for name in reference[2:].split("/"):
                    part = part[name]
                assert part
            else:
                assert reference.removeprefix(URL + PATH) in schemas()

    def test_its_parts_are_those_of_asyncapi_3(self) -> None:
        assert self.document["asyncapi"] == "3.0.0"
        assert set(self.document) == {
            "asyncapi", "info", "defaultContentType", "channels", "operations", "components",
        }  # fmt: skip
        for operation in self.document["operations"].values():
            assert operation["action"] == "send"
        for channel in self.document["channels"].values():
            assert set(channel) <= {"address", "description", "messages", "bindings"}

    def test_every_event_is_a_message_with_a_valid_example(self) -> None:
        messages = self.document["components"]["messages"]
        for event, kind in EVENT_TYPES.items():
            message = messages[event.value]
            assert message["name"] == kind.name
            (shown,) = message["examples"]
            validator(event).validate(shown["payload"])
            jsonschema.validate(shown["headers"], self.document["components"]["schemas"]["headers"])

    def test_the_internal_topic_is_not_described_to_partners(self) -> None:
        assert "internal" not in {channel["address"].split(".")[1] for channel in self.document["channels"].values()}


def _references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for inner in part for found in _references(inner)]
    if not isinstance(part, dict):
        return []
    here = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return here + [found for inner in part.values() for found in _references(inner)]
