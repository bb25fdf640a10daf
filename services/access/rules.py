"""Who may do what, in one table: the only place that decides it, for every door.

A rule grants an action to a role, or to a relation with the thing acted on, in some states of that thing. What no rule
grants is refused. Whether a state can be left for another one is not decided here: that is the registry's lifecycle.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from services.access.roles import Caller, Relation, Role
from services.problems import Forbidden, Unauthenticated

PUBLIC = frozenset({"published", "needs_information", "stale"})
"""States in which everybody sees a profile."""
OPEN = PUBLIC | {"draft", "submitted", "rejected"}
"""States in which its owner and editors may change a profile; a rejected one is changed and submitted again."""
STATES = OPEN | {"archived", "merged"}
"""Every state of a profile. `services.events.contracts.vocabulary.ProfileState` has the same; a test compares."""


class Action(StrEnum):
    """Everything that a caller can ask for."""

    REGISTER = "register"
    READ_PUBLIC = "read_public"
    READ_FULL = "read_full"
    """Read an organisation with its restricted and private parts."""
    CHANGE = "change"
    SUBMIT = "submit"
    CONFIRM = "confirm"
    ARCHIVE = "archive"
    MANAGE_MEMBERS = "manage_members"
    PUBLISH = "publish"
    REJECT = "reject"
    REQUEST_INFORMATION = "request_information"
    MERGE = "merge"
    GRANT_LABEL = "grant_label"
    REVOKE_LABEL = "revoke_label"
    IMPORT_ORGANISATIONS = "import_organisations"
    READ_FIGURES = "read_figures"
    """Read, or search by, turnover and export figures that the organisation has not published."""
    READ_SEEKING = "read_seeking"
    """Read, or search by, the capital that a start-up seeks."""
    FOLLOW_PUBLIC = "follow_public"
    """Follow the log, take snapshots and digests, in the public view."""
    FOLLOW_INTERNAL = "follow_internal"
    SUBSCRIBE = "subscribe"
    """Make saved searches of one's own."""
    MANAGE_SUBSCRIPTION = "manage_subscription"
    READ_DELIVERIES = "read_deliveries"
    OPERATE = "operate"


class Everyone(StrEnum):
    """Any caller, anonymous ones included."""

    EVERYONE = "everyone"


class FrontOf(StrEnum):
    """A caller with the role `front` that serves this client site."""

    AWEX = "awex"


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a caller may do something, and why."""

    allowed: bool
    reason: str
    """For a refusal a sentence that names what is missing; else by what it was allowed."""


Who: TypeAlias = Role | Relation | Everyone | FrontOf


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to do something, as `who`, while the thing acted on is in one of `states`."""

    who: Who
    states: frozenset[str] | None = None
    """None: whatever the state is, also where there is none."""


class Rule:
    """The grants of one action, and the action in words."""

    def __init__(self, words: str, *grants: Grant | Who) -> None:
        self.words = words
        self.grants = tuple(grant if isinstance(grant, Grant) else Grant(grant) for grant in grants)
        self.depends_on_state = any(grant.states is not None for grant in self.grants)


_EVERYONE, _OWNER, _EDITOR = Everyone.EVERYONE, Relation.OWNER, Relation.EDITOR
_MEMBER, _MODERATOR, _OPERATOR = Role.MEMBER, Role.MODERATOR, Role.OPERATOR

RULES: dict[Action, Rule] = {
    Action.REGISTER: Rule("register an organisation", _MEMBER),
    Action.READ_PUBLIC: Rule("read the profile", Grant(_EVERYONE, PUBLIC), _OWNER, _EDITOR, _MODERATOR),
    Action.READ_FULL: Rule("read the private parts", _OWNER, _EDITOR, _MODERATOR),
    Action.CHANGE: Rule("change the profile", Grant(_OWNER, OPEN), Grant(_EDITOR, OPEN), _MODERATOR),
    Action.SUBMIT: Rule("submit the profile", Grant(_OWNER, OPEN), Grant(_EDITOR, OPEN), _MODERATOR),
    Action.CONFIRM: Rule("confirm the profile", Grant(_OWNER, OPEN), Grant(_EDITOR, OPEN), _MODERATOR),
    Action.ARCHIVE: Rule("archive the profile", Grant(_OWNER, OPEN), _MODERATOR),
    Action.MANAGE_MEMBERS: Rule("manage the members", Grant(_OWNER, OPEN), _MODERATOR),
    Action.PUBLISH: Rule("publish the profile", _MODERATOR),
    Action.REJECT: Rule("reject the profile", _MODERATOR),
    Action.REQUEST_INFORMATION: Rule("ask the organisation for information", _MODERATOR),
    Action.MERGE: Rule("merge organisations", _MODERATOR),
    Action.GRANT_LABEL: Rule("grant a label", _MODERATOR),
    Action.REVOKE_LABEL: Rule("revoke a label", _MODERATOR),
    Action.IMPORT_ORGANISATIONS: Rule("import organisations", _MODERATOR, _OPERATOR),
    Action.READ_FIGURES: Rule(
        "read or search unpublished turnover and export figures",
        Role.AWEX, FrontOf.AWEX, _MODERATOR, _OWNER, _EDITOR,
    ),
    Action.READ_SEEKING: Rule(
        "read or search the capital that start-ups seek",
        Role.AWEX, Role.FRONT, _MODERATOR, _OWNER, _EDITOR,
    ),
    Action.FOLLOW_PUBLIC: Rule("follow the public view", _EVERYONE),
    Action.FOLLOW_INTERNAL: Rule("follow the internal view", Role.READER, _OPERATOR),
    Action.SUBSCRIBE: Rule("make saved searches", _MEMBER),
    Action.MANAGE_SUBSCRIPTION: Rule("manage the saved search", _OWNER, _OPERATOR),
    Action.READ_DELIVERIES: Rule("read the deliveries", _OWNER, _OPERATOR),
    Action.OPERATE: Rule("operate the system", _OPERATOR),
}  # fmt: skip


def decide(
    caller: Caller,
    action: Action,
    *,
    relation: Relation | None = None,
    state: str | None = None,
) -> Decision:
    """Whether `caller`, who is `relation` to the thing acted on, may do `action` while that thing is in `state`.

    Raises ValueError for a state that no profile has, and where the rule depends on the state and none was given.
    """
    rule = RULES[action]
    if (state is None and rule.depends_on_state) or (state is not None and state not in STATES):
        raise ValueError(f"{action} was asked for state {state!r}; give one of {', '.join(sorted(STATES))}")
    held = [grant for grant in rule.grants if _is(caller, relation, grant.who)]
    for grant in held:
        if grant.states is None or state in grant.states:
            return Decision(allowed=True, reason=f"as {grant.who}")
    return Decision(allowed=False, reason=_refusal(rule, state if rule.depends_on_state else None))


def require(
    caller: Caller,
    action: Action,
    *,
    relation: Relation | None = None,
    state: str | None = None,
) -> None:
    """Return if `decide` allows it; raise Unauthenticated or Forbidden with the reason if not."""
    decision = decide(caller, action, relation=relation, state=state)
    if decision.allowed:
        return
    if caller.subject is None:
        raise Unauthenticated(f"{decision.reason} Send an access token: Authorization: Bearer <token>.")
    raise Forbidden(decision.reason)


def _is(caller: Caller, relation: Relation | None, who: Who) -> bool:
    match who:
        case Everyone():
            return True
        case Role():
            return who in caller.roles
        case FrontOf():
            return Role.FRONT in caller.roles and caller.front == who.value
        case Relation():
            return relation is who and caller.subject is not None


def _refusal(rule: Rule, state: str | None) -> str:
    """Who could have done it: in that state, where the state matters."""
    able = [grant.who for grant in rule.grants if grant.states is None or state in grant.states]
    when = f" while it is {state}" if state else ""
    return f"To {rule.words}{when} you must be {_either([_noun(who) for who in able])}."


def _noun(who: Who) -> str:
    match who:
        case Everyone():
            return "anybody"
        case Role.MEMBER:
            return "signed in"
        case Role():
            return f"a caller with the role {who}"
        case FrontOf():
            return f"a caller with the role front for the client site {who}"
        case Relation():
            return f"its {who}"


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
