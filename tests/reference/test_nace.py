"""Activity codes by version."""

import pytest

from services.reference.nace import ancestors, begins_a_code, codes, has_list, is_known, parse_code, title

LANGUAGES = ("fr", "nl", "de", "en")


class TestTheListOf2025:
    def test_it_has_every_level_from_sections_to_seven_digits(self) -> None:
        per_length = {length: sum(len(code) == length for code in codes("2025")) for length in (1, 2, 3, 4, 5, 7)}
        assert per_length == {1: 22, 2: 87, 3: 287, 4: 651, 5: 977, 7: 1253}

    def test_every_code_has_a_clean_title_in_four_languages(self) -> None:
        for code in codes("2025"):
            for language in LANGUAGES:
                text = title("2025", code, language)
                assert text
                assert text == " ".join(text.split())
                assert '""' not in text

    def test_every_ancestor_of_every_code_is_in_it(self) -> None:
        known = set(codes("2025"))
        assert all(set(ancestors("2025", code)) <= known for code in known)

    def test_computer_programming_stands_in_the_new_section_k(self) -> None:
        assert title("2025", "62100", "fr") == "Activités de programmation informatique"
        assert title("2025", "62100", "en") == "Computer programming activities"
        assert ancestors("2025", "62100") == ("K", "62", "621", "6210")
        assert ancestors("2025", "58110")[0] == "J"

    def test_a_subdivision_of_seven_digits_stands_under_its_five(self) -> None:
        assert ancestors("2025", "1072003") == ("C", "10", "107", "1072", "10720")
        assert ancestors("2025", "K") == ()


class TestVersions:
    def test_the_same_code_means_nothing_in_another_version(self) -> None:
        assert is_known("2025", "62100")
        assert not is_known("2025", "62010")
        assert parse_code("2008", "62.010") == "62010"
        with pytest.raises(ValueError, match="62010 is not a code of NACE-BEL 2025"):
            parse_code("2025", "62.010")

    def test_beginnings_are_known_where_the_list_is(self) -> None:
        assert all(begins_a_code("2025", beginning) for beginning in ("62", "621", "62100", "205901", "2059011"))
        assert not any(begins_a_code("2025", beginning) for beginning in ("99999", "62010", "621000", "00"))
        assert begins_a_code("2008", "62010")

    @pytest.mark.parametrize("version", ["2003", "2008"])
    def test_a_version_without_list_has_no_titles_and_no_sections(self, version: str) -> None:
        assert not has_list(version)
        assert codes(version) == ()
        assert title(version, "62010", "fr") is None
        assert ancestors(version, "62010") == ("62", "620", "6201")

    def test_not_having_the_list_is_told_apart_from_not_being_in_it(self) -> None:
        with pytest.raises(ValueError, match="only the form of its codes can be checked"):
            is_known("2008", "62010")

    def test_an_unknown_version_is_refused(self) -> None:
        with pytest.raises(ValueError, match="write 2003, 2008, 2025"):
            parse_code("2024", "62100")
        with pytest.raises(ValueError, match="write 2003, 2008, 2025"):
            title("", "62100", "fr")


class TestCodes:
    @pytest.mark.parametrize(
        ("written", "kept"),
        [("62.10", "6210"), ("62.100", "62100"), (" 01 ", "01"), ("k", "K"), ("1072003", "1072003")],
    )
    def test_codes_are_kept_as_digits_without_dots(self, written: str, kept: str) -> None:
        assert parse_code("2025", written) == kept

    @pytest.mark.parametrize("written", ["", "6", "621000", "62-10", "KK", "programming", "62100123"])
    def test_what_has_not_the_form_of_a_code_is_refused_with_an_example(self, written: str) -> None:
        with pytest.raises(ValueError, match="for example 62100"):
            parse_code("2008", written)

    def test_a_title_in_another_language_is_refused_rather_than_replaced(self) -> None:
        with pytest.raises(ValueError, match="write fr, nl, de or en"):
            title("2025", "62100", "es")
        assert title("2025", "62010", "fr") is None
