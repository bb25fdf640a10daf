"""Reading JSON: whatever is JSON comes out as it was written, and two members of one name never pass."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.http.json_bodies import read_json
from services.problems import InvalidInput

TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from([":", '":"', "a:b"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=15,
)


@given(VALUES, st.booleans())
def test_what_is_json_is_read_as_it_was_written(value: Any, plain: bool) -> None:
    assert read_json(json.dumps(value, ensure_ascii=plain).encode()) == value


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4), st.data())
def test_a_member_that_stands_twice_is_refused_wherever_it_stands(value: dict[str, Any], data: st.DataObject) -> None:
    twice = data.draw(st.sampled_from(sorted(value)))
    inner = f"{json.dumps(value)[:-1]}, {json.dumps(twice)}: {json.dumps(data.draw(VALUES))}}}"
    around = data.draw(st.sampled_from(["{}", '{{"x": {}}}', '[":", {}]', '{{"a:b": [{}, "::"]}}']))
    with pytest.raises(InvalidInput, match="stands twice"):
        read_json(around.format(inner).encode())
