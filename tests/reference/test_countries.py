"""Countries and their names."""

import pytest

from services.reference.countries import country_codes, country_name, is_country


def test_every_country_of_the_standard_has_a_name_in_four_languages() -> None:
    assert len(country_codes()) == 249
    assert all(country_name(code, language) for code in country_codes() for language in ("fr", "nl", "de", "en"))


@pytest.mark.parametrize("code", ["be", "BEL", "XX", "EU", "UK", "", "B", "056"])
def test_what_is_not_an_alpha_2_code_is_no_country(code: str) -> None:
    assert not is_country(code)


def test_names_are_the_usual_ones_of_their_language() -> None:
    assert [country_name("KR", language) for language in ("fr", "nl", "de", "en")] == [
        "Corée du Sud",
        "Zuid-Korea",
        "Südkorea",
        "South Korea",
    ]
    assert country_name("BE", "nl") == "België"


def test_an_unknown_code_and_another_language_are_refused() -> None:
    with pytest.raises(ValueError, match="write for example BE, FR or DE"):
        country_name("XX", "fr")
    with pytest.raises(ValueError, match="write fr, nl, de or en"):
        country_name("BE", "es")
