"""Laws of changes: what they say is what differs, and they can be taken back."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.events.contracts.changes import changes_between, rewind

names = st.text("ab/~", max_size=2)
scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.text("a/~0", max_size=3)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3))
documents = st.dictionaries(names, values, max_size=4)


@given(documents, documents)
def test_rewinding_the_changes_gives_the_document_before(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert rewind(after, changes_between(before, after)) == before


@given(documents)
def test_a_document_that_left_is_rewound_whole(before: dict[str, Any]) -> None:
    assert rewind(None, changes_between(before, None)) == before


@given(documents, documents)
def test_there_are_changes_exactly_where_documents_differ(before: dict[str, Any], after: dict[str, Any]) -> None:
    assert (changes_between(before, after) == []) == (before == after)


@given(documents)
def test_a_document_that_enters_is_told_by_itself(after: dict[str, Any]) -> None:
    assert changes_between(None, after) == []
