"""The read model against a plain evaluation over documents, before and after changes."""

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphql_api.read_model.facts import Order
from graphql_api.read_model.filtering import Reading, select
from graphql_api.read_model.model import ReadModel
from graphql_api.read_model.ordering import descending, standing
from graphql_api.read_model.paging import Window, page_of
from graphql_api.read_model.state import State
from services.events.contracts.criteria import Criteria
from services.events.contracts.entries import Current
from services.events.contracts.matching import matches
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.log.digest import EMPTY, hash_of, replaced
from tests.graphql_api.criteria_strategy import criteria
from tests.graphql_api.documents import entry, organisation, organisations, snapshot
from tests.graphql_api.moving import Moving

TODAY = date(2026, 11, 25)
COUNT = 400
STEPS = 120


@pytest.fixture(scope="module")
def changed() -> Moving:
    """A model after many changes, and what it should hold then."""
    moving = Moving(COUNT)
    moving.move(COUNT)
    return moving


def _ids(state: State, ordinals: Iterable[int]) -> set[str]:
    return {state.record(ordinal).id for ordinal in ordinals}


@given(wanted=criteria, restricted=st.booleans())
@settings(max_examples=300)
def test_a_filter_finds_exactly_what_the_plain_evaluation_of_each_document_finds(
    *, changed: Moving, wanted: Criteria, restricted: bool
) -> None:
    model, held = changed.model, changed.held
    found = select(model.state, wanted, Reading(TODAY, restricted=restricted))
    expected = {
        identifier
        for identifier, current in held.items()
        if matches(current.document, current.restricted if restricted else None, wanted, TODAY)
    }
    assert _ids(model.state, found) == expected


@given(
    wanted=criteria,
    order=st.sampled_from(Order),
    size=st.integers(1, 100),
    way=st.tuples(st.booleans(), st.booleans()),
)
@settings(max_examples=150)
def test_pages_joined_are_the_list_and_the_list_is_as_long_as_the_total(
    *, changed: Moving, wanted: Criteria, order: Order, size: int, way: tuple[bool, bool]
) -> None:
    state = changed.model.state
    down, backwards = way
    found = select(state, wanted, Reading(TODAY, restricted=False))
    sequence = standing(state, order, found, size)
    sequence = descending(sequence) if down else sequence
    listed: list[str] = []
    cursor: str | None = None
    while True:
        window = Window(last=size, before=cursor) if backwards else Window(first=size, after=cursor)
        page = page_of(sequence, window, lambda: "tag")
        ids = [identifier for _, identifier, _ in page.entries]
        listed = ids + listed if backwards else listed + ids
        if not (page.has_previous if backwards else page.has_next):
            break
        cursor = page.cursor(page.entries[0 if backwards else -1])
    keys = [state.by_id(identifier).facts.keys[list(Order).index(order)] for identifier in listed]  # type: ignore[union-attr]
    assert len(set(listed)) == len(listed) == len(found)
    pairs = list(zip(keys, listed, strict=True))
    assert pairs == sorted(pairs, reverse=down)


@pytest.mark.parametrize("view", list(View))
def test_the_digest_after_changes_is_that_of_the_documents_held(view: View) -> None:
    model = ReadModel(view)
    model.load(snapshot(20))
    held = list(organisations(20))
    model.apply([entry(21, held[3], None), entry(22, held[4], organisation(4, seed=9))])
    held[4] = organisation(4, seed=9)
    del held[3]
    expected = EMPTY
    for current in held:
        documents = (current.document, current.restricted) if view is View.INTERNAL else (current.document,)
        expected = replaced(expected, None, hash_of(current.subject, *documents))
    assert model.state.digest == expected


@given(seed=st.integers(0, 1_000), wanted=criteria)
@settings(max_examples=20, deadline=None)
def test_entries_applied_together_leave_what_they_leave_one_by_one(seed: int, wanted: Criteria) -> None:
    together, apart = Moving(40, seed), Moving(40, seed)
    together.move(STEPS)
    for _ in range(STEPS):
        apart.move(1)
    here, there = together.model.state, apart.model.state
    assert (here.digest, here.position) == (there.digest, there.position)
    reading = Reading(TODAY, restricted=True)
    assert _ids(here, select(here, wanted, reading)) == _ids(there, select(there, wanted, reading))
    for order in Order:
        walks = (state.orders[order].walk(None, backwards=False) for state in (here, there))
        assert len({tuple(entry[:2] for entry in walk) for walk in walks}) == 1


def test_an_entry_that_was_applied_before_has_no_effect() -> None:
    model = ReadModel()
    model.load(snapshot(5))
    change = entry(6, organisation(1), organisation(1, seed=2))
    model.apply([change])
    digest = model.state.digest
    model.apply([change])
    assert (model.state.digest, model.position) == (digest, Position(1, 6))


def test_a_merged_organisation_answers_under_its_old_id_slug_and_number_whichever_entry_comes_first() -> None:
    for order in ((0, 1), (1, 0)):
        model = ReadModel()
        model.load(snapshot(3))
        lost, kept = organisation(1), organisation(2)
        grown = {
            **kept.document,
            "merged_from": [lost.subject.id],
            "former_slugs": ["org-1"],
            "enterprise_numbers": [*kept.document["enterprise_numbers"], *lost.document["enterprise_numbers"]],
        }
        survivor = Current(kept.subject, kept.version + 1, grown, kept.restricted)
        steps = [(lost, None), (kept, survivor)]
        for number, step in enumerate(order, start=4):
            model.apply([entry(number, *steps[step])])
        state = model.state
        number = lost.document["enterprise_numbers"][0]
        found = (state.by_id(lost.subject.id), state.by_slug("org-1"), state.by_number(number))
        assert [record and record.id for record in found] == [kept.subject.id] * 3
        assert len(state) == 2


def test_an_empty_snapshot_has_a_position_like_any_other() -> None:
    model = ReadModel()
    model.load(snapshot(0))
    assert model.position == Position(1, 0)


def test_a_document_of_the_log_is_never_changed_in_place() -> None:
    current = organisation(1)
    before = repr(current)
    state = State(Position(1, 0), 0, View.INTERNAL)
    state.fill([current])
    assert repr(current) == before
