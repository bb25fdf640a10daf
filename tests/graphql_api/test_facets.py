"""Facets against a plain count over documents: from the cube, from sets, and by the door."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphql_api.read_model.facets import Filtered, FoundSet, Grouping, without_own
from graphql_api.read_model.facts import Dimension
from graphql_api.read_model.filtering import Reading, select
from services.events.contracts.criteria import Criteria
from services.events.contracts.entries import Json
from services.events.contracts.matching import commune_now, label_is_valid, matches
from tests.graphql_api.criteria_strategy import criteria, criteria_json, of_the_cube
from tests.graphql_api.documents import SECTORS, TECHNOLOGIES
from tests.graphql_api.door import Door
from tests.graphql_api.moving import Moving

pytestmark = pytest.mark.anyio

TODAY = date(2026, 11, 25)
READING = Reading(TODAY, restricted=False)
DIMENSIONS = st.sampled_from(Dimension)


@pytest.fixture(scope="module")
def changed() -> Moving:
    """Read from a snapshot, then changed by thousands of entries."""
    moving = Moving(200)
    moving.move(3_000)
    return moving


def _territory(document: Json) -> list[tuple[str, Any]]:
    addresses = [place["address"] for place in document.get("establishments", [])]
    here = [address for address in addresses if address.get("country", "BE") == "BE" and "nis_code" in address]
    return [commune_now(address["nis_code"], TODAY) for address in here]


def _markets(status: str) -> Callable[[Json], Iterable[str]]:
    return lambda document: [
        market["country"] for market in document.get("export", {}).get("markets", []) if market["status"] == status
    ]


def _scale_up(document: Json) -> list[str]:
    found = document["profiles"].get("start_up", {}).get("scale_up")
    return [] if found is None else [str(found).lower()]


def _of(name: str) -> Callable[[Json], Iterable[str]]:
    return lambda document: [document[name]] if name in document else []


VALUES: dict[Dimension, Callable[[Json], Iterable[str]]] = {
    Dimension.KIND: lambda document: document["profiles"],
    Dimension.PROVINCE: lambda document: [province for _, province in _territory(document) if province],
    Dimension.COMMUNE: lambda document: [commune for commune, _ in _territory(document)],
    Dimension.CATEGORY: lambda document: [f"{one['scheme']}:{one['code']}" for one in document.get("categories", [])],
    Dimension.SIZE_CLASS: _of("size_class"),
    Dimension.LIFE_CYCLE_STAGE: _of("life_cycle_stage"),
    Dimension.LABEL: lambda document: [
        grant["label"] for grant in document.get("labels", []) if label_is_valid(grant, TODAY)
    ],
    Dimension.AXIS: lambda document: document.get("axes", []),
    Dimension.FRONT: lambda document: document.get("fronts", []),
    Dimension.EXPORTS: lambda document: [document.get("export", {}).get("exports", "unknown")],
    Dimension.ACTIVE_MARKET: _markets("active"),
    Dimension.TARGETED_MARKET: _markets("targeted"),
    Dimension.WORKING_LANGUAGE: lambda document: document.get("export", {}).get("working_languages", []),
    Dimension.TITLE_LANGUAGE: lambda document: document["title"],
    Dimension.DESCRIPTION_LANGUAGE: lambda document: [
        *document.get("short_description", {}),
        *document.get("description", {}),
    ],
    Dimension.NACE: lambda document: [
        f"{activity['version']}:{activity['code'][:2]}" for activity in document.get("nace", [])
    ],
    Dimension.SCALE_UP: _scale_up,
    Dimension.VALIDATED_YEAR: lambda document: [
        f"{year}-01-01" for year in range(2016, int(document.get("last_validated_on", "0")[:4]) + 1)
    ],
}


def _expected(moving: Moving, wanted: Criteria, dimension: Dimension) -> tuple[list[tuple[str, int]], int, int]:
    """The counts in their order, all organisations, and those without a value."""
    found = [one.document for one in moving.held.values() if matches(one.document, None, wanted, TODAY)]
    values = [set(VALUES[dimension](document)) for document in found]
    counts = Counter(value for held in values for value in held)
    if dimension is Dimension.VALIDATED_YEAR:
        years = {f"{document.get('last_validated_on', '')[:4]}-01-01" for document in found}
        counts = Counter({value: count for value, count in counts.items() if value in years})
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return ordered, len(found), sum(not held for held in values)


@given(wanted=criteria, dimension=DIMENSIONS)
@settings(max_examples=300)
def test_a_facet_counts_the_documents_that_meet_the_criteria(
    changed: Moving, wanted: Criteria, dimension: Dimension
) -> None:
    counted = Filtered(changed.model.state, wanted, READING).count(Grouping(dimension))
    assert (counted.counts, counted.total, counted.valueless) == _expected(changed, wanted, dimension)


@given(wanted=of_the_cube, dimension=DIMENSIONS)
@settings(max_examples=300)
def test_the_cube_counts_what_the_sets_count_and_what_the_documents_say(
    changed: Moving, wanted: Criteria, dimension: Dimension
) -> None:
    state = changed.model.state
    assert state.cube.covers(wanted)
    kept = Filtered(state, wanted, READING).count(Grouping(dimension))
    counted = FoundSet(state, select(state, wanted, READING), TODAY).count(Grouping(dimension))
    expected = _expected(changed, wanted, dimension)
    assert (kept.counts, kept.total, kept.valueless) == expected
    assert (counted.counts, counted.total, counted.valueless) == expected


def test_the_cube_of_a_snapshot_is_the_one_that_single_changes_make() -> None:
    moving, everybody = Moving(150), Criteria()
    moving.move(150)
    for dimension in Dimension:
        counted = Filtered(moving.model.state, everybody, READING).count(Grouping(dimension))
        assert (counted.counts, counted.total, counted.valueless) == _expected(moving, everybody, dimension)


OWN: dict[Dimension, tuple[str, ...]] = {
    Dimension.KIND: ("kinds",),
    Dimension.PROVINCE: ("provinces", "not_in_provinces"),
    Dimension.COMMUNE: ("communes", "not_in_communes"),
    Dimension.CATEGORY: ("categories",),
    Dimension.NACE: ("nace",),
    Dimension.LABEL: ("labels",),
    Dimension.TITLE_LANGUAGE: ("has_text_in",),
    Dimension.VALIDATED_YEAR: ("validated_since",),
    Dimension.ACTIVE_MARKET: ("export/active_markets",),
    Dimension.WORKING_LANGUAGE: ("export/working_languages",),
}


@given(wanted=criteria_json, dimension=st.sampled_from(list(OWN)))
@settings(max_examples=200)
def test_without_its_own_criterion_a_dimension_is_counted_under_all_others(
    changed: Moving, wanted: dict[str, Any], dimension: Dimension
) -> None:
    others = {name: value for name, value in wanted.items() if name not in OWN[dimension]}
    if "export" in others:
        others["export"] = {
            key: value for key, value in others["export"].items() if f"export/{key}" not in OWN[dimension]
        }
    found = without_own(Criteria.model_validate(wanted), Grouping(dimension))
    counted = Filtered(changed.model.state, found, READING).count(Grouping(dimension))
    expected = _expected(changed, Criteria.model_validate(others), dimension)
    assert (counted.counts, counted.total, counted.valueless) == expected


def test_the_lists_of_another_scheme_stay_when_a_scheme_is_counted() -> None:
    lists = [[{"scheme": "markets", "code": "health"}], [{"scheme": "technologies", "code": "ai"}]]
    wanted = Criteria.model_validate({"categories": lists, "kinds": ["company"]})
    found = without_own(wanted, Grouping(Dimension.CATEGORY, category_scheme="markets"))
    assert found.canonical == Criteria.model_validate({"categories": lists[1:], "kinds": ["company"]}).canonical


@given(day=st.dates(date(2016, 1, 1), date(2030, 1, 1)), other=st.dates(date(2016, 1, 1), date(2030, 1, 1)))
def test_labels_count_on_any_day_whichever_was_asked_for_before(changed: Moving, day: date, other: date) -> None:
    for today in (day, other, day):
        reading = Reading(today, restricted=False)
        counted = Filtered(changed.model.state, Criteria(), reading).count(Grouping(Dimension.LABEL))
        for label in ("keep_it_secure", "epn_de_wallonie"):
            wanted = Criteria(labels=(label,))
            expected = sum(matches(one.document, None, wanted, today) for one in changed.held.values())
            assert dict(counted.counts).get(label, 0) == expected == len(select(changed.model.state, wanted, reading))


FACETS = """query (
  $filter: OrganisationFilter, $search: String, $near: NearInput, $dimensions: [FacetDimension!]!
  $excludeOwn: Boolean, $first: Int, $minCount: Int, $version: NaceVersion, $digits: Int, $scheme: String
) {
  facets(
    filter: $filter, search: $search, near: $near, dimensions: $dimensions, excludeOwn: $excludeOwn, first: $first
    minCount: $minCount, naceVersion: $version, naceDigits: $digits, categoryScheme: $scheme, language: nl
  ) {
    totalCount
    facets { dimension totalCount otherValues otherCount withoutValue values { value count label { text language } } }
  }
}"""
EVERY = """query ($dimension: FacetDimension!) {
  facets(dimensions: [$dimension]) { facets { values { value count } } }
}"""


async def test_the_rest_beyond_a_limit_is_counted(door: Door) -> None:
    (every,) = (await door.data(EVERY, {"dimension": "category"}))["facets"]["facets"]
    counts = [value["count"] for value in every["values"]]
    (few,) = (await _facets(door, "category", first=3))["facets"]
    assert few["values"][0].keys() == {"value", "count", "label"}
    assert [value["count"] for value in few["values"]] == counts[:3]
    assert (few["otherValues"], few["otherCount"]) == (len(counts) - 3, sum(counts[3:]))
    least = counts[4]
    (frequent,) = (await _facets(door, "category", minCount=least))["facets"]
    assert [value["count"] for value in frequent["values"]] == [count for count in counts if count >= least]
    assert frequent["otherCount"] == sum(count for count in counts if count < least)


async def test_a_search_and_a_circle_are_counted_as_their_lists_are(door: Door) -> None:
    near = {"point": {"longitude": 4.87, "latitude": 50.467}, "radiusKm": 20.0}
    for search, circle in (("Meuse", None), (None, near), ("Meuse", near)):
        answer = await _facets(door, "kind", search=search, near=circle, excludeOwn=True)
        query = "query ($s: String, $n: NearInput) { organisations(search: $s, near: $n, first: 1) { totalCount } }"
        listed = (await door.data(query, {"s": search, "n": circle}))["organisations"]["totalCount"]
        assert answer["totalCount"] == listed == answer["facets"][0]["totalCount"]


async def test_values_have_the_names_that_people_read(door: Door) -> None:
    wanted = {"province": "BE-WNA", "commune": "92094", "kind": "company", "nace": "2025:62", "active_market": "DE"}
    texts = {"BE-WNA": "Namen", "92094": "Namur", "company": "Entreprise", "DE": "Duitsland"}
    for dimension, value in wanted.items():
        (facet,) = (await _facets(door, dimension))["facets"]
        label = next(found["label"] for found in facet["values"] if found["value"] == value)
        assert label["text"] == texts.get(value, label["text"])
        assert label["language"] == ("fr" if dimension in {"kind", "commune"} else "nl")


async def test_codes_of_activities_are_cut_to_the_digits_asked_for(door: Door) -> None:
    (facet,) = (await _facets(door, "nace", version="2025", digits=4))["facets"]
    counts = {value["value"]: value["count"] for value in facet["values"]}
    assert counts.keys() == {f"2025:{code[:4]}" for code in ("62100", "62010", "63110", "70220")}
    assert counts["2025:6210"] == await _total(door, {"nace": [{"version": "2025", "code": "6210"}]})


async def test_what_is_shown_for_a_value_is_found_by_a_filter_of_it(door: Door) -> None:
    filters: dict[str, Callable[[str], Any]] = {
        "category": lambda value: {"categories": [[dict(zip(("scheme", "code"), value.split(":"), strict=True))]]},
        "validated_since": lambda value: {"validatedSince": value},
        "description_language": lambda value: {"hasDescriptionIn": [value]},
        "working_language": lambda value: {"export": {"workingLanguages": [value]}},
        "scale_up": lambda value: {"scaleUp": value == "true"},
        "label": lambda value: {"labels": [value]},
    }
    for dimension, as_filter in filters.items():
        (facet,) = (await _facets(door, dimension))["facets"]
        assert facet["values"]
        for value in facet["values"]:
            assert value["count"] == await _total(door, as_filter(value["value"])), (dimension, value)


async def test_a_scheme_is_counted_alone(door: Door) -> None:
    lists = [[{"scheme": "markets", "code": "health"}], [{"scheme": "technologies", "code": "ai"}]]
    filter_ = {"categories": lists}
    (facet,) = (await _facets(door, "category", filter=filter_, scheme="technologies", excludeOwn=True))["facets"]
    assert {value["value"].partition(":")[2] for value in facet["values"]} <= set(TECHNOLOGIES)
    assert facet["totalCount"] == await _total(door, {"categories": lists[:1]})
    (other,) = (await _facets(door, "category", filter=filter_, scheme="markets", excludeOwn=True))["facets"]
    assert {value["value"].partition(":")[2] for value in other["values"]} <= set(SECTORS)
    assert other["totalCount"] == await _total(door, {"categories": lists[1:]})


@pytest.mark.parametrize(
    ("dimension", "arguments", "pointer"),
    [
        ("kind", {"first": 0}, "argument:first"),
        ("kind", {"minCount": 0}, "argument:minCount"),
        ("nace", {"digits": 1}, "argument:naceDigits"),
        ("nace", {"digits": 8}, "argument:naceDigits"),
        ("kind", {"digits": 3}, "argument:naceDigits"),
        ("kind", {"version": "2025"}, "argument:naceVersion"),
        ("kind", {"scheme": "markets"}, "argument:categoryScheme"),
    ],
)
async def test_what_cannot_be_counted_is_a_typed_error(
    door: Door, dimension: str, arguments: dict[str, Any], pointer: str
) -> None:
    body = (await door.ask(FACETS, {"dimensions": [dimension], **arguments})).json()
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "INVALID_INPUT"
    assert error["extensions"]["errors"][0]["pointer"] == pointer


async def _facets(door: Door, dimension: str, **arguments: Any) -> Any:
    return (await door.data(FACETS, {"dimensions": [dimension], **arguments}))["facets"]


async def _total(door: Door, filter_: dict[str, Any]) -> int:
    query = "query ($f: OrganisationFilter) { organisations(first: 1, filter: $f) { totalCount } }"
    found: int = (await door.data(query, {"f": filter_}))["organisations"]["totalCount"]
    return found
