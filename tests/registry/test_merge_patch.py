"""JSON merge patch: the examples of RFC 7396, and its laws."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.merge_patch import merge

RFC_EXAMPLES: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
names = st.sampled_from("abc")
leaves = st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2)
documents: st.SearchStrategy[Any] = st.recursive(leaves, lambda inner: st.dictionaries(names, inner, max_size=3))
patches: st.SearchStrategy[Any] = st.recursive(
    leaves | st.none(), lambda inner: st.dictionaries(names, inner, max_size=3)
)
objects = st.dictionaries(names, documents, max_size=3)


@pytest.mark.parametrize(("target", "patch", "result"), RFC_EXAMPLES)
def test_the_examples_of_the_standard_hold(target: object, patch: object, result: object) -> None:
    assert merge(target, patch) == result


@given(objects)
def test_an_empty_patch_changes_nothing(target: dict[str, Any]) -> None:
    assert merge(target, {}) == target


@given(objects, patches)
def test_a_patch_laid_twice_is_laid_once(target: dict[str, Any], patch: object) -> None:
    assert merge(merge(target, patch), patch) == merge(target, patch)


@given(objects, objects)
def test_removing_every_name_and_laying_a_document_gives_that_document(
    target: dict[str, Any], wanted: dict[str, Any]
) -> None:
    emptied = merge(target, dict.fromkeys(target))

    assert emptied == {}
    assert merge(emptied, wanted) == wanted


@given(objects, patches)
def test_the_target_is_left_as_it_was(target: dict[str, Any], patch: object) -> None:
    before = repr(target)
    merge(target, patch)
    assert repr(target) == before
