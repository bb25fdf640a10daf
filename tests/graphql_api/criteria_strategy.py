"""Criteria drawn by hypothesis, over the values that the made-up organisations have and some that none has."""

import math
from datetime import date
from typing import Any

from hypothesis import strategies as st

from services.events.contracts.criteria import Criteria
from tests.graphql_api.documents import COUNTRIES, FRONTS, SECTORS, TECHNOLOGIES, enterprise_number

_PROVINCES = ("BE-WBR", "BE-WHT", "BE-WLG", "BE-WLX", "BE-WNA")
_COMMUNES = ("92094", "62063", "52011", "53053", "25112", "81001", "54007", "57096", "25005")


def _some(values: Any, most: int = 3) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)


def _range(low: float, high: float) -> st.SearchStrategy[dict[str, float]]:
    ends = st.tuples(st.floats(low, high), st.floats(low, high)).map(sorted)
    return ends.flatmap(
        lambda pair: st.sampled_from(({"min": pair[0]}, {"max": pair[1]}, {"min": pair[0], "max": pair[1]}))
    )


_POINTS = st.fixed_dictionaries({"longitude": st.floats(2.8, 6.4), "latitude": st.floats(49.5, 50.8)})
_BOXES = st.tuples(st.floats(3, 5), st.floats(49.6, 50.4), st.floats(0, 2), st.floats(0, 0.8)).map(
    lambda box: {"west": box[0], "south": box[1], "east": box[0] + box[2], "north": box[1] + box[3]}
)


@st.composite
def polygons(draw: st.DrawFn) -> dict[str, Any]:
    """A star around a point: its sides never cross, because each stays between the two angles that it joins."""
    count = draw(st.integers(3, 12))
    centre = draw(st.tuples(st.floats(3.5, 5.8), st.floats(49.7, 50.7)))
    angles = [(number + draw(st.floats(-0.2, 0.2))) * math.tau / count for number in range(count)]
    ring = [
        {"longitude": centre[0] + size * math.cos(angle), "latitude": centre[1] + size * math.sin(angle)}
        for angle, size in ((angle, draw(st.floats(0.05, 1.5))) for angle in angles)
    ]
    closed = draw(st.booleans())
    return {"ring": [*ring, ring[0]] if closed else ring}


_CATEGORY = st.sampled_from(
    [{"scheme": "technologies", "code": code} for code in TECHNOLOGIES]
    + [{"scheme": "markets", "code": code} for code in SECTORS]
)
_EXPORT = st.fixed_dictionaries(
    {},
    optional={
        "exports": _some(("yes", "no", "unknown")),
        "share_percent": _range(0, 100),
        "active_markets": _some(COUNTRIES),
        "targeted_markets": _some(COUNTRIES),
        "working_languages": _some(("fr", "nl", "en", "de")),
        "turnover_eur": _range(0, 2e7),
    },
)
_SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "kinds": _some(("company", "start_up", "coworking", "fab_lab", "epn", "investor", "cluster")),
    "provinces": _some(_PROVINCES),
    "communes": _some(_COMMUNES),
    "not_in_provinces": _some(_PROVINCES, 5),
    "not_in_communes": _some(_COMMUNES),
    "categories": st.lists(st.lists(_CATEGORY, min_size=1, max_size=3), min_size=1, max_size=2),
    "nace": st.lists(
        st.sampled_from(
            [{"version": version, "code": code} for version in ("2003", "2008", "2025") for code in ("62", "621", "70")]
            + [{"version": "2008", "code": "62010"}, {"version": "2025", "code": "62100"}]
        ),
        min_size=1,
        max_size=2,
    ),
    "size_classes": _some(("micro", "small", "medium", "large", "very_large")),
    "life_cycle_stages": _some(("growth", "mature", "idea")),
    "labels": _some(("keep_it_secure", "epn_de_wallonie", "none_such")),
    "axes": _some(("1.1.1", "1.2.2", "5.1.1")),
    "fronts": _some(FRONTS),
    "export": _EXPORT,
    "validated_since": st.dates(date(2016, 1, 1), date(2027, 1, 1)).map(lambda day: day.isoformat()),
    "has_text_in": _some(("fr", "nl", "de", "en")),
    "has_description_in": _some(("fr", "nl", "de", "en")),
    "enterprise_numbers": st.lists(st.integers(0, 500).map(enterprise_number), min_size=1, max_size=20),
    "near": st.fixed_dictionaries({"point": _POINTS, "radius_km": st.floats(0.5, 80)}),
    "box": _BOXES,
    "polygon": polygons(),
    "scale_up": st.booleans(),
}


def _few(strategies: dict[str, st.SearchStrategy[Any]], most: int) -> st.SearchStrategy[dict[str, Any]]:
    names = st.lists(st.sampled_from(sorted(strategies)), max_size=most, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: strategies[name] for name in chosen}))


criteria_json: st.SearchStrategy[dict[str, Any]] = _few(
    {**_SIMPLE, "none_of": st.lists(_few(_SIMPLE, 2), min_size=1, max_size=2)}, 4
)
"""Criteria as JSON, in snake_case."""
criteria: st.SearchStrategy[Criteria] = criteria_json.map(Criteria.model_validate)
_COVERED = {name: _SIMPLE[name] for name in ("kinds", "provinces", "not_in_provinces", "fronts", "size_classes")}
of_the_cube: st.SearchStrategy[Criteria] = _few(
    {**_COVERED, "none_of": st.lists(_few(_COVERED, 2), min_size=1, max_size=2)}, 4
).map(Criteria.model_validate)
"""Criteria whose facets are sums over kept counts."""
