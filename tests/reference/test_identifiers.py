"""Enterprise and establishment numbers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from services.reference.identifiers import EnterpriseNumber, EstablishmentNumber

Number = EnterpriseNumber | EstablishmentNumber


def with_check_digits(first_eight: int) -> str:
    return f"{first_eight:08}{97 - first_eight % 97:02}"


enterprise_digits = st.integers(0, 19_999_999).map(with_check_digits)
establishment_digits = st.integers(20_000_000, 89_999_999).map(with_check_digits)


class Card(BaseModel):
    """A model as the contracts have them."""

    number: EnterpriseNumber
    unit: EstablishmentNumber | None = None


class TestParse:
    @pytest.mark.parametrize(
        "spelling",
        [
            "0403.227.515",
            "0403227515",
            "403227515",
            "403.227.515",
            "BE 0403.227.515",
            "BE0403227515",
            "be 403 227 515",
            " 0403-227-515 ",
            "0403\u00a0227\u202f515",
            "0208:0403227515",
        ],
    )
    def test_every_usual_spelling_of_an_enterprise_number_is_read(self, spelling: str) -> None:
        assert EnterpriseNumber.parse(spelling).digits == "0403227515"

    @pytest.mark.parametrize("spelling", ["2.000.000.339", "2000000339", "2 000 000 339"])
    def test_every_usual_spelling_of_an_establishment_number_is_read(self, spelling: str) -> None:
        assert EstablishmentNumber.parse(spelling).digits == "2000000339"

    @given(enterprise_digits, st.data())
    def test_separators_may_stand_anywhere(self, digits: str, data: st.DataObject) -> None:
        gaps = data.draw(st.lists(st.sampled_from(["", "", ".", " ", "-"]), min_size=10, max_size=10))
        spelling = "".join(digit + gap for digit, gap in zip(digits, gaps, strict=True))
        number = EnterpriseNumber.parse(spelling)
        assert number.digits == digits
        assert {EnterpriseNumber.parse(form) for form in (str(number), number.vat, number.iso6523)} == {number}

    @given(st.integers(0, 9_999_999).map(with_check_digits))
    def test_an_old_number_of_nine_digits_gets_its_leading_zero(self, digits: str) -> None:
        assert EnterpriseNumber.parse(digits[1:]).digits == digits

    @given(establishment_digits)
    def test_the_shown_form_of_an_establishment_number_is_read_back(self, digits: str) -> None:
        number = EstablishmentNumber.parse(digits)
        assert EstablishmentNumber.parse(str(number)) == number


class TestRefusals:
    @given(enterprise_digits, st.integers(0, 9), st.integers(1, 9))
    def test_any_change_of_a_single_digit_is_refused(self, digits: str, place: int, shift: int) -> None:
        wrong = str((int(digits[place]) + shift) % 10)
        with pytest.raises(ValueError, match=r"check digits|begins with"):
            EnterpriseNumber.parse(digits[:place] + wrong + digits[place + 1 :])

    @given(st.integers(0, 19_999_999), st.integers(0, 99))
    def test_only_the_check_digits_of_the_rule_are_accepted(self, first_eight: int, last_two: int) -> None:
        digits = f"{first_eight:08}{last_two:02}"
        if digits == with_check_digits(first_eight):
            assert EnterpriseNumber.parse(digits).digits == digits
        else:
            with pytest.raises(ValueError, match="check digits"):
                EnterpriseNumber.parse(digits)

    def test_check_digits_of_zero_are_never_accepted(self) -> None:
        multiple_of_97 = f"{97 * 1000:08}"
        with pytest.raises(ValueError, match="check digits"):
            EnterpriseNumber.parse(f"{multiple_of_97}00")
        assert EnterpriseNumber.parse(f"{multiple_of_97}97").digits.endswith("97")

    @pytest.mark.parametrize(
        ("kind", "text", "message"),
        [
            (EnterpriseNumber, "040322751", "check digits"),
            (EnterpriseNumber, "04032275", r"has 10 digits, and this has 8; write it like 0403\.227\.515"),
            (EnterpriseNumber, "04032275155", "has 10 digits, and this has 11"),
            (EnterpriseNumber, "", "has 10 digits, and this has 0"),
            (EnterpriseNumber, "2000000339", "begins with 0 to 1, and this with 2"),
            (EnterpriseNumber, "FR0403227515", "digits only"),
            (EnterpriseNumber, "\uff10403227515", "digits only"),
            (EnterpriseNumber, "0403.227.515 (siège), 0202.239.951 (exploitation)", "write an enterprise number alone"),
            (EstablishmentNumber, "0403227515", "begins with 2 to 8, and this with 0"),
            (EstablishmentNumber, "200000033", "has 10 digits, and this has 9"),
            (EstablishmentNumber, "BE2000000339", "digits only"),
            (EstablishmentNumber, "9000000001", "begins with 2 to 8, and this with 9"),
        ],
    )
    def test_the_message_says_what_is_wrong(self, kind: type[Number], text: str, message: str) -> None:
        with pytest.raises(ValueError, match=message) as caught:
            kind.parse(text)
        assert not text or text not in str(caught.value)

    def test_a_wrong_number_cannot_be_constructed_directly(self) -> None:
        with pytest.raises(ValueError, match="check digits"):
            EnterpriseNumber("0403227516")


class TestValue:
    def test_an_enterprise_number_has_its_standard_forms(self) -> None:
        number = EnterpriseNumber.parse("403227515")
        assert (str(number), number.vat, number.iso6523) == ("0403.227.515", "BE0403227515", "0208:0403227515")

    def test_an_establishment_number_is_shown_with_dots(self) -> None:
        assert str(EstablishmentNumber.parse("2000000339")) == "2.000.000.339"

    def test_numbers_are_immutable_keys_in_the_order_of_their_digits(self) -> None:
        low, high = EnterpriseNumber.parse("0202239951"), EnterpriseNumber.parse("0403227515")
        assert low < high
        assert {low: 1}[EnterpriseNumber.parse("202.239.951")] == 1
        with pytest.raises(AttributeError):
            low.digits = high.digits  # type: ignore[misc]


class TestInModels:
    @pytest.mark.parametrize("sent", ["BE 0403.227.515", "403227515", EnterpriseNumber.parse("0403227515")])
    def test_any_spelling_is_validated_and_digits_are_written(self, sent: Any) -> None:
        card = Card(number=sent)
        assert card.model_dump() == {"number": "0403227515", "unit": None}
        assert Card.model_validate_json(card.model_dump_json()) == card

    def test_a_wrong_number_is_an_error_of_its_field(self) -> None:
        with pytest.raises(ValidationError) as caught:
            Card.model_validate({"number": "0403.227.516"})
        (error,) = caught.value.errors()
        assert error["loc"] == ("number",)
        assert "check digits" in error["msg"]

    def test_a_number_sent_as_a_json_number_is_refused_with_the_remedy(self) -> None:
        with pytest.raises(ValidationError, match=r'write an enterprise number as text: "0403\.227\.515"'):
            Card.model_validate_json('{"number": 403227515}')

    @pytest.mark.parametrize("mode", ["validation", "serialization"])
    def test_the_json_schema_has_pattern_and_example(self, mode: Any) -> None:
        properties = Card.model_json_schema(mode=mode)["properties"]
        assert properties["number"]["pattern"] == "^[01][0-9]{9}$"
        assert properties["number"]["examples"] == ["0403227515"]
        assert properties["unit"]["anyOf"][0]["pattern"] == "^[2345678][0-9]{9}$"
