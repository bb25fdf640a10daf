"""Opening hours."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reference.hours import hours_per_week, parse_opening_hours

DAY = date(2026, 3, 4)


class TestParse:
    @pytest.mark.parametrize(
        "text",
        [
            "Mo-Fr 09:00-18:00",
            "24/7",
            "Mo-Fr 10:00-12:00,14:00-18:00; Sa 10:00-13:00; PH off",
            "Mo[1] 18:00-20:00",
            "Jul-Aug off; Mo-Fr 09:00-17:00",
            'Tu 13:00-17:00 "sur rendez-vous"',
        ],
    )
    def test_valid_hours_are_kept_as_written(self, text: str) -> None:
        assert parse_opening_hours(f"  {text} ") == text

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "no opening hours in it"),
            ("   ", "no opening hours in it"),
            ("lundi 9h-17h", "cannot be read at place 1; .* for example Mo-Fr 09:00-18:00"),
            ("Mo-Fr 9-17", "cannot be read at place 7"),
            ("Lu-Ve 09:00-18:00", "days Mo Tu We Th Fr Sa Su"),
            ("mo-fr 09:00-18:00", "should be capitalized"),
            ("Sa 25:00-26:00", "cannot be read"),
            ("Mo-Fr 09:00-18:00 foo", "cannot be read"),
        ],
    )
    def test_wrong_hours_are_refused_with_the_place_and_an_example(self, text: str, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            parse_opening_hours(text)

    @given(st.text(alphabet='MoTuWeFrSaPH 0123456789:-,;/[]+"offJandw|()\n', max_size=60) | st.text(max_size=30))
    def test_any_text_is_either_kept_or_refused(self, text: str) -> None:
        try:
            kept = parse_opening_hours(text)
        except ValueError:
            return
        assert kept == text.strip()
        assert 0 <= hours_per_week(kept, DAY) <= 168


class TestHoursPerWeek:
    @pytest.mark.parametrize(
        ("text", "hours"),
        [
            ("Mo-Fr 09:00-18:00", 45),
            ("24/7", 168),
            ("Mo-Fr 22:00-02:00", 20),
            ("Su 22:00-02:00", 4),
            ("Mo-Fr 10:00-12:00,14:00-18:00; Jul-Aug off", 30),
            ("Mo-Fr 09:00-12:30; PH off", 17.5),
            ("week 1-53/2 Mo 10:00-12:00", 1),
            ("2020 Mo 10:00-12:00", 0),
            ("PH off", 0),
            ("unknown", 0),
            ("Mo 10:00-12:00; Tu 10:00-12:00 unknown", 2),
        ],
    )
    def test_an_ordinary_week_is_counted(self, text: str, hours: float) -> None:
        assert hours_per_week(text, DAY) == hours

    @pytest.mark.parametrize(
        ("text", "hours"),
        [
            ('"sur rendez-vous"', 0),
            ('Mo-Fr "sur rendez-vous"', 0),
            ('24/7 "badge"', 168),
            ('Mo 09:00-18:00 "sonner"', 9),
        ],
    )
    def test_a_comment_without_hours_promises_none(self, text: str, hours: float) -> None:
        assert hours_per_week(text, DAY) == hours

    def test_wrong_hours_are_refused_here_too(self) -> None:
        with pytest.raises(ValueError, match="cannot be read"):
            hours_per_week("lundi", DAY)
