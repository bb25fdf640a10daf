"""The data of an event about an organisation: what `Entry.data` gives, as models that make its schema."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from services.events.contracts.organisation import OrganisationId, PublicOrganisation, RestrictedPart
from services.events.contracts.values import Model
from services.events.contracts.vocabulary import Actor, Origin, Visibility

PositiveInteger = Annotated[int, Field(strict=True, ge=1)]


class SubjectData(Model):
    """What the event is about."""

    kind: Annotated[str, Field(pattern=r"^[a-z_]+$", examples=["organisation"])]
    id: OrganisationId


class ChangeData(Model):
    """One changed value. A side on which the path did not exist is absent."""

    path: Annotated[str, Field(pattern=r"^(/[^/]*)*$", examples=["/profiles/coworking/desks"])]
    """JSON pointer into the document; empty when the whole document went."""
    before: JsonValue = None
    after: JsonValue = None


class EntryData(Model):
    """An accepted change of an organisation, in the public view."""

    generation: PositiveInteger
    """History of the log; it rises when the registry is restored to an earlier state."""
    position: PositiveInteger
    """Position in that history, without gap over all events."""
    subject: SubjectData
    version: PositiveInteger
    """The organisation's version after the change: 1, 2, 3 ... without gap."""
    origin: Origin
    actor: Actor
    visibility: Visibility
    document: PublicOrganisation | None
    """The public document after the change; null when the organisation is not shown."""
    changes: list[ChangeData]
    """What changed in the public document."""
    redirect: OrganisationId | None = None
    """The organisation that stands for this one now."""


class RegistrySubjectData(Model):
    """The registry itself."""

    kind: Literal["registry"]
    id: Literal["registry"]


class RegistryEntryData(Model):
    """An entry about the registry itself: it changes no document, in any view."""

    generation: PositiveInteger
    """History of the log; it rises when the registry is restored to an earlier state."""
    position: PositiveInteger
    """Position in that history. Of `history-forked`: the first one that the former history does not share."""
    subject: RegistrySubjectData
    version: PositiveInteger
    """How many entries there are about the registry: 1, 2, 3 ... without gap."""
    origin: Origin
    actor: Actor
    visibility: Literal["hidden"]
    """Always `hidden`."""
    document: None
    """Always null."""
    changes: Annotated[list[ChangeData], Field(max_length=0)]
    """Always empty."""


class InternalEntryData(EntryData):
    """The same in the internal view."""

    restricted: RestrictedPart | None
    """The restricted part after the change."""
    restricted_changes: list[ChangeData]
