"""The table of communes and its validity dates."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reference.communes import (
    LanguageRegime,
    by_postal_code,
    commune,
    commune_by_name,
    communes_on,
    fold_name,
    follow,
    is_commune,
)
from services.reference.provinces import Province

NOW = date(2025, 6, 1)
IN_2018 = date(2018, 6, 1)
RECODED_IN_2019 = {
    "52043": "55086",
    "52063": "55085",
    "54007": "57096",
    "54010": "57097",
    "55010": "51067",
    "55022": "58001",
    "55023": "51069",
    "55039": "51068",
    "56011": "58002",
    "56085": "58003",
    "56087": "58004",
}


class TestTheTable:
    def test_wallonia_has_261_communes_in_five_provinces(self) -> None:
        per_province = Counter(found.province for found in communes_on(NOW))
        assert per_province == {
            Province.WALLOON_BRABANT: 27,
            Province.HAINAUT: 69,
            Province.LIEGE: 84,
            Province.NAMUR: 38,
            Province.LUXEMBOURG: 43,
        }
        assert per_province.total() == 261

    def test_there_are_20_arrondissements_told_by_the_first_two_digits(self) -> None:
        pairs = {(found.nis_code[:2], found.arrondissement) for found in communes_on(NOW)}
        assert len(pairs) == len({prefix for prefix, _ in pairs}) == len({name for _, name in pairs}) == 20

    def test_nine_communes_are_german_speaking_and_have_their_german_name(self) -> None:
        german = [found for found in communes_on(NOW) if found.german_speaking]
        assert len(german) == 9
        assert {found.language_regime for found in german} == {LanguageRegime.GERMAN_FRENCH}
        assert all(found.name_de for found in german)

    def test_other_names_stand_where_the_language_regime_has_another_language(self) -> None:
        for found in communes_on(NOW):
            assert (found.name_de is not None) == ("de" in found.language_regime.lower())
            assert (found.name_nl is not None) == ("nl" in found.language_regime.lower())

    def test_604_postal_codes_lead_to_one_commune_each(self) -> None:
        postal_codes = [code for found in communes_on(NOW) for code in found.postal_codes]
        assert len(postal_codes) == len(set(postal_codes)) == 604

    def test_the_inhabitants_of_2020_add_up(self) -> None:
        assert sum(found.inhabitants or 0 for found in communes_on(NOW)) == 3_645_243

    def test_codes_begin_with_the_digit_of_their_province(self) -> None:
        assert {(found.province.nis_code[0], found.nis_code[0]) for found in communes_on(NOW)} == {
            (digit, digit) for digit in "25689"
        }


class TestValidity:
    def test_there_were_262_communes_until_bastogne_and_bertogne_became_one(self) -> None:
        assert [len(communes_on(day)) for day in (IN_2018, date(2024, 12, 1), date(2024, 12, 2))] == [262, 262, 261]
        assert commune("82005", date(2024, 12, 1)).name_fr == "Bertogne"
        assert commune("82039", date(2024, 12, 2)).name_fr == "Bastogne"

    @pytest.mark.parametrize(("old", "new"), RECODED_IN_2019.items())
    def test_a_code_of_2018_says_what_it_became(self, old: str, new: str) -> None:
        former = commune(old, IN_2018)
        assert (former.successor, former.valid_until) == (new, date(2018, 12, 31))
        assert (follow(old, NOW).nis_code, follow(old, NOW).name_fr) == (new, former.name_fr)
        assert commune(new, date(2019, 1, 1)).valid_from == date(2019, 1, 1)
        assert commune(new).postal_codes == former.postal_codes

    def test_both_parts_of_the_merged_commune_lead_to_it(self) -> None:
        assert follow("82003").nis_code == follow("82005").nis_code == "82039"
        parts = commune("82003", IN_2018).postal_codes + commune("82005", IN_2018).postal_codes
        assert set(commune("82039").postal_codes) == set(parts)

    def test_a_former_code_is_refused_with_the_one_to_write(self) -> None:
        with pytest.raises(ValueError, match=r"55022 \(La Louvière\) was valid until 2018-12-31; write 58001"):
            commune("55022", NOW)

    def test_a_code_before_its_time_is_refused_with_those_to_write(self) -> None:
        with pytest.raises(ValueError, match="for 2018-06-01 write 82003 or 82005"):
            commune("82039", IN_2018)
        with pytest.raises(ValueError, match="for 2018-06-01 write 54007"):
            follow("57096", IN_2018)

    @pytest.mark.parametrize("code", ["", "21004", "9209", "namur", "92094 "])
    def test_an_unknown_code_is_refused(self, code: str) -> None:
        with pytest.raises(ValueError, match="not the NIS code of a Walloon commune"):
            commune(code)
        with pytest.raises(ValueError, match="not the NIS code of a Walloon commune"):
            follow(code)
        assert not is_commune(code)

    @pytest.mark.parametrize("code", ["92094", "82003", "82039", "54007"])
    def test_a_code_of_today_or_of_former_times_is_known(self, code: str) -> None:
        assert is_commune(code)

    def test_days_before_the_table_are_refused(self) -> None:
        with pytest.raises(ValueError, match="begins on 2018-01-01"):
            commune("92094", date(2017, 12, 31))

    @given(st.dates(date(2018, 1, 1), date(2060, 1, 1)))
    def test_every_code_valid_on_a_day_leads_to_one_valid_today(self, day: date) -> None:
        for found in communes_on(day):
            assert commune(found.nis_code, day) is found
            assert follow(found.nis_code, date(2060, 1, 1)).valid_until is None


class TestNames:
    @pytest.mark.parametrize(
        ("spelling", "code"),
        [
            ("Liège", "62063"),
            ("LIEGE", "62063"),
            ("Braine-l\u2019Alleud", "25014"),
            ("braine l'alleud", "25014"),
            ("Ecaussinnes", "55050"),
            ("Court-St-Etienne", "25023"),
            ("Ste-Ode", "82038"),
            ("St. Vith", "63067"),
            ("Sankt Vith", "63067"),
            ("Butgenbach", "63013"),
            ("Bütgenbach", "63013"),
            ("Edingen", "51067"),
            ("  La   Louviere ", "58001"),
        ],
    )
    def test_a_commune_is_found_however_its_name_is_spelt(self, spelling: str, code: str) -> None:
        found = commune_by_name(spelling, NOW)
        assert found is not None
        assert found.nis_code == code

    def test_every_official_name_finds_its_own_commune(self) -> None:
        for day in (IN_2018, NOW):
            for found in communes_on(day):
                assert {commune_by_name(name, day) for name in found.names} == {found}

    def test_a_name_is_looked_up_as_of_its_day(self) -> None:
        assert commune_by_name("Bertogne", NOW) is None
        former = commune_by_name("Bertogne", IN_2018)
        assert former is not None
        assert former.successor == "82039"
        assert commune_by_name("Gent", NOW) is None

    @given(st.text())
    def test_folding_a_folded_name_changes_nothing(self, name: str) -> None:
        folded = fold_name(name)
        assert fold_name(folded) == folded


class TestPostalCodes:
    def test_a_postal_code_leads_to_its_commune_of_the_day(self) -> None:
        assert [found.name_fr for found in by_postal_code("6687", NOW)] == ["Bastogne"]
        assert [found.name_fr for found in by_postal_code("6687", IN_2018)] == ["Bertogne"]
        assert by_postal_code("1000", NOW) == ()


class TestProvinces:
    @pytest.mark.parametrize("province", Province)
    def test_a_province_has_its_name_in_every_language(self, province: Province) -> None:
        assert all(province.name_in(language) for language in ("fr", "nl", "de", "en"))

    def test_another_language_is_refused(self) -> None:
        with pytest.raises(ValueError, match="write fr, nl, de or en"):
            Province.LIEGE.name_in("es")
