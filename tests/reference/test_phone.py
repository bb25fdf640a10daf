"""Telephone numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reference.phone import parse_phone


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("081 12 34 56", "+3281123456"),
        ("(081) 12 34 56", "+3281123456"),
        ("+32 (0)81 12 34 56", "+3281123456"),
        ("0032 81 12.34.56", "+3281123456"),
        ("0475/12.34.56", "+32475123456"),
        ("0800 12 345", "+3280012345"),
        ("+33 1 99 00 12 34", "+33199001234"),
        ("+1 202-555-0143", "+12025550143"),
    ],
)
def test_a_number_is_kept_as_e164_and_is_belgian_unless_it_says_otherwise(written: str, kept: str) -> None:
    assert parse_phone(written) == kept
    assert parse_phone(kept) == kept


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "digits only"),
        ("081 12 34 56 ext. 3", "no words or extension"),
        ("Tel: 081 12 34 56", "no words or extension"),
        ("0800 FLOWERS", "no words or extension"),
        ("\uff10\uff18\uff11 12 34 56", "digits only"),
        ("081 12 34 5", "a digit is missing, too many or wrong"),
        ("081 12 34 56 / 081 12 34 57", "telephone number"),
        ("+999 12345678", "cannot be read|can exist"),
        ("(", "cannot be read"),
    ],
)
def test_what_is_no_number_is_refused_with_an_example_and_not_repeated(written: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        parse_phone(written)
    assert "write it like 081 12 34 56" in str(caught.value)


@given(st.text(alphabet="0123456789+()-./ x", max_size=30) | st.text(max_size=20))
def test_any_text_is_either_a_number_or_refused(text: str) -> None:
    try:
        kept = parse_phone(text)
    except ValueError:
        return
    assert parse_phone(kept) == kept
