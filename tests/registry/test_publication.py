"""What each kind of profile must hold before it is shown."""

from typing import Any

import pytest

from services.events.contracts.organisation import Content
from services.events.contracts.vocabulary import ActivityKind
from services.registry.publication import missing
from tests.registry.bodies import NUMBERS, at_namur

COMMON = {
    "title": {"fr": "Exemple"},
    "short_description": {"fr": "Une phrase."},
    "categories": [{"scheme": "products", "code": "web"}],
    "private": {"platform_contact": {"name": "Camille Exemple", "email": "camille@example.com"}},
}
PLACE = [{"address": at_namur()}]
COMPLETE: dict[str, dict[str, Any]] = {
    "company": {"profiles": {"company": {}}, "enterprise_numbers": [NUMBERS[0]]},
    "start_up": {"profiles": {"start_up": {"founded_on": "2021-03-15"}}},
    "coworking": {
        "profiles": {"coworking": {"desks": 1, "opening_hours": "Mo-Fr 08:00-18:00"}},
        "establishments": PLACE,
    },
    "fab_lab": {
        "profiles": {"fab_lab": {"lab_kind": "full", "activity_status": "active", "capabilities": ["laser"]}},
        "establishments": PLACE,
    },
    "epn": {
        "profiles": {"epn": {"itinerant": False, "opening_hours": "Tu 13:30-17:30", "computers": 0}},
        "establishments": PLACE,
    },
    **{
        kind: {"profiles": {kind: {}}}
        for kind in ActivityKind
        if kind not in {"company", "start_up"} and not kind.is_place
    },
}
WITHOUT: list[tuple[str, dict[str, Any], set[str]]] = [
    ("company", {"enterprise_numbers": []}, {"/enterprise_numbers"}),
    ("start_up", {"profiles": {"start_up": {}}}, {"/profiles/start_up/founded_on"}),
    ("coworking", {"establishments": []}, {"/establishments"}),
    (
        "coworking",
        {"profiles": {"coworking": {}}},
        {"/profiles/coworking/desks", "/profiles/coworking/opening_hours"},
    ),
    (
        "coworking",
        {"establishments": [{"address": {"locality": "Namur"}}]},
        {"/establishments/0/address/point", "/establishments/0/address/nis_code"},
    ),
    ("coworking", {"establishments": [{"kinds": ["epn"], "address": at_namur()}]}, {"/establishments"}),
    (
        "fab_lab",
        {"profiles": {"fab_lab": {}}, "establishments": []},
        {
            "/establishments",
            "/profiles/fab_lab/lab_kind",
            "/profiles/fab_lab/activity_status",
            "/profiles/fab_lab/capabilities",
        },
    ),
    (
        "epn",
        {"profiles": {"epn": {}}, "establishments": []},
        {
            "/establishments",
            "/profiles/epn/itinerant",
            "/profiles/epn/opening_hours",
            "/profiles/epn/computers",
        },
    ),
    *((kind, {"categories": []}, {"/categories"}) for kind in ActivityKind),
    *((kind, {"short_description": {"nl": "Een zin."}}, {"/short_description/fr"}) for kind in ActivityKind),
    *((kind, {"private": {}}, {"/private/platform_contact"}) for kind in ActivityKind),
]
ENOUGH: list[tuple[str, dict[str, Any]]] = [
    ("company", {"enterprise_numbers": [], "profiles": {"company": {"foreign_country": "FR"}}}),
    ("coworking", {"establishments": [{"address": {"country": "FR", "point": at_namur()["point"]}}]}),
    ("coworking", {"establishments": [{"address": {}}, {"address": at_namur()}]}),
    (
        "fab_lab",
        {
            "profiles": {
                "fab_lab": {"lab_kind": "mobile", "activity_status": "planned", "capabilities": ["cnc_milling"]}
            },
            "establishments": [],
        },
    ),
    (
        "epn",
        {"profiles": {"epn": {"itinerant": True, "open_hours_per_week": 12.0, "computers": 3}}, "establishments": []},
    ),
]


def _missing(kind: str, **more: Any) -> set[str]:
    content = Content.model_validate({**COMMON, **COMPLETE[kind], **more})
    return {error.pointer for error in missing(content)}


@pytest.mark.parametrize("kind", ActivityKind)
def test_a_complete_profile_of_every_kind_lacks_nothing(kind: str) -> None:
    assert _missing(kind) == set()


@pytest.mark.parametrize(("kind", "change", "pointers"), WITHOUT)
def test_what_is_missing_is_named(kind: str, change: dict[str, Any], pointers: set[str]) -> None:
    assert _missing(kind, **change) == pointers


@pytest.mark.parametrize(("kind", "change"), ENOUGH)
def test_what_does_not_apply_is_not_asked(kind: str, change: dict[str, Any]) -> None:
    assert _missing(kind, **change) == set()


def test_several_kinds_need_what_each_of_them_needs() -> None:
    profiles = {"company": {}, "start_up": {}, "coworking": {"desks": 4, "opening_hours": "24/7"}}
    content = Content.model_validate({**COMMON, "profiles": profiles})

    assert [error.pointer for error in missing(content)] == [
        "/enterprise_numbers",
        "/profiles/start_up/founded_on",
        "/establishments",
    ]
    assert all(error.code == "needed_to_publish" and len(error.detail) > 10 for error in missing(content))
