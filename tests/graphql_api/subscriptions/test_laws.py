"""The law of transitions: who applies them holds what the filter means."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from graphql_api.subscriptions.steps import Step
from graphql_api.subscriptions.wanted import Wanted
from services.events.contracts.criteria import Criteria
from services.events.contracts.entries import Current
from services.events.contracts.matching import matches
from services.events.contracts.transitions import Transition
from tests.graphql_api.criteria_strategy import criteria
from tests.graphql_api.documents import entry, organisation

Moves = list[tuple[int, int | None]]
"""Which organisation becomes the one of which other number; none: it leaves the public view."""
moves = st.lists(st.tuples(st.integers(0, 5), st.none() | st.integers(0, 200)), max_size=25)


def steps(moves: Moves) -> list[Step]:
    """The entries of these moves, and nothing where one leaves that is not there."""
    present: dict[int, Current] = {}
    found: list[Step] = []
    for number, content in moves:
        before, after = present.get(number), None
        if content is not None:
            model, identity = organisation(content), organisation(number)
            after = Current(identity.subject, 1, model.document | {"id": identity.subject.id}, model.restricted)
            present[number] = after
        elif present.pop(number, None) is None:
            continue
        found.append(Step(entry(len(found) + 1, before, after)))
    return found


@given(moves, criteria, st.integers(0, 25))
def test_who_applies_the_changes_holds_what_the_filter_means(moves: Moves, asked: Criteria, since: int) -> None:
    today = datetime.now(UTC).date()
    everything: dict[str, Any] = {}
    held: set[str] = set()
    for number, step in enumerate(steps(moves)):
        everything[step.entry.subject.id] = step.entry.document
        meant = {name for name, document in everything.items() if document and matches(document, None, asked, today)}
        if number < since:
            held = meant  # the list that was loaded
            continue
        transition = Wanted(asked, restricted=False).transition(step)
        if transition is Transition.LEFT:
            held.discard(step.entry.subject.id)
        elif transition is not None:
            assert (transition is Transition.CHANGED) == (step.entry.subject.id in held)
            held.add(step.entry.subject.id)
        assert held == meant
