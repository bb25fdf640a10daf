"""Texts that show as something else than they say, and web addresses that are none."""

import pytest
from pydantic import TypeAdapter, ValidationError

from services.events.contracts.criteria import Criteria
from services.events.contracts.places import Address
from services.events.contracts.values import Line, WebUrl

LINE, URL = TypeAdapter(Line), TypeAdapter(WebUrl)


@pytest.mark.parametrize(
    "text", ["\u200b", "\u200e\u2060", "\u202elive", "a\u2066b", "a\x00", "a\x85b", "a\nb", "a\tb"]
)
def test_text_that_cannot_be_seen_as_it_is_written_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        LINE.validate_python(text)


@pytest.mark.parametrize("text", ["😀", "👩‍👩‍👧", "שלום", "C++ & Co", "l’été", "数字"])
def test_text_of_any_script_is_taken(text: str) -> None:
    assert LINE.validate_python(text) == text


WRONG = [
    "https://",
    "https://a",
    "https://.",
    "https://..a/",
    "https://-.-",
    "https://a..b/",
    "https://exa%00mple.com",
    "https://a.b:99999/",
    "https://a.example:0/",
    "https:///a.b",
    "https://a.example/<x>",
    'https://a.example/"',
    "https://u:p@a.example/",
    "ftp://a.example/",
    "javascript:alert(1)//a.b",
]
INVISIBLE = ["https://a.example/\n", "https://a.example/\tx", "https://a.example/\x00", "https://a\u202e.example", " "]


@pytest.mark.parametrize("address", [*WRONG, *INVISIBLE, f"https://{'a' * 64}.example/", f"https://{'a.' * 130}be/"])
def test_an_address_that_leads_nowhere_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        URL.validate_python(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.exemple.be",
        "http://exemple.be:8080/a?b=c#d",
        "https://café.be/é",
        "https://xn--caf-dma.be/",
        "https://a_b.exemple.be/x|y",
        "https://exemple.be./",
    ],
)
def test_an_address_is_kept_as_it_was_written(address: str) -> None:
    assert URL.validate_python(address) == address


@pytest.mark.parametrize("field", ["house_number", "box", "postal_code"])
def test_the_short_parts_of_an_address_are_plain_text_too(field: str) -> None:
    for text in ("12\x00", "12\n3", "1\u202e2"):
        with pytest.raises(ValidationError):
            Address.model_validate({field: text})


def test_digits_of_other_scripts_are_no_code() -> None:
    with pytest.raises(ValidationError):
        Address.model_validate({"nis_code": "٩٢٠٩٤"})


@pytest.mark.parametrize("criteria", [{"axes": ["1.9.9"]}, {"export": {"working_languages": ["klingon"]}}])
def test_criteria_that_nothing_can_meet_are_refused(criteria: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Criteria.model_validate(criteria)
