"""Which changes of a published schema are refused: every change of every keyword in it, but for a few that are told."""

import copy
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from services.events.contracts.catalogue import Event
from services.events.contracts.compatibility import breaks, shape
from services.events.contracts.examples import example
from services.events.contracts.schemas import entry_schema_name, schemas
from services.events.contracts.vocabulary import View

ENTRY = entry_schema_name("organisation", 1)
Schema = dict[str, Any]
FOR_PEOPLE = {"$schema", "$id", "title", "description", "examples"}


@pytest.fixture
def old() -> Schema:
    return copy.deepcopy(schemas()[ENTRY])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda schema: schema["properties"].pop("version"), "/version is not there any more"),
        (lambda schema: schema["properties"]["version"].update(type="string"), "/version has another type"),
        (lambda schema: schema["properties"]["version"].update(minimum=2), "another minimum: 1 became 2"),
        (lambda schema: schema["properties"]["version"].update(minimum=0), "another minimum: 1 became 0"),
        (lambda schema: schema["properties"]["version"].update(maximum=9), "another maximum: none became 9"),
        (lambda schema: schema["properties"]["version"].update(const=None), "another const: none became null"),
        (lambda schema: schema["required"].append("redirect"), "/redirect is required now"),
        (lambda schema: schema["required"].remove("changes"), "/changes is not sure to be there any more"),
        (lambda schema: words(schema, "Origin").remove("kbo"), "does not have the word 'kbo'"),
        (lambda schema: schema["$defs"]["Visibility"]["enum"].remove("left"), 'became ["entered","stayed","hidden"]'),
        (lambda schema: schema["$defs"]["Visibility"]["enum"].append("lost"), '"left","hidden","lost"]'),
        (lambda schema: schema["$defs"]["Origin"]["anyOf"].pop(), "#/Origin has 1 alternatives instead of 2"),
        (lambda schema: schema["$defs"].pop("Point"), "#/Point is not there any more"),
        (lambda schema: schema["$defs"]["JsonValue"].update(properties={"x": {}}), "field x with a meaning of its own"),
        (lambda schema: schema["$defs"]["Address"].update(additionalProperties=False), "another additionalProperties"),
        (lambda schema: schema["$defs"]["Address"].update(dependentRequired={}), "another dependentRequired"),
        (lambda schema: schema["properties"]["document"]["anyOf"].pop(), "1 alternatives instead of 2"),
        (lambda schema: schema["properties"]["document"]["anyOf"].append({}), "3 alternatives instead of 2"),
        (lambda schema: schema["properties"]["changes"]["items"].update({"$ref": "#/x"}), "another $ref"),
        (lambda schema: schema["properties"]["changes"].update(items=True), "/changes has other items"),
        (lambda schema: schema["properties"]["changes"].update(uniqueItems=True), "another uniqueItems"),
    ],
)
def test_an_incompatible_change_is_found_and_named(old: Schema, change: Any, said: str) -> None:
    new = copy.deepcopy(old)
    change(new)
    found = list(breaks(old, new))
    assert found
    assert said in found[0]


def words(schema: Schema, name: str) -> list[str]:
    found: list[str] = schema["$defs"][name]["anyOf"][0]["enum"]
    return found


@pytest.mark.parametrize("name", sorted(schemas()))
def test_no_keyword_of_a_published_schema_can_be_changed_or_taken_away(name: str) -> None:
    """Whatever it is and wherever: what is valid and what is sent would not be the same any more."""
    old = schemas()[name]
    new = copy.deepcopy(old)
    tried = 0
    for part, keyword in keywords(new):
        before = part[keyword]
        for after in others(part, keyword):
            part.pop(keyword) if after is GONE else part.update({keyword: after})
            assert list(breaks(old, new)), f"{keyword}: {before} became {after}"
            part[keyword] = before
            tried += 1
    assert list(breaks(old, new)) == []
    assert tried > 1


GONE = object()


def keywords(schema: Any, *, names: bool = False) -> Iterator[tuple[Schema, str]]:
    """Each keyword that is not for people only, with the part of the schema that has it; fields and definitions too."""
    if isinstance(schema, list):
        for part in schema:
            yield from keywords(part)
    if not isinstance(schema, dict):
        return
    for name, value in list(schema.items()):
        if names or name not in FOR_PEOPLE:
            yield schema, name
        if name not in {"default", "const", "enum", "required", *FOR_PEOPLE} or names:
            yield from keywords(value, names=not names and name in {"properties", "$defs"})


def others(part: Schema, keyword: str) -> Iterator[Any]:
    """Other values for the keyword: none, and the neighbours of the one that it has."""
    yield GONE
    match value := part[keyword]:
        case bool():
            yield not value
        case int() | float():
            yield from (value - 1, value + 1)
        case str():
            yield f"{value}x"
        case None:
            yield "x"
        case [*_, last]:
            yield value[:-1]
            is_open_list = part.keys() == {"enum"}
            if not is_open_list:
                yield [*value, last if isinstance(last, dict) else "x"]


class TestACompatibleChange:
    """What may come within a major version is understood by old readers, and new readers understand what was before."""

    @staticmethod
    def grown(old: Schema) -> Schema:
        new = copy.deepcopy(old)
        new["properties"]["quality"] = {"$ref": "#/$defs/Quality"}
        new["$defs"]["Quality"] = {"type": "object", "properties": {"score": {"type": "integer"}}}
        new["$defs"]["Address"]["properties"]["floor"] = {"type": "string"}
        words(new, "Origin").append("a_new_source")
        return new

    def test_is_a_new_optional_field_a_definition_or_a_word_in_an_open_list(self, old: Schema) -> None:
        assert list(breaks(old, self.grown(old))) == []
        assert list(breaks(self.grown(old), old)) != []

    def test_is_understood_in_both_directions(self, old: Schema) -> None:
        before = example(Event.CHANGED).data(View.PUBLIC)
        after = copy.deepcopy(before) | {"quality": {"score": 7}, "origin": "a_new_source"}
        after["document"]["establishments"][0]["address"]["floor"] = "3"
        for schema in (old, self.grown(old)):
            jsonschema.Draft202012Validator(schema).validate(before)
            jsonschema.Draft202012Validator(schema).validate(after)

    def test_is_another_text_for_people(self, old: Schema) -> None:
        new = copy.deepcopy(old)
        new["title"] = new["$defs"]["Address"]["description"] = "Something else"
        assert list(breaks(old, new)) == []
        assert shape(old) == shape(new)


def test_the_shape_keeps_fields_that_are_called_as_texts_for_people_are(old: Schema) -> None:
    assert shape(old)["$defs"]["PublicOrganisation"]["properties"]["title"]
    assert "title" not in shape(old)["$defs"]["PublicOrganisation"]


@pytest.mark.parametrize(
    "rule", ["additionalProperties", "patternProperties", "propertyNames", "unevaluatedProperties"]
)
def test_an_object_with_rules_for_other_names_gets_no_new_field(rule: str) -> None:
    old: Schema = {"type": "object", "properties": {"a": {}}, rule: {}}
    assert list(breaks(old, {**old, "properties": {"a": {}, "b": {}}})) != []


def test_the_shape_keeps_values_as_they_are() -> None:
    schema = {"default": {"title": "x"}, "const": {"description": 1}, "enum": [{"title": 1}], "title": "y"}
    assert shape(schema) == {name: value for name, value in schema.items() if name != "title"}
