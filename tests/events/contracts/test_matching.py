"""One table a criterion: what meets it and what does not."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.events.contracts import matching
from services.events.contracts.criteria import Criteria, ExportCriterion
from services.events.contracts.distance import kilometres
from services.events.contracts.matching import label_is_valid, matches
from services.events.contracts.organisation import LabelGrant, as_document

TODAY = date(2026, 11, 25)
NAMUR = (4.8675, 50.4669)
LIEGE = (5.5718, 50.6451)


def document(**fields: Any) -> dict[str, Any]:
    return {"title": {"fr": "Exemple"}, "profiles": {"company": {}}, "slug": "exemple", **fields}


def placed(*addresses: dict[str, Any]) -> dict[str, Any]:
    return document(establishments=[{"address": address} for address in addresses])


def at(longitude: float, latitude: float) -> dict[str, Any]:
    return placed({"point": {"longitude": longitude, "latitude": latitude}})


def exporting(**profile: Any) -> dict[str, Any]:
    return document(export=profile)


def labelled(**grant: Any) -> dict[str, Any]:
    return document(labels=[{"label": "epn-de-wallonie", "valid_from": "2024-01-01", **grant}])


def meets(criteria: dict[str, Any], organisation: dict[str, Any], restricted: dict[str, Any] | None = None) -> bool:
    return matches(organisation, restricted, Criteria.model_validate(criteria), TODAY)


CATEGORISED = document(categories=[{"scheme": "products", "code": "erp"}, {"scheme": "markets", "code": "health"}])
CODED = document(nace=[{"version": "2025", "code": "62100"}])
ERP = {"scheme": "products", "code": "erp"}
CRM = {"scheme": "products", "code": "crm"}
HEALTH = {"scheme": "markets", "code": "health"}
TRIANGLE = [
    {"longitude": 4.0, "latitude": 50.0},
    {"longitude": 5.0, "latitude": 50.0},
    {"longitude": 4.0, "latitude": 51.0},
]

MET = [
    ({}, document()),
    ({"kinds": ["company"]}, document()),
    ({"kinds": ["fab_lab", "coworking"]}, document(profiles={"company": {}, "coworking": {"desks": 3}})),
    ({"provinces": ["BE-WNA"]}, placed({"nis_code": "92094"})),
    ({"provinces": ["BE-WNA", "BE-WLG"]}, placed({"country": "FR"}, {"nis_code": "92094"})),
    ({"provinces": ["BE-WHT"]}, placed({"nis_code": "54007"})),
    ({"communes": ["92094"]}, placed({"nis_code": "92094"})),
    ({"communes": ["57096"]}, placed({"nis_code": "54007"})),
    ({"communes": ["54007"]}, placed({"nis_code": "57096"})),
    ({"communes": ["82003"]}, placed({"nis_code": "82005"})),
    ({"notInProvinces": ["BE-WNA"]}, placed({"nis_code": "62063"})),
    ({"not_in_communes": ["92094"]}, placed({"nis_code": "21004"})),
    ({"not_in_provinces": ["BE-WNA"]}, document()),
    ({"not_in_communes": ["92094"]}, placed({"nis_code": "62063"})),
    ({"categories": [[ERP]]}, CATEGORISED),
    ({"categories": [[CRM, ERP], [HEALTH]]}, CATEGORISED),
    ({"nace": [{"version": "2025", "code": "62"}]}, CODED),
    ({"nace": [{"version": "2008", "code": "01"}, {"version": "2025", "code": "62100"}]}, CODED),
    ({"size_classes": ["large", "very_large"]}, document(size_class="large")),
    ({"life_cycle_stages": ["growth"]}, document(life_cycle_stage="growth")),
    ({"labels": ["epn-de-wallonie"]}, labelled()),
    ({"labels": ["epn-de-wallonie"]}, labelled(valid_until="2026-11-25")),
    ({"labels": ["epn-de-wallonie"]}, labelled(revoked_on="2026-11-26")),
    ({"axes": ["1.2.2", "1.1.1"]}, document(axes=["1.1.1"])),
    ({"fronts": ["awex"]}, document(fronts=["awex", "inclusion"])),
    ({"export": {}}, document()),
    ({"export": {"exports": ["yes"]}}, exporting(exports="yes")),
    ({"export": {"exports": ["unknown"]}}, exporting(markets=[])),
    ({"export": {"exports": ["unknown"]}}, document()),
    ({"export": {"share_percent": {"min": 13, "max": 32}}}, exporting(share={"percent": 13.0})),
    ({"export": {"share_percent": {"max": 0}}}, exporting(share={"percent": 0.0})),
    ({"export": {"activeMarkets": ["DE"]}}, exporting(markets=[{"country": "DE", "status": "active"}])),
    ({"export": {"targeted_markets": ["DE"]}}, exporting(markets=[{"country": "DE", "status": "targeted"}])),
    ({"export": {"working_languages": ["nl", "de"]}}, exporting(working_languages=["de"])),
    ({"validated_since": "2026-01-01"}, document(last_validated_on="2026-01-01")),
    ({"has_text_in": ["nl", "fr"]}, document()),
    ({"enterprise_numbers": ["0403.227.515"]}, document(enterprise_numbers=["0403227515"])),
    ({"near": {"point": {"longitude": 4.8675, "latitude": 50.4669}, "radius_km": 55.0}}, at(*LIEGE)),
    ({"box": {"west": 5.5718, "south": 50.0, "east": 6.0, "north": 50.6451}}, at(*LIEGE)),
    ({"polygon": {"ring": TRIANGLE}}, at(4.2, 50.2)),
    ({"polygon": {"ring": [*TRIANGLE, TRIANGLE[0]]}}, at(4.2, 50.2)),
    ({"polygon": {"ring": TRIANGLE[::-1]}}, at(4.2, 50.2)),
    ({"polygon": {"ring": TRIANGLE}}, at(4.0, 50.0)),
    ({"polygon": {"ring": TRIANGLE}}, at(4.5, 50.0)),
    ({"polygon": {"ring": TRIANGLE}}, at(4.5, 50.5)),
    ({"has_description_in": ["nl"]}, document(short_description={"nl": "Voorbeeld"})),
    ({"hasDescriptionIn": ["de", "nl"]}, document(description={"de": "Beispiel"})),
    ({"scale_up": True}, document(profiles={"start_up": {"scale_up": True}})),
    ({"scale_up": False}, document(profiles={"start_up": {"scale_up": False}})),
    ({"none_of": [{"kinds": ["epn"]}, {"size_classes": ["large"]}]}, document()),
]

NOT_MET = [
    ({"kinds": ["epn"]}, document()),
    ({"provinces": ["BE-WNA"]}, placed({"nis_code": "62063"})),
    ({"provinces": ["BE-WNA"]}, placed({"nis_code": "21004"})),
    ({"provinces": ["BE-WNA"]}, document()),
    ({"communes": ["92094"]}, placed({"nis_code": "92094", "country": "FR"})),
    ({"not_in_provinces": ["BE-WHT"]}, placed({"nis_code": "62063"}, {"nis_code": "54007"})),
    ({"not_in_communes": ["57096"]}, placed({"nis_code": "54007"})),
    ({"categories": [[ERP], [CRM]]}, CATEGORISED),
    ({"categories": [[{"scheme": "markets", "code": "erp"}]]}, CATEGORISED),
    ({"nace": [{"version": "2008", "code": "62"}]}, CODED),
    ({"nace": [{"version": "2025", "code": "2059011"}]}, document(nace=[{"version": "2025", "code": "20590"}])),
    ({"size_classes": ["micro"]}, document()),
    ({"life_cycle_stages": ["growth"]}, document()),
    ({"labels": ["epn-de-wallonie"]}, labelled(valid_until="2026-11-24")),
    ({"labels": ["epn-de-wallonie"]}, labelled(valid_from="2026-11-26")),
    ({"labels": ["epn-de-wallonie"]}, labelled(revoked_on="2026-11-25")),
    ({"labels": ["keep-it-secure"]}, labelled()),
    ({"axes": ["1.2.2"]}, document()),
    ({"fronts": ["awex"]}, document()),
    ({"export": {"exports": ["no"]}}, document()),
    ({"export": {"exports": ["yes"], "active_markets": ["DE"]}}, exporting(exports="yes")),
    ({"export": {"share_percent": {"max": 10}}}, exporting(exports="yes")),
    ({"export": {"share_percent": {"min": 13.1}}}, exporting(share={"percent": 13.0})),
    ({"export": {"active_markets": ["DE"]}}, exporting(markets=[{"country": "DE", "status": "targeted"}])),
    ({"export": {"targeted_markets": ["FR"]}}, exporting(markets=[{"country": "DE", "status": "targeted"}])),
    ({"export": {"working_languages": ["nl"]}}, document()),
    ({"validated_since": "2026-01-02"}, document(last_validated_on="2026-01-01")),
    ({"validated_since": "2026-01-02"}, document()),
    ({"has_text_in": ["de"]}, document()),
    ({"enterprise_numbers": ["0403.227.515"]}, document()),
    ({"near": {"point": {"longitude": 4.8675, "latitude": 50.4669}, "radius_km": 50.0}}, at(*LIEGE)),
    ({"near": {"point": {"longitude": 4.8675, "latitude": 50.4669}, "radius_km": 500.0}}, document()),
    ({"box": {"west": 5.58, "south": 50.0, "east": 6.0, "north": 51.0}}, at(*LIEGE)),
    ({"polygon": {"ring": TRIANGLE}}, at(4.6, 50.5)),
    ({"polygon": {"ring": TRIANGLE}}, at(3.9, 50.0)),
    ({"polygon": {"ring": TRIANGLE}}, document()),
    ({"has_description_in": ["nl"]}, document(description={"fr": "Exemple"})),
    ({"has_description_in": ["fr"]}, document()),
    ({"scale_up": True}, document(profiles={"start_up": {}})),
    ({"scale_up": False}, document(profiles={"start_up": {}})),
    ({"scale_up": False}, document()),
    ({"none_of": [{"kinds": ["epn"]}, {"kinds": ["company"]}]}, document()),
    ({"kinds": ["company"], "size_classes": ["large"]}, document()),
]


@pytest.mark.parametrize(("criteria", "organisation"), MET)
def test_it_is_met(criteria: dict[str, Any], organisation: dict[str, Any]) -> None:
    assert meets(criteria, organisation)


@pytest.mark.parametrize(("criteria", "organisation"), NOT_MET)
def test_it_is_not_met(criteria: dict[str, Any], organisation: dict[str, Any]) -> None:
    assert not meets(criteria, organisation)


TURNOVER = {"export": {"turnover_eur": {"min": 1_000_000}}}
SHARE = {"export": {"share_percent": {"min": 20}}}


def test_restricted_figures_count_only_where_they_may_be_read() -> None:
    restricted = {"turnover": {"eur": 2e6, "year": 2025}, "export_share": {"percent": 25.0, "year": 2025}}
    for criteria in (TURNOVER, SHARE):
        assert meets(criteria, document(), restricted)
        assert not meets(criteria, document(), None)
        assert meets({"none_of": [criteria]}, document(), None)
        assert not meets({"none_of": [criteria]}, document(), restricted)


def test_an_unknown_turnover_is_in_no_range() -> None:
    assert not meets({"export": {"turnover_eur": {"max": 0}}}, document(), {})


def test_a_published_share_goes_before_one_that_is_not() -> None:
    assert not meets(SHARE, exporting(share={"percent": 10.0}), {"export_share": {"percent": 25.0}})


def test_no_criterion_can_be_overlooked() -> None:
    assert set(matching._CHECKS) == set(Criteria.model_fields)  # noqa: SLF001 - the one thing to be sure of
    assert set(matching._EXPORT_CHECKS) == set(ExportCriterion.model_fields)  # noqa: SLF001


days = st.dates(date(2025, 12, 1), date(2026, 1, 31))


@given(days, st.none() | days, st.none() | days, days)
def test_a_grant_is_valid_in_its_json_when_it_is_valid_itself(
    start: date, end: date | None, revoked: date | None, day: date
) -> None:
    grant = LabelGrant(
        id=f"grant-{'a' * 16}",
        label="keep-it-secure",
        issuer="Agence du Numérique",
        criteria_version="1",
        valid_from=start,
        valid_until=end,
        revoked_on=revoked,
    )
    assert label_is_valid(as_document(grant), day) == grant.is_valid(day)


def test_the_distance_from_namur_to_liege_is_about_54_km() -> None:
    assert kilometres(NAMUR, LIEGE) == pytest.approx(53.6, abs=0.5)
    assert kilometres((0.0, 0.0), (180.0, 0.0)) == pytest.approx(20_015.1, abs=0.1)
