"""A second major version beside the first: made up here, since there is only one so far."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.events.contracts.catalogue import EVENT_TYPES, ORGANISATION, Event
from services.events.contracts.cloudevents import attributes, binary_headers, entry_from, structured
from services.events.contracts.entries import Entry
from services.events.contracts.examples import example
from services.events.contracts.majors import CATALOGUE, Catalogue, OlderMajor
from services.events.contracts.schemas import entry_schema
from services.events.contracts.vocabulary import View
from services.events.published import publish, read
from services.events.relay.records import records_of
from services.events.topics import topics_of
from services.settings import Settings
from tests.events.contracts.validating import validator

URL = "https://registry.example"
UNTIL, TODAY = date(2027, 12, 31), date(2026, 11, 25)
Data = dict[str, Any]


def told_as_words(data: Data) -> Data:
    """The older form, which had the version in words."""
    return {**data, "version": f"version {data['version']}"}


def told_as_number(data: Data) -> Data:
    """The newer form."""
    return {**data, "version": int(data["version"].removeprefix("version "))}


def older_schema() -> Data:
    schema = entry_schema(ORGANISATION, 1)
    schema["properties"]["version"] = {"type": "string", "pattern": "^version [1-9][0-9]*$"}
    return schema


FIRST = OlderMajor(ORGANISATION, 1, UNTIL, older_schema(), lowered=told_as_words, raised=told_as_number)
SECOND = {
    event: replace(type_, major=2) if type_.subject_kind == ORGANISATION else type_
    for event, type_ in EVENT_TYPES.items()
}
BOTH = Catalogue(SECOND, [FIRST])
ABOUT_ORGANISATIONS = [event for event, type_ in EVENT_TYPES.items() if type_.subject_kind == ORGANISATION]


@pytest.fixture(params=ABOUT_ORGANISATIONS)
def entry(request: pytest.FixtureRequest) -> Entry:
    return example(request.param)


class TestAnEntry:
    def test_is_told_by_each_outlet_in_its_own_major_version(self, entry: Entry) -> None:
        first, second = (structured(entry, View.PUBLIC, URL, outlet, BOTH) for outlet in (1, 2))
        assert first["type"] == f"be.digitalwallonia.registry.{entry.event}.v1"
        assert second["type"] == f"be.digitalwallonia.registry.{entry.event}.v2"
        assert first["dataschema"] == f"{URL}/events/v1/schemas/{entry.event}.v1.json"
        assert (first["data"]["version"], second["data"]["version"]) == (f"version {entry.version}", entry.version)
        assert (first["id"], first["time"]) == (second["id"], second["time"])
        assert dict(binary_headers(entry, URL, 1, BOTH))["ce_type"].decode() == first["type"]

    def test_has_data_that_the_schema_of_that_major_version_takes(self, entry: Entry) -> None:
        types = {type_.major: type_ for type_ in BOTH.types if type_.event == entry.event}
        for outlet, type_ in types.items():
            data = BOTH.data(entry, View.PUBLIC, outlet)
            assert [validator(one, BOTH).is_valid(data) for one in types.values()] == [
                one == type_ for one in types.values()
            ]

    def test_is_told_on_topics_of_either(self, entry: Entry) -> None:
        for outlet, version in ((1, f"version {entry.version}"), (2, entry.version)):
            topics = topics_of(Settings(), outlet)
            for record in records_of(entry, topics, URL, outlet, BOTH):
                assert record.topic.endswith(f".v{outlet}")
                assert dict(record.headers)["ce_type"].decode().endswith(f".v{outlet}")
                assert record.value is None or json.loads(record.value)["version"] == version

    @pytest.mark.parametrize("outlet", [1, 2])
    def test_is_read_back_from_either(self, entry: Entry, outlet: int) -> None:
        told = structured(entry, View.PUBLIC, URL, outlet, BOTH)
        assert entry_from(told, told["data"], BOTH) == entry_from(attributes(entry, URL), entry.data(View.PUBLIC))

    def test_about_another_kind_of_subject_stays_as_it_was_everywhere(self) -> None:
        heartbeat = example(Event.HEARTBEAT)
        first, second = (structured(heartbeat, View.PUBLIC, URL, outlet, BOTH) for outlet in (1, 2))
        assert first == second
        assert first["type"].endswith("registry-heartbeat.v1")

    def test_of_a_type_that_came_later_is_told_and_read_all_the_same(self, entry: Entry) -> None:
        told = structured(replace(entry, event="profile-sung"), View.PUBLIC, URL)
        assert entry_from(told, told["data"]).event == "profile-sung"

    def test_of_a_major_version_that_came_later_is_refused(self, entry: Entry) -> None:
        told = structured(entry, View.PUBLIC, URL, 2, BOTH)
        with pytest.raises(ValueError, match="major version that this reader does not know"):
            entry_from(told, told["data"])

    def test_is_not_told_by_an_outlet_whose_time_is_over(self, entry: Entry) -> None:
        assert Catalogue(SECOND).major_of(ORGANISATION, 2) == 2
        with pytest.raises(LookupError, match="outlets of major version 1 do not tell"):
            structured(entry, View.PUBLIC, URL, 1, Catalogue(SECOND))


class TestTheOlderMajor:
    def test_stays_published_beside_its_successor_with_its_day(self, tmp_path: Path) -> None:
        publish(CATALOGUE, tmp_path, TODAY)
        (tmp_path / "editions" / "organisation-entry.v1.json").unlink()  # it was another one in this story
        publish(BOTH, tmp_path, TODAY)
        files = read(tmp_path)
        for event in ABOUT_ORGANISATIONS:
            assert {f"schemas/{event}.v1.json", f"schemas/{event}.v2.json"} <= files.keys()
            assert f"## {event} v1" in files["README.md"]
        assert json.loads(files["schemas/organisation-entry.v1.json"]) == FIRST.schema
        listed = {one["type"]: one["until"] for one in json.loads(files["catalogue.json"])}
        assert listed["be.digitalwallonia.registry.profile-changed.v1"] == "2027-12-31"
        assert listed["be.digitalwallonia.registry.profile-changed.v2"] is None
        assert "| told until | 2027-12-31 |" in files["README.md"]

    def test_is_told_by_topics_of_its_own(self, tmp_path: Path) -> None:
        publish(BOTH, tmp_path, TODAY)
        document = json.loads(read(tmp_path)["asyncapi.json"])
        messages = {name: set(channel["messages"]) for name, channel in document["channels"].items()}
        for major in (1, 2):
            assert document["channels"][f"changes.v{major}"]["address"] == f"dwr.changes.v{major}"
            about_organisations = {f"{event}.v{major}" for event in ABOUT_ORGANISATIONS}
            of_any_major = {"history-forked.v1", "registry-heartbeat.v1", "entry-elsewhere"}
            assert messages[f"changes.v{major}"] == about_organisations | of_any_major
        (shown,) = document["components"]["messages"]["profile-changed.v1"]["examples"]
        assert shown["payload"]["version"] == f"version {example(Event.CHANGED).version}"

    def test_cannot_end_without_a_day(self, tmp_path: Path) -> None:
        publish(CATALOGUE, tmp_path, TODAY)
        with pytest.raises(
            ValueError, match=r"profile-changed\.v1 is not published any more; it is told without an end"
        ):
            publish(Catalogue(SECOND), tmp_path, TODAY)

    def test_goes_after_its_day(self, tmp_path: Path) -> None:
        publish(BOTH, tmp_path, TODAY)
        with pytest.raises(ValueError, match="it is told until 2027-12-31"):
            publish(Catalogue(SECOND), tmp_path, UNTIL)
        publish(Catalogue(SECOND), tmp_path, date(2028, 1, 1))
        assert "schemas/profile-changed.v1.json" not in read(tmp_path)

    @pytest.mark.parametrize("major", [2, 3])
    def test_comes_before_the_present_one_without_a_gap(self, major: int) -> None:
        third = {event: replace(type_, major=major) for event, type_ in SECOND.items()}
        wrong = replace(FIRST, major=1 if major == 3 else 2)
        with pytest.raises(ValueError, match="no unbroken line"):
            Catalogue(third, [wrong])
