"""The life of a profile: what each state allows, and where that leads. Everything not in the table is refused.

draft ──submit──> submitted ──publish──> published <──> needs_information
                    └─reject─> rejected      └──mark_stale──> stale ──confirm/publish──> published
"""

from collections.abc import Mapping
from enum import StrEnum

from services.events.contracts.vocabulary import ProfileState
from services.registry.problems import IllegalTransition


class Move(StrEnum):
    """What can be done with a profile; some moves leave it in its state."""

    CHANGE = "change"
    SUBMIT = "submit"
    PUBLISH = "publish"
    REJECT = "reject"
    REQUEST_INFORMATION = "request-information"
    CONFIRM = "confirm"
    MARK_STALE = "mark-stale"
    ARCHIVE = "archive"
    MERGE = "merge"
    GRANT_LABEL = "grant-label"
    REVOKE_LABEL = "revoke-label"


_PUBLISHED = ProfileState.PUBLISHED
_ARCHIVE = {Move.ARCHIVE: ProfileState.ARCHIVED}
_LEAVE = {**_ARCHIVE, Move.MERGE: ProfileState.MERGED}
_SUBMIT = {Move.SUBMIT: ProfileState.SUBMITTED}


def _staying(state: ProfileState, *moves: Move) -> Mapping[Move, ProfileState]:
    return dict.fromkeys(moves, state)


def _while_public(state: ProfileState) -> Mapping[Move, ProfileState]:
    return _staying(state, Move.CHANGE, Move.GRANT_LABEL, Move.REVOKE_LABEL)


TRANSITIONS: Mapping[ProfileState, Mapping[Move, ProfileState]] = {
    ProfileState.DRAFT: {**_staying(ProfileState.DRAFT, Move.CHANGE), **_SUBMIT, **_ARCHIVE},
    ProfileState.SUBMITTED: {
        **_staying(ProfileState.SUBMITTED, Move.CHANGE),
        Move.PUBLISH: _PUBLISHED,
        Move.REJECT: ProfileState.REJECTED,
    },
    ProfileState.PUBLISHED: {
        **_while_public(_PUBLISHED),
        Move.CONFIRM: _PUBLISHED,
        Move.REQUEST_INFORMATION: ProfileState.NEEDS_INFORMATION,
        Move.MARK_STALE: ProfileState.STALE,
        **_LEAVE,
    },
    ProfileState.NEEDS_INFORMATION: {
        **_while_public(ProfileState.NEEDS_INFORMATION),
        Move.PUBLISH: _PUBLISHED,
        **_LEAVE,
    },
    ProfileState.STALE: {
        **_while_public(ProfileState.STALE),
        Move.CONFIRM: _PUBLISHED,
        Move.PUBLISH: _PUBLISHED,
        **_LEAVE,
    },
    ProfileState.REJECTED: {**_staying(ProfileState.REJECTED, Move.CHANGE), **_SUBMIT, **_ARCHIVE},
    ProfileState.ARCHIVED: {},
    ProfileState.MERGED: {},
}


def next_state(state: ProfileState, move: Move) -> ProfileState:
    """The state that the move leads to. Raises IllegalTransition where the state does not allow it."""
    legal = TRANSITIONS[state]
    if move not in legal:
        raise IllegalTransition(state, move, tuple(legal))
    return legal[move]
