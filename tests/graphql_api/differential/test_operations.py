"""The operations that front ends send, and documents that were once answered differently."""

from typing import Any

import pytest
from graphql import get_introspection_query

from graphql_api.examples import Example, examples
from tests.graphql_api.differential.sides import ASKERS, Sides
from tests.graphql_api.documents import identifier

_OF_HERE = {"id": identifier(1), "slug": "org-1"}
"""Of this ecosystem, in the place of the demo's."""
READS = [example for example in examples() if example.is_read]


@pytest.mark.parametrize("caller", ASKERS)
@pytest.mark.parametrize("example", READS, ids=lambda example: example.name)
def test_a_read_of_a_front_end_is_compiled_and_answered_alike(both: Sides, example: Example, caller: str) -> None:
    variables = {name: _OF_HERE.get(name, value) for name, value in example.variables.items()}
    given = both.answers(example.document, variables, caller=ASKERS[caller])
    assert given.compiled == given.ordinary
    assert given.planned


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ("query ($if: Boolean = true) { viewer @skip(if: $if) { roles } provinces { code } }", {"if": None}),
        ("query ($if: Boolean = true) { provinces { code @include(if: $if) } }", {"if": None}),
        (
            'query ($n: Int) { suggest(text: "me", first: $n) { value } organisations(first: $n) { totalCount } }',
            {},
        ),
        (get_introspection_query(), None),
        ('{ __typename __type(name: "Organisation") { name fields { name } } }', None),
    ],
    ids=[
        "null for @skip",
        "null for @include",
        "absent for two defaults",
        "introspection",
        "introspection of one type",
    ],
)
def test_a_document_of_an_unusual_kind_is_answered_alike(
    both: Sides, document: str, variables: dict[str, Any] | None
) -> None:
    given = both.answers(document, variables)
    assert given.compiled == given.ordinary
