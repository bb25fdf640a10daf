"""The organisation: all that everybody may read, and the restricted part for those who may."""

from typing import Annotated, Any

import strawberry

from graphql_api.read_model.records import Record
from graphql_api.schema.context import Info
from graphql_api.schema.mirror import enum, mirror
from graphql_api.schema.parts import EnterpriseNumber, LabelGrantType, NaceActivityType, RestrictedPartType, related
from graphql_api.schema.places import AnyLanguage, EstablishmentType
from graphql_api.schema.scalars import Day
from graphql_api.schema.texts import LocalisedText, in_every_language, in_language
from services.access.rules import Action, require
from services.events.contracts.export import ExportProfile
from services.events.contracts.matching import label_is_valid
from services.events.contracts.organisation import Category, OfficialData, Provenance, Relation
from services.events.contracts.position import Position
from services.events.contracts.profiles import Profiles
from services.events.contracts.vocabulary import ActivityKind, Language, LifeCycleStage, ProfileState, SizeClass


@strawberry.interface(description="Anything with an id that is unique over the whole registry (Relay).")
class Node:
    """A node."""

    id: strawberry.ID


def _title(root: strawberry.Parent[Record], language: AnyLanguage = Language.FR) -> LocalisedText:
    return in_language(root.document["title"], language)


def _titles(root: strawberry.Parent[Record]) -> list[LocalisedText]:
    return in_every_language(root.document["title"])


def _short(root: strawberry.Parent[Record], language: AnyLanguage = Language.FR) -> LocalisedText | None:
    texts = root.document.get("short_description")
    return in_language(texts, language) if texts else None


def _shorts(root: strawberry.Parent[Record]) -> list[LocalisedText]:
    return in_every_language(root.document.get("short_description"))


def _long(root: strawberry.Parent[Record], language: AnyLanguage = Language.FR) -> LocalisedText | None:
    texts = root.document.get("description")
    return in_language(texts, language) if texts else None


def _longs(root: strawberry.Parent[Record]) -> list[LocalisedText]:
    return in_every_language(root.document.get("description"))


def _kinds(root: strawberry.Parent[Record]) -> list[ActivityKind]:
    return [kind for kind in ActivityKind if root.document["profiles"].get(kind) is not None]


IncludeExpired = Annotated[bool, strawberry.argument(description="Show also labels that have ended or were revoked.")]


def _labels(root: strawberry.Parent[Record], info: Info, include_expired: IncludeExpired = False) -> Any:  # noqa: FBT002
    grants, today = root.facts.labels, info.context.today
    return list(grants) if include_expired else [grant for grant in grants if label_is_valid(grant, today)]


def _restricted(root: strawberry.Parent[Record], info: Info) -> Any:
    # Who may read what is sought may read nothing else of it: each figure asks for its own right.
    require(info.context.caller, Action.READ_SEEKING)
    return root


@strawberry.type(description="An organisation of the ecosystem (Organisation), as it is shown to everybody.")
class Organisation(Node):
    """An organisation; its source is a Record."""

    slug: str = strawberry.field(description="Last part of its address. Older slugs redirect here.")
    former_slugs: list[str]
    merged_from: list[strawberry.ID] = strawberry.field(
        description="Organisations that were merged into this one: their ids lead here."
    )
    version: int = strawberry.field(
        resolver=lambda root: root.version, description="Rises by one with each change; send it back when changing."
    )
    changed_at: Position | None = strawberry.field(
        resolver=lambda root: root.position, description="Position of the last change, where this process knows it."
    )
    state: ProfileState = strawberry.field(graphql_type=enum(ProfileState))
    registered_on: Day
    last_validated_on: Day | None = strawberry.field(
        description="Last day on which the organisation or a moderator said that the profile is true."
    )
    title: LocalisedText = strawberry.field(resolver=_title)
    titles: list[LocalisedText] = strawberry.field(resolver=_titles, description="The title in each of its languages.")
    short_description: LocalisedText | None = strawberry.field(resolver=_short)
    short_descriptions: list[LocalisedText] = strawberry.field(resolver=_shorts)
    description: LocalisedText | None = strawberry.field(resolver=_long)
    descriptions: list[LocalisedText] = strawberry.field(resolver=_longs)
    kinds: list[ActivityKind] = strawberry.field(resolver=_kinds, description="The kinds that it has a profile of.")
    profiles: Any = strawberry.field(graphql_type=mirror(Profiles))
    enterprise_numbers: list[EnterpriseNumber]
    official: Any = strawberry.field(graphql_type=mirror(OfficialData) | None)
    nace: Any = strawberry.field(graphql_type=list[NaceActivityType])
    size_class: SizeClass | None = strawberry.field(graphql_type=enum(SizeClass) | None)
    establishments: Any = strawberry.field(graphql_type=list[EstablishmentType])
    categories: Any = strawberry.field(graphql_type=list[mirror(Category)])  # type: ignore[misc]
    websites: list[str]
    social: list[str]
    logo: str | None
    email: str | None = strawberry.field(description="Address of a role, never of a person.")
    phone: str | None = strawberry.field(description="E.164.")
    life_cycle_stage: LifeCycleStage | None = strawberry.field(graphql_type=enum(LifeCycleStage) | None)
    axes: list[str] = strawberry.field(description="Axes of the strategy's grid: `1.2.3`.")
    fronts: list[str] = strawberry.field(description="The client sites on which it shows.")
    labels: Any = strawberry.field(resolver=_labels, graphql_type=list[LabelGrantType])
    relations: Any = strawberry.field(graphql_type=list[Annotated["RelationType", strawberry.lazy(__name__)]])  # type: ignore[valid-type]
    export: Any = strawberry.field(graphql_type=mirror(ExportProfile) | None)
    provenance: Any = strawberry.field(graphql_type=list[mirror(Provenance)])  # type: ignore[misc]
    restricted: Any = strawberry.field(
        resolver=_restricted,
        graphql_type=RestrictedPartType | None,
        description="Figures for AWEX and the agency; fronts read what is sought. Others get null and an error.",
    )

    @classmethod
    def is_type_of(cls, source: object, _info: object) -> bool:
        """Whether the source of a Node is an organisation."""
        return isinstance(source, Record)


RelationType = mirror(
    Relation,
    organisation=strawberry.field(
        resolver=related,
        graphql_type=Organisation | None,
        description="The organisation at the other end, or the one it was merged into; null while it is not public.",
    ),
)
