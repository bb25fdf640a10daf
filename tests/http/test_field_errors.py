"""From pydantic's errors to ours, outside of any request: imports and commands use this too."""

import json
from contextlib import suppress
from typing import Annotated, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core.core_schema import ErrorType

from services.events.contracts.criteria import Criteria
from services.events.contracts.values import LongText
from services.http.field_errors import invalid_content, json_pointer
from services.http.json_bodies import read_json
from services.http.messages import explain
from services.problems import InvalidContent, InvalidInput
from tests.http.sample import Place

CONTEXT: dict[str, Any] = {
    "ge": 1,
    "gt": 1,
    "le": 1,
    "lt": 1,
    "multiple_of": 5,
    "min_length": 2,
    "max_length": 2,
    "actual_length": 3,
    "field_type": "Tuple",
    "pattern": "^a$",
    "expected": "'a' or 'b'",
    "discriminator": "'kind'",
    "tag": "x",
    "expected_tags": "'a', 'b'",
    "error": "something else",
}


def problem_for(invalid: Any, prefix: str = "", **options: Any) -> InvalidContent:
    with pytest.raises(ValidationError) as refused:
        Place.model_validate(invalid)
    return invalid_content(refused.value, prefix, **options)


def test_a_list_whose_only_entry_is_wrong_is_not_told_to_be_empty_as_well() -> None:
    with pytest.raises(ValidationError) as refused:
        Criteria.model_validate({"communes": ["99999"], "kinds": []})
    problem = invalid_content(refused.value, model=Criteria)
    assert [(error.pointer, error.code) for error in problem.errors] == [
        ("/kinds", "too_few"),
        ("/communes/0", "invalid"),
    ]


def test_a_prefix_says_where_the_document_stands() -> None:
    problem = problem_for({"title": 7}, "/organisations/3")
    assert problem.errors[0].pointer == "/organisations/3/title"
    assert problem.detail == "/organisations/3/title: Write text in double quotes."


def test_the_names_of_a_unions_members_are_no_part_of_the_document() -> None:
    document = {"title": "A", "size": {"desks": 0}}
    assert "/size/desks" in [error.pointer for error in problem_for(document, document=document).errors]
    assert "/size/Coworking/desks" in [error.pointer for error in problem_for(document).errors]


def test_a_misspelt_name_is_corrected_where_the_model_is_known() -> None:
    document = {"title": "A", "profiles": {"x": {"desk": 1}}}
    assert "did you mean desks?" in problem_for(document, model=Place).errors[1].detail
    assert "take it out" in problem_for(document).errors[1].detail


def test_a_misspelt_criterion_is_corrected_in_the_spelling_of_its_writer() -> None:
    with pytest.raises(ValidationError) as refused:
        Criteria.model_validate({"sizeClases": ["large"], "export": {"activ_markets": ["FR"]}})
    details = [error.detail for error in invalid_content(refused.value, model=Criteria).errors]
    assert any("did you mean sizeClasses?" in detail for detail in details)
    assert any("did you mean active_markets?" in detail for detail in details)


@pytest.mark.parametrize("kind", get_args(ErrorType))
def test_every_kind_of_error_has_a_code_and_a_sentence(kind: str) -> None:
    code, sentence = explain({"type": kind, "ctx": CONTEXT, "input": "somebody's telephone", "msg": "It is wrong"})
    assert code.replace("_", "").isalpha()
    assert sentence.endswith(".")
    assert sentence[0].isupper()
    assert "telephone" not in sentence


@pytest.mark.parametrize(
    ("constraint", "value"),
    [
        (Field(gt=3), 3),
        (Field(lt=3), 3),
        (Field(multiple_of=3), 4),
        (Field(allow_inf_nan=False), float("inf")),
    ],
    ids=["gt", "lt", "multiple_of", "inf"],
)
def test_what_a_sentence_needs_is_what_pydantic_gives(constraint: Any, value: float) -> None:
    class Sample(BaseModel):
        number: Annotated[float, constraint]

    with pytest.raises(ValidationError) as refused:
        Sample.model_validate({"number": value})
    assert invalid_content(refused.value).errors[0].detail.startswith("Write a ")


def test_an_error_about_the_whole_points_at_the_whole() -> None:
    class Strict(BaseModel):
        model_config = ConfigDict(extra="forbid")

    with pytest.raises(ValidationError) as refused:
        Strict.model_validate(7)
    problem = invalid_content(refused.value)
    assert (problem.errors[0].pointer, problem.detail[:8]) == ("", "The body")


@given(st.lists(st.text() | st.integers(0, 99)))
def test_a_pointer_can_be_taken_apart_again(path: list[str | int]) -> None:
    pointer = json_pointer(path)
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    assert parts == [str(part) for part in path]


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(InvalidInput):
        read_json(body)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(json_values)
def test_what_was_written_is_what_is_read(value: Any) -> None:
    assert read_json(json.dumps(value).encode()) == value


def test_a_limit_over_a_text_with_rules_of_its_own_counts_characters() -> None:
    class Decision(BaseModel):
        reason: Annotated[LongText, Field(max_length=5)]

    with pytest.raises(ValidationError) as refused:
        Decision.model_validate({"reason": "too long a text"})
    assert "Shorten the text to 5 characters" in invalid_content(refused.value).detail
