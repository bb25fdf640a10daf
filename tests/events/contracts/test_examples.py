"""Examples, schemas and models say the same, in every mode and in other people's readers."""

import copy
import json
from typing import Any

import jsonschema
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from services.events.contracts.catalogue import EVENT_TYPES, ORGANISATION, Event
from services.events.contracts.cloudevents import attributes, binary_headers, entry_from, structured
from services.events.contracts.entries import Entry
from services.events.contracts.entry_data import EntryData, InternalEntryData, RegistryEntryData
from services.events.contracts.examples import example
from services.events.contracts.organisation import PublicOrganisation, as_document
from services.events.contracts.schemas import schemas
from services.events.contracts.vocabulary import View
from tests.events.contracts.validating import validator

URL = "https://registry.example"


@pytest.fixture(params=list(Event))
def entry(request: pytest.FixtureRequest) -> Entry:
    return example(request.param)


def test_every_event_has_a_type() -> None:
    assert set(EVENT_TYPES) == set(Event)


def test_the_schemas_are_schemas() -> None:
    for schema in schemas().values():
        jsonschema.Draft202012Validator.check_schema(schema)


class TestAnExample:
    def test_has_data_that_schema_and_model_take(self, entry: Entry) -> None:
        data = entry.data(View.PUBLIC)
        validator(EVENT_TYPES[Event(entry.event)]).validate(data)
        model = EntryData if entry.subject.kind == ORGANISATION else RegistryEntryData
        assert model.model_validate(data).model_dump(mode="json", exclude_unset=True) == data
        if entry.subject.kind == ORGANISATION:
            InternalEntryData.model_validate(entry.data(View.INTERNAL))

    def test_has_a_compact_document(self, entry: Entry) -> None:
        if entry.document is not None:
            assert as_document(PublicOrganisation.model_validate(entry.document)) == entry.document

    def test_is_what_the_catalogue_says_of_its_type(self, entry: Entry) -> None:
        type_ = EVENT_TYPES[Event(entry.event)]
        assert entry.subject.kind == type_.subject_kind
        assert entry.actor in type_.by
        assert entry.visibility in type_.visibility

    def test_is_read_by_the_cloudevents_package(self, entry: Entry) -> None:
        headers = {name: value for name, value in binary_headers(entry, URL) if name not in {"generation", "position"}}
        value = json.dumps(entry.data(View.PUBLIC)).encode()
        message = KafkaMessage(headers=headers, key=entry.subject.id.encode(), value=value)
        binary = from_binary(message, JSONFormat(), CloudEvent)
        whole = JSONFormat().read(CloudEvent, json.dumps(structured(entry, View.PUBLIC, URL)))
        assert binary.get_attributes() == whole.get_attributes()
        assert binary.get_data() == whole.get_data() == entry.data(View.PUBLIC)

    @pytest.mark.parametrize("view", list(View))
    def test_is_read_back_as_it_was(self, entry: Entry, view: View) -> None:
        again = entry_from(attributes(entry, URL), entry.data(view))
        assert again.data(view) == entry.data(view)
        assert attributes(again, URL) == attributes(entry, URL)


def test_what_a_merge_leads_to_names_it() -> None:
    merged, absorbed = example(Event.MERGED), example(Event.ABSORBED)
    assert merged.redirect == absorbed.subject.id
    assert attributes(absorbed, URL)["causationid"] == attributes(merged, URL)["id"]
    assert attributes(absorbed, URL)["correlationid"] == attributes(merged, URL)["correlationid"]
    assert "causationid" not in attributes(merged, URL)


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
    assert not validator(EVENT_TYPES[Event.CHANGED]).is_valid(data)


@pytest.mark.parametrize("event", [Event.HISTORY_FORKED, Event.HEARTBEAT])
@pytest.mark.parametrize(
    ("wrong", "value"),
    [
        ("subject", {"kind": "organisation", "id": "org-4qm7c2xw5tkz6dya"}),
        ("visibility", "entered"),
        ("document", {}),
        ("changes", [{"path": "/title"}]),
    ],
)
def test_an_entry_about_the_registry_changes_no_document(event: Event, wrong: str, value: Any) -> None:
    data = {**example(event).data(View.PUBLIC), wrong: value}
    assert not validator(EVENT_TYPES[event]).is_valid(data)


def test_readers_take_fields_and_words_that_they_do_not_know() -> None:
    data = copy.deepcopy(example(Event.CHANGED).data(View.PUBLIC))
    data["document"] |= {"new_field": 1, "state": "a_new_state"}
    data |= {"another": True, "origin": "a_new_source", "actor": "a_new_role"}
    assert validator(EVENT_TYPES[Event.CHANGED]).is_valid(data)
