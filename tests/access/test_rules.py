"""The rules against the table of the operations guide, which is written by hand and not from the code."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.access.roles import ANONYMOUS, Caller, Relation, Role
from services.access.rules import OPEN, PUBLIC, RULES, STATES, Action, decide, require
from services.events.contracts.vocabulary import ProfileState
from services.problems import Forbidden, Unauthenticated

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "operations" / "access.md"
WHO = {
    "anonymous": (ANONYMOUS, None),
    "member": (Caller("somebody"), None),
    "moderator": (Caller("somebody", frozenset({Role.MODERATOR})), None),
    "awex": (Caller("somebody", frozenset({Role.AWEX})), None),
    "front": (Caller("somebody", frozenset({Role.FRONT}), front="coworking"), None),
    "awex's front": (Caller("somebody", frozenset({Role.FRONT}), front="awex"), None),
    "reader": (Caller("somebody", frozenset({Role.READER})), None),
    "operator": (Caller("somebody", frozenset({Role.OPERATOR})), None),
    "owner": (Caller("somebody"), Relation.OWNER),
    "editor": (Caller("somebody"), Relation.EDITOR),
}
PUBLIC_STATES = ("published", "needs_information", "stale")
OPEN_STATES = (*PUBLIC_STATES, "draft", "submitted", "rejected")
STATES_OF = {"x": tuple(ProfileState), "-": (), "pub": PUBLIC_STATES, "open": OPEN_STATES}


def _table() -> dict[tuple[str, str], str]:
    """From action and who, in the table "Who may do what", to what stands there."""
    section = GUIDE.read_text(encoding="utf-8").partition("## Who may do what")[2].partition("## ")[0]
    head, _line, *rows = (
        [cell.strip(" `") for cell in line.split("|")[1:-1]] for line in section.splitlines() if "|" in line
    )
    return {(row[0], who): cell for row in rows for who, cell in zip(head[1:], row[1:], strict=True)}


CELLS = _table()

callers = st.builds(Caller, st.just("somebody"), st.frozensets(st.sampled_from(Role)), st.sampled_from([None, "awex"]))
relations = st.sampled_from([None, *Relation])
states = st.sampled_from(ProfileState)
actions = st.sampled_from(Action)


@pytest.mark.parametrize(("action", "who"), CELLS)
def test_the_states_in_which_a_caller_may_do_something_are_those_of_the_table(action: str, who: str) -> None:
    caller, relation = WHO[who]
    allowed = [
        state for state in ProfileState if decide(caller, Action(action), relation=relation, state=state).allowed
    ]
    assert set(allowed) == set(STATES_OF[CELLS[action, who]])


def test_the_table_has_every_action_and_every_role() -> None:
    assert {action for action, _who in CELLS} == set(Action) == set(RULES)
    named = set().union(*(caller.roles for caller, _relation in WHO.values()))
    assert named == set(Role)
    assert {relation for _caller, relation in WHO.values()} == {None, *Relation}


def test_the_states_that_rules_speak_of_are_those_of_a_profile() -> None:
    assert set(ProfileState) == STATES
    assert {state for state in ProfileState if state.is_public} == PUBLIC
    assert PUBLIC < OPEN < STATES


@given(callers, actions, relations, states)
def test_every_question_has_an_answer_with_a_reason(
    caller: Caller, action: Action, relation: Relation | None, state: ProfileState
) -> None:
    assert decide(caller, action, relation=relation, state=state).reason


@given(callers, actions, relations, states)
def test_a_caller_with_several_roles_may_do_what_one_of_them_may(
    caller: Caller, action: Action, relation: Relation | None, state: ProfileState
) -> None:
    each = [Caller("somebody", frozenset({role}), caller.front) for role in caller.roles]
    by_one = any(decide(one, action, relation=relation, state=state).allowed for one in each)
    assert decide(caller, action, relation=relation, state=state).allowed == by_one


@given(actions, relations, states)
def test_an_anonymous_caller_is_related_to_nothing(
    action: Action, relation: Relation | None, state: ProfileState
) -> None:
    with_relation = decide(ANONYMOUS, action, relation=relation, state=state)
    assert with_relation.allowed == decide(ANONYMOUS, action, state=state).allowed


def test_an_anonymous_caller_is_asked_for_a_token() -> None:
    with pytest.raises(Unauthenticated, match=r"register an organisation you must be signed in\. Send an access token"):
        require(ANONYMOUS, Action.REGISTER)


def test_a_refusal_names_the_role_that_is_missing() -> None:
    with pytest.raises(Forbidden, match="To grant a label you must be a caller with the role moderator"):
        require(Caller("somebody"), Action.GRANT_LABEL)


def test_a_refusal_names_the_state_that_stands_in_the_way() -> None:
    with pytest.raises(
        Forbidden, match="To change the profile while it is archived you must be a caller with the role"
    ):
        require(Caller("somebody"), Action.CHANGE, relation=Relation.OWNER, state="archived")


def test_a_refusal_names_relations_too() -> None:
    with pytest.raises(Forbidden, match="you must be its owner, its editor or a caller with the role moderator"):
        require(Caller("somebody"), Action.CHANGE, state="draft")


@pytest.mark.parametrize("state", [None, "publish"])
def test_a_rule_about_states_cannot_be_asked_without_one(state: str | None) -> None:
    with pytest.raises(ValueError, match="give one of archived, draft"):
        decide(Caller("somebody"), Action.CHANGE, relation=Relation.OWNER, state=state)


def test_a_role_without_a_subject_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="has a subject"):
        Caller(None, frozenset({Role.MODERATOR}))


def test_the_name_of_a_caller_in_logs_is_stable_and_tells_nothing() -> None:
    caller = Caller("jeanne.dupont@example.org")
    assert caller.name == Caller("jeanne.dupont@example.org", frozenset({Role.AWEX})).name
    assert caller.name != Caller("somebody").name
    assert "jeanne" not in caller.name
    assert ANONYMOUS.name == "anonymous"
