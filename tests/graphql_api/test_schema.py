"""The public contract: the committed SDL, and what may not happen to it."""

import re
from collections.abc import Iterable

import pytest
from graphql import build_schema, parse, validate
from graphql.utilities import BreakingChange, find_breaking_changes
from pydantic.alias_generators import to_camel

from graphql_api.export import COMMITTED
from graphql_api.schema.schema import sdl
from services.events.contracts.criteria import Criteria


def _breaking(before: str, after: str) -> Iterable[BreakingChange]:
    return find_breaking_changes(build_schema(before), build_schema(after))


def test_the_committed_schema_is_the_present_one() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == sdl(), "run: python -m graphql_api.export, and commit the file"


def test_nothing_that_callers_rely_on_is_taken_away() -> None:
    assert list(_breaking(COMMITTED.read_text(encoding="utf-8"), sdl())) == []


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("  totalCount: Int!\n  facets: ", "  facets: "),
        ("  fab_lab\n", ""),
        ("organisations(\n", "organisations(\n    tenant: String!\n"),
        ("  version: Int!\n", "  version: String!\n"),
    ],
    ids=["a field removed", "an enum value removed", "a required argument added", "a type changed"],
)
def test_a_breaking_change_would_be_found(there: str, instead: str) -> None:
    before = COMMITTED.read_text(encoding="utf-8")
    assert there in before
    assert list(_breaking(before, before.replace(there, instead, 1)))


def test_the_filter_is_the_criteria_language_field_by_field() -> None:
    schema = build_schema(sdl())
    given = schema.type_map["OrganisationFilter"]
    assert set(given.fields) == {to_camel(name) for name in Criteria.model_fields}  # type: ignore[attr-defined]


def test_codes_in_the_schema_are_the_codes_of_the_documents() -> None:
    kinds = build_schema(sdl()).type_map["ActivityKind"]
    assert {"start_up", "fab_lab", "public_body"} <= set(kinds.values)  # type: ignore[attr-defined]


def test_the_operations_of_the_guide_are_valid() -> None:
    guide = (COMMITTED.parent.parent / "docs" / "graphql.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```graphql\n(.*?)```", guide, re.DOTALL)
    assert blocks
    for block in blocks:
        assert validate(build_schema(sdl()), parse(block)) == []
