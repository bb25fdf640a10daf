"""The demo has the strategy paper's figures, as the paper rounds them."""

from datetime import date

import pytest

from services.events.contracts.entries import Json
from services.events.contracts.vocabulary import SizeClass
from services.reference.grid import figures
from services.registry.demo.ecosystem import generate
from services.registry.demo.figures import EU_2003_361, Thresholds, statistics

ON = date(2026, 11, 24)


@pytest.mark.parametrize("seed", [2015, 7])
def test_the_default_demo_reproduces_the_papers_figures_as_the_paper_rounds_them(seed: int) -> None:
    found = statistics(generate(seed=seed, on=ON))
    assert found["companies"] == 3_509
    assert found["large"] == 48
    assert found["very_large"] == 6
    assert round(found["exporters_percent"]) == 42
    assert round(found["export_share_mean_percent"]) == 32
    assert round(found["export_share_median_percent"]) == 13
    assert round(found["large_share_of_employment_percent"]) == 24
    assert round(found["large_share_of_value_added_percent"]) == 42


def test_they_are_the_figures_of_the_reference_table() -> None:
    paper = {name: figure.value for name, figure in figures().items()}
    found = statistics(generate(on=ON))
    assert found["companies"] == paper["sector.company_count"]
    assert found["large"] == paper["sector.large_company_count"]
    assert found["very_large"] == paper["sector.very_large_company_count"]
    assert round(found["exporters_percent"]) == paper["export.share_of_companies_exporting"]
    assert round(found["export_share_mean_percent"]) == paper["export.mean_turnover_share"]
    assert round(found["export_share_median_percent"]) == paper["export.median_turnover_share"]
    assert round(found["large_share_of_employment_percent"]) == paper["sector.large_share_of_employment"]
    assert round(found["large_share_of_value_added_percent"]) == paper["sector.large_share_of_value_added"]


def test_the_papers_slip_of_less_than_one_percent_is_not_repeated() -> None:
    assert round(statistics(generate(on=ON))["large_percent"], 2) == 1.37


def test_the_exporters_are_42_percent_of_the_companies_known_about_as_well() -> None:
    found = statistics(generate(on=ON))
    assert found["exports_unknown"] > 0
    assert round(100 * found["exporters"] / (found["companies"] - found["exports_unknown"])) == 42


def test_twenty_thousand_organisations_keep_the_ratios() -> None:
    found = statistics(generate(20_000, on=ON))
    assert found["companies"] == 20_000 * 3_509 // 5_120
    assert round(found["exporters_percent"]) == 42
    assert round(found["export_share_mean_percent"]) == 32
    assert round(found["export_share_median_percent"]) == 13
    assert round(found["large_share_of_employment_percent"]) == 24
    assert round(found["large_share_of_value_added_percent"]) == 42


def test_size_classes_and_headcounts_of_the_demo_agree_with_the_recommendation() -> None:
    sized = [document for document in generate(on=ON) if "size_class" in document]
    assert all(
        document["size_class"] == EU_2003_361.class_of(document["private"]["headcount"]["count"]) for document in sized
    )


@pytest.mark.parametrize(
    ("headcount", "size_class"),
    [
        (0, SizeClass.MICRO),
        (9, SizeClass.MICRO),
        (10, SizeClass.SMALL),
        (49, SizeClass.SMALL),
        (50, SizeClass.MEDIUM),
        (249, SizeClass.MEDIUM),
        (250, SizeClass.LARGE),
        (999, SizeClass.LARGE),
        (1_000, SizeClass.VERY_LARGE),
    ],
)
def test_a_headcount_falls_into_the_class_of_the_recommendation(headcount: int, size_class: SizeClass) -> None:
    assert EU_2003_361.class_of(headcount) is size_class


def test_other_thresholds_give_other_classes() -> None:
    assert statistics([_company(headcount=40)], Thresholds(large=30))["large"] == 1


def test_mean_and_median_are_taken_among_exporters_alone() -> None:
    companies = [_company(share=10.0), _company(share=30.0), _company(share=80.0), _company(), _company()]
    found = statistics(companies)
    assert found["exporters_percent"] == 60
    assert found["export_share_mean_percent"] == 40
    assert found["export_share_median_percent"] == 30


def test_an_unpublished_share_counts_and_an_unknown_one_is_not_zero() -> None:
    unpublished = _company() | {
        "export": {"exports": "yes"},
        "restricted": {"export_share": {"percent": 50.0, "year": 2025, "source": "awex"}},
    }
    untold = _company() | {"export": {"exports": "yes"}}
    found = statistics([unpublished, untold])
    assert found["exporters"] == 2
    assert found["export_share_mean_percent"] == 50


def test_companies_that_are_not_shown_or_not_of_the_sector_are_not_counted() -> None:
    archived = _company() | {"state": "archived"}
    other = _company() | {"profiles": {"company": {}}}
    assert statistics([archived, other, _company()])["companies"] == 1


def test_nothing_to_compute_from_is_none_and_not_zero() -> None:
    found = statistics([])
    assert found["exporters_percent"] is None
    assert found["export_share_mean_percent"] is None


def _company(headcount: int = 5, share: float | None = None) -> Json:
    document: Json = {
        "state": "published",
        "profiles": {"company": {"digital_sector": "whole"}},
        "private": {"headcount": {"count": headcount, "unit": "persons", "year": 2025}},
    }
    if share is not None:
        document["export"] = {"exports": "yes", "share": {"percent": share, "year": 2025, "source": "declared"}}
    return document
