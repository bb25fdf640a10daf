"""Fields whose values can be of several types are compiled, whatever is selected of them and whichever type it is."""

from collections import Counter
from datetime import date

import orjson
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.graphql_api.differential.asking import Asked, asked
from tests.graphql_api.differential.coverage import Coverage
from tests.graphql_api.differential.reach import Reach
from tests.graphql_api.differential.several_kinds import several_kinds
from tests.graphql_api.differential.sides import ASKERS, DAYS, Sides, sides

SCHEMA = several_kinds()
_LEAST_PLANNED, _LEAST_FAILED = 0.9, 0.05
_FRAGMENTS = [f"{where}fragment on {what}" for where in ("", "inline ") for what in ("an interface", "an object type")]


@pytest.fixture(scope="module")
def kinds() -> Sides:
    """Both ways over the schema of several types."""
    return sides(SCHEMA)


def test_every_document_over_several_types_is_answered_alike(kinds: Sides) -> None:
    coverage, counts = Coverage(SCHEMA), Counter[str]()

    @settings(max_examples=4 * settings().max_examples, suppress_health_check=[HealthCheck.too_slow])
    @given(asked(Reach(SCHEMA), ("none",)), st.sampled_from(DAYS))
    def compare(one: Asked, today: date) -> None:
        note(one.document)
        for variables in one.variables:
            for caller in ASKERS.values():
                given = kinds.answers(one.document, variables, one.operation_name, caller=caller, today=today)
                assert given.compiled == given.ordinary
                if given.can_be_planned:
                    counts.update(answers=1, planned=given.planned, failed=bool(given.codes))
                    document = kinds.compiled.operations.find(one.document, one.operation_name).document
                    coverage.see(document, one.operation_name, [variables])

    compare()
    assert counts["planned"] >= _LEAST_PLANNED * counts["answers"], counts
    assert counts["failed"] >= _LEAST_FAILED * counts["answers"], counts
    steps = [f"{step.parent}.{step.field}" for step in Reach(SCHEMA).fields]
    assert [what for what in (*steps, "__typename", *_FRAGMENTS) if not coverage.met[what]] == []


@pytest.mark.parametrize(
    ("document", "data", "paths"),
    [
        (
            '{ place(name: "Le") { name near { name } } nearest { name } }',
            {"place": None, "nearest": {"name": "Statte"}},
            [["place", "near"]],
        ),
        (
            '{ found(names: ["Namur", "Huy", "Statte"]) { ... on Place { name a: remark secret } } }',
            {
                "found": [
                    {},
                    {"name": "Namur", "a": None, "secret": "Namur is quiet"},
                    None,
                    {"name": "Statte", "a": None, "secret": "Statte is quiet"},
                    None,
                ]
            },
            [["found", 2, "secret"], ["found", 3, "a"]],
        ),
        (
            "{ towns { rows { secret } } a: nearest { neighbour { secret } } b: nearest { name } }",
            None,
            [["towns", 1, "rows", 2, 0, "secret"], ["a", "neighbour"]],
        ),
        (
            (
                '{ towns { ...Near } place(name: "Huy") { ...Near } other: nearest { name } } '
                "fragment Near on Place { neighbour { near { name } } }"
            ),
            {"towns": None, "place": None, "other": {"name": "Statte"}},
            [["towns", 1, "neighbour", "near"], ["place", "neighbour", "near"]],
        ),
    ],
    ids=["a list", "items of a list", "rows", "one fragment in two places"],
)
def test_null_goes_up_to_where_it_may_stand(kinds: Sides, document: str, data: object, paths: list[object]) -> None:
    given = kinds.answers(document, None)
    answer = orjson.loads(given.compiled.body)
    assert given.planned
    assert given.compiled == given.ordinary
    assert answer["data"] == data
    assert [error["path"] for error in answer["errors"]] == paths


def test_each_type_is_shown_by_its_own_fragments(kinds: Sides) -> None:
    document = """
        { found(names: ["Namur", "Jambes", "La"]) { __typename ...Named ... on Person { home { ...Named } } } }
        fragment Named on Place { name ... on Town { inhabitants } ...Lines }
        fragment Lines on Station { lines }
    """
    given = kinds.answers(document, None)
    assert given.planned
    assert orjson.loads(given.compiled.body)["data"]["found"] == [
        {"__typename": "Person", "home": {"name": "Namur", "inhabitants": 114_000}},
        {"__typename": "Town", "name": "Namur", "inhabitants": 114_000},
        {"__typename": "Station", "name": "Jambes", "lines": ["161", "162"]},
        {"__typename": "Area", "name": "La Prairie"},
        None,
    ]
