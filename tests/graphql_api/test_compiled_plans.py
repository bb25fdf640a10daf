"""Compiled plans: what they look like, what they keep and for how long. That they are right: see `differential`."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from graphql import ExecutionResult

from graphql_api.compiling.parts import RecordParts
from graphql_api.conduct.deadlines import Deadline
from graphql_api.conduct.problems import TimeLimit
from graphql_api.keeping import Answered, Recent
from graphql_api.operations import Operation, Operations
from graphql_api.read_model.model import ReadModel
from graphql_api.schema.schema import executable
from tests.graphql_api.documents import entry, identifier, organisation, snapshot
from tests.graphql_api.door import context_of

GUIDE = Path(__file__).parents[2] / "docs/compiled-operations.md"
ENOUGH = 1024 * 1024
SLUG_AND_TITLE = "query ($id: ID!) { organisation(id: $id) { slug version title { text } } }"


@pytest.fixture
def model() -> ReadModel:
    model = ReadModel()
    model.load(snapshot(20))
    return model


def operation(document: str) -> Operation:
    return Operations(executable(), ENOUGH).find(document, None)


def answered(operation: Operation, model: ReadModel, **variables: Any) -> Any:
    made = operation.plans.answer(context_of(model), variables)
    assert made is None or isinstance(made, bytes), "a field has failed"
    return None if made is None else orjson.loads(made)


def test_the_plan_in_the_guide_is_the_one_that_is_written() -> None:
    document, plan = re.findall(r"```(?:graphql|python)\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert operation(document).plans.plan({"first": 1, "language": "nl"}).source.strip() == plan.strip()


def test_an_organisation_that_changes_is_shown_as_it_is_now(model: ReadModel) -> None:
    asked, before = operation(SLUG_AND_TITLE), organisation(3)
    assert answered(asked, model, id=identifier(3))["organisation"]["version"] == before.version
    after = replace(before, document=before.document | {"title": {"fr": "Autrement"}})
    model.apply([entry(21, before, after)])
    shown = answered(asked, model, id=identifier(3))["organisation"]
    assert shown == {"slug": "org-3", "version": before.version + 1, "title": {"text": "Autrement"}}


def test_another_organisation_in_the_place_of_one_that_left_is_not_shown_as_it(model: ReadModel) -> None:
    asked = operation(SLUG_AND_TITLE)
    answered(asked, model, id=identifier(3))
    model.apply([entry(21, organisation(3), None), entry(22, None, organisation(30))])
    assert answered(asked, model, id=identifier(3)) == {"organisation": None}
    assert answered(asked, model, id=identifier(30))["organisation"]["slug"] == "org-30"


def test_each_combination_of_conditions_has_a_plan_of_its_own(model: ReadModel) -> None:
    asked = operation(
        "query ($id: ID!, $a: Boolean!, $b: Boolean!) "
        "{ organisation(id: $id) { id slug @include(if: $a) ... @skip(if: $b) { version } } }"
    )
    for a in (True, False):
        for b in (True, False):
            shown = answered(asked, model, id=identifier(1), a=a, b=b)["organisation"]
            assert list(shown) == ["id", *(["slug"] if a else []), *([] if b else ["version"])]


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("{ __schema { queryType { name } } }", {}),
        ("query ($first: Int!) { organisations(first: $first) { totalCount } }", {"first": "ten"}),
        ("query ($first: Int!) { organisations(first: $first) { totalCount } }", {}),
        ("query ($if: Boolean = true) { provinces { code @include(if: $if) } }", {"if": None}),
    ],
    ids=["introspection", "wrong variable", "missing variable", "null for a condition"],
)
def test_what_is_not_plainly_right_is_left_to_the_ordinary_execution(
    model: ReadModel, document: str, variables: dict[str, Any]
) -> None:
    assert answered(operation(document), model, **variables) is None


@pytest.mark.parametrize(
    ("document", "data", "path"),
    [
        ("{ provinces { code } organisations(first: 0) { totalCount } }", None, ["organisations"]),
        (
            '{ a: organisation(slug: "org-1") { version restricted { turnover { eur } } } }',
            {"a": {"version": organisation(1).version, "restricted": None}},
            ["a", "restricted"],
        ),
    ],
    ids=["refused argument", "missing right"],
)
def test_a_field_that_fails_is_told_by_the_plan(model: ReadModel, document: str, data: Any, path: list[str]) -> None:
    result = operation(document).plans.answer(context_of(model), None)
    assert isinstance(result, ExecutionResult)
    assert orjson.loads(orjson.dumps(result.data)) == data
    assert [error.path for error in result.errors or ()] == [path]


def test_the_end_of_the_time_is_no_error_of_a_field(model: ReadModel) -> None:
    asked = operation("{ organisations(first: 20) { nodes { relations { organisation { id } } } } }")
    with pytest.raises(TimeLimit):
        asked.plans.answer(replace(context_of(model), deadline=Deadline(-1)), None)


FACETS = "query ($n: Int) { facets(dimensions: [kind], first: $n) { totalCount facets { values { value count } } } }"


def test_facets_are_counted_anew_when_an_organisation_leaves(model: ReadModel) -> None:
    asked = operation(FACETS)
    before = answered(asked, model)["facets"]
    assert answered(asked, model)["facets"] == before
    model.apply([entry(21, organisation(3), None)])
    assert answered(asked, model)["facets"]["totalCount"] == before["totalCount"] - 1 == 19


def test_one_answer_is_shown_in_as_many_ways_as_are_asked(model: ReadModel) -> None:
    one, other = operation(FACETS), operation("{ facets(dimensions: [kind]) { facets { otherCount } } }")
    for _ in range(2):
        assert answered(one, model)["facets"]["totalCount"] == 20
        assert answered(other, model)["facets"] == {"facets": [{"otherCount": 0}]}
        assert len(answered(one, model, n=1)["facets"]["facets"][0]["values"]) == 1


def test_json_that_is_kept_with_an_answer_is_bounded() -> None:
    answer = Answered()
    sizes = [answer.keep((number,), {"text": "x" * 90})[1] for number in range(100)]
    assert sum(sizes) == 100 * len(b'{"text":""}') + 9_000
    assert len(answer.encoded) < 10


def test_what_grows_later_makes_room_too() -> None:
    recent: Recent[int, str] = Recent(20)
    for number in range(100):
        recent.put(number, "an answer")
        recent.grow(4)
    assert len([number for number in range(100) if recent.get(number)]) <= 4


def test_parts_take_no_more_memory_than_they_may(model: ReadModel) -> None:
    parts = RecordParts(100_000)
    for number in range(20_000):
        record = model.state.record(number % 20)
        key = (number, record.ordinal)
        parts.keep_whole(key, record, {"text": "x" * 900})
        assert parts.get(key, record) is not None
    assert (
        len([number for number in range(20_000) if parts.get((number, number % 20), model.state.record(number % 20))])
        < 100
    )


def test_parts_are_made_anew_on_another_day(model: ReadModel) -> None:
    parts, record, today = RecordParts(ENOUGH), model.state.record(0), context_of(model).today
    parts.begin(today)
    parts.keep_whole((1, 0), record, {})
    parts.begin(today)
    assert parts.get((1, 0), record) is not None
    parts.begin(today + timedelta(days=1))
    assert parts.get((1, 0), record) is None
