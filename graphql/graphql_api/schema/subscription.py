"""The root of subscriptions: changes of the log as they come."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any

import strawberry

from graphql_api.schema.context import Info
from graphql_api.schema.criteria import OrganisationFilter, criteria_of
from graphql_api.schema.mirror import enum
from graphql_api.schema.organisation import Organisation
from graphql_api.schema.scalars import DateTime, EventType, Json
from graphql_api.subscriptions.following import Change
from graphql_api.subscriptions.wanted import Wanted
from services.events.contracts.entries import Json as Document
from services.events.contracts.position import Position
from services.events.contracts.transitions import Transition
from services.events.contracts.vocabulary import Actor, Origin
from services.problems import FieldError, InvalidInput, NotAcceptable

ONLY_STREAMED = (
    "Subscriptions are answered as text/event-stream, or over a WebSocket with the protocol graphql-transport-ws."
)
Root = strawberry.Parent[Change]


@strawberry.type(description="One changed value of the public document.")
class ChangedValue:
    """Resolved from the log's own form of it."""

    path: str = strawberry.field(
        description="JSON pointer into the organisation's document in the form of the registry's API (snake_case): "
        "`/profiles/coworking/desks`; empty when the whole document went."
    )
    before: Json | None = strawberry.field(description="Null where the path did not exist.")
    after: Json | None = strawberry.field(description="Null where the path does not exist any more.")


def _values(root: Root) -> list[Document]:
    return [
        {"path": change["path"], "before": change.get("before"), "after": change.get("after")}
        for change in root.step.entry.changes
    ]


def _time(root: Root) -> str:
    return root.step.entry.published_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@strawberry.type(description="A change of an organisation: one entry of the registry's log.")
class OrganisationChange:
    """Resolved from a Change."""

    id: strawberry.ID = strawberry.field(
        resolver=lambda root: root.step.entry.event_id, description="Id of the event, the same on every outlet."
    )
    correlation_id: strawberry.ID | None = strawberry.field(
        resolver=lambda root: root.step.entry.correlation_id,
        description="Id of the request that the change was made by (its `X-Request-Id`), or of the import or job: "
        "whoever made it knows it again by this.",
    )
    causation_id: strawberry.ID | None = strawberry.field(
        resolver=lambda root: root.step.entry.causation_id,
        description="Id of the event that led to this one: of the merge, for what the other organisation took over.",
    )
    position: Position = strawberry.field(description="Go on from here: the argument `after` of the next subscription.")
    type: EventType = strawberry.field(resolver=lambda root: root.step.entry.event)
    time: str = strawberry.field(
        resolver=_time, graphql_type=DateTime, description="Rises strictly for each organisation."
    )
    origin: Origin = strawberry.field(resolver=lambda root: root.step.entry.origin, graphql_type=enum(Origin))
    actor: Actor = strawberry.field(resolver=lambda root: root.step.entry.actor, graphql_type=enum(Actor))
    transition: Transition = strawberry.field(graphql_type=enum(Transition))
    organisation_id: strawberry.ID = strawberry.field(
        resolver=lambda root: root.step.entry.subject.id, description="Also where the organisation is not shown."
    )
    version: int = strawberry.field(
        resolver=lambda root: root.step.entry.version, description="The organisation's version after the change."
    )
    redirect: strawberry.ID | None = strawberry.field(
        resolver=lambda root: root.step.entry.redirect,
        description="The organisation that stands for this one now: into which it was merged.",
    )
    changes: Any = strawberry.field(
        resolver=_values,
        graphql_type=list[ChangedValue],
        description="The changed values. None when the organisation came into the public view, or what changed is "
        "not public.",
    )
    organisation: Any = strawberry.field(
        resolver=lambda root: root.step.after,
        graphql_type=Organisation | None,
        description="The organisation after this change, whatever became of it since; null when it is not public any "
        "more. What its relations lead to is shown as it is now.",
    )
    before: Any = strawberry.field(
        resolver=lambda root: root.step.before,
        graphql_type=Organisation | None,
        description="The organisation before it; null when it was not public, or is not to be told any more.",
    )


Filter = Annotated[
    OrganisationFilter | None,
    strawberry.argument(name="filter", description="Changes of organisations that meet it before or after the change."),
]
After = Annotated[
    Position | None,
    strawberry.argument(description="Begin after this position: the one of a list, or of the last change. Null: now."),
]
Types = Annotated[
    list[EventType] | None,
    strawberry.argument(description="Only these. A list kept by some of them misses what the others change."),
]


async def _changes(
    info: Info, filter_: Filter = None, after: After = None, types: Types = None
) -> AsyncGenerator[OrganisationChange, None]:
    context = info.context
    if types is not None and not types:
        detail = "Name one type of event at least; leave types out for all."
        raise InvalidInput(detail, errors=[FieldError("argument:types", "too_short", detail)])
    wanted = Wanted(
        criteria_of(filter_, context), context.reading.restricted, None if types is None else frozenset(types)
    )
    if context.subscriber is None:
        raise NotAcceptable(ONLY_STREAMED)
    return await context.subscriber.open(wanted, after)  # type: ignore[return-value] # sources of the declared type


@strawberry.type(description="Changes as they come, over WebSocket (graphql-transport-ws) and server-sent events.")
class Subscription:
    """The root of subscriptions."""

    changes: AsyncGenerator[OrganisationChange, None] = strawberry.subscription(
        resolver=_changes,
        description="Changes of the organisations that a filter means, in the order of the log and without gap.",
    )
