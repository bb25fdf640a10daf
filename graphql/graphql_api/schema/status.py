"""Where the read model stands, who asks, and the words of the registry."""

import strawberry

from graphql_api.schema.context import Info
from graphql_api.schema.mirror import enum
from services.access.rules import Action
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import ActivityKind, View


@strawberry.type(description="How far this process is behind the newest position that it has heard of.")
class Lag:
    """The lag."""

    entries: int
    seconds: float


@strawberry.type(description="Where the answers of this process stand.")
class RegistryStatus:
    """The status."""

    generation: int = strawberry.field(description="Rises when the registry is restored to an earlier state.")
    position: Position
    view: View = strawberry.field(graphql_type=enum(View), description="Which view of the log this process follows.")
    digest: str = strawberry.field(
        description="Digest of that view, from what this process holds: the registry's at that position is equal."
    )
    organisations: int
    lag: Lag


def status_of(info: Info) -> RegistryStatus:
    """The status of this process."""
    context = info.context
    state, lag = context.state, context.model.lag
    return RegistryStatus(
        generation=state.position.generation,
        position=state.position,
        view=context.model.view,
        digest=state.digest,
        organisations=len(state),
        lag=Lag(entries=lag.entries, seconds=lag.seconds),
    )


@strawberry.type(description="Who asks, as the access token tells.")
class Viewer:
    """The caller."""

    authenticated: bool
    roles: list[str]
    front: str | None = strawberry.field(description="Code of the client site that a front serves.")
    may_read_figures: bool = strawberry.field(description="Turnover and export figures that are not published.")
    may_read_seeking: bool = strawberry.field(description="The capital that start-ups seek.")


def viewer_of(info: Info) -> Viewer:
    """The caller of this request."""
    context = info.context
    caller = context.caller
    return Viewer(
        authenticated=caller.subject is not None,
        roles=sorted(caller.roles),
        front=caller.front,
        may_read_figures=context.may(Action.READ_FIGURES),
        may_read_seeking=context.may(Action.READ_SEEKING),
    )


@strawberry.type(description="A word of the registry with its French label.")
class Term:
    """A code and its label."""

    code: str
    label_fr: str


def kind_terms() -> list[Term]:
    """The kinds of activity."""
    return [Term(code=kind.value, label_fr=kind.label_fr) for kind in ActivityKind]
