"""Everything that can be asked of the registry about an organisation, as data. `handlers/` has a function for each.

HTTP, GraphQL mutations and imports all come in through these. Whether the caller may is asked before, of
`services.access`.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from services.access.roles import Relation
from services.events.contracts.organisation import Content
from services.events.contracts.vocabulary import ProfileState


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOrganisation:
    """Enter an organisation in the registry."""

    content: Content
    slug: str | None = None
    """None makes one from the title."""
    state: ProfileState = ProfileState.DRAFT
    """DRAFT; SUBMITTED or PUBLISHED, for which the profile must be complete; NEEDS_INFORMATION for what an import
    publishes although something is missing."""
    owner: str | None = None
    """Token subject of its first owner; None for imports: it has no member until somebody claims it."""
    id: str | None = None
    """None gives a new one; generators that must be repeatable bring their own."""
    validated_on: date | None = None
    """When somebody said that the profile is true; None means today for one that is submitted or published."""
    check_duplicates: bool = True
    """Refuse likely duplicates; an import that has compared already says no. Taken numbers are refused always."""
    confirmation_token: str | None = None
    """From the refusal of an earlier attempt with the same content: register although it looks like a duplicate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOrganisation:
    """Change the content, and the slug, by a JSON merge patch (RFC 7396)."""

    id: str
    patch: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitProfile:
    """Hand the profile to the agency's moderators."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishProfile:
    """Show the profile to everybody."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectProfile:
    """Refuse a submitted profile."""

    id: str
    reason: str
    """What the organisation is told; private."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestInformation:
    """Ask the organisation for more; the profile stays public."""

    id: str
    reason: str
    """What is asked of the organisation; private."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmProfile:
    """Say that the profile is true today."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkStale:
    """Say that nobody confirmed the profile for too long."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveOrganisation:
    """Take the organisation out of the registry's public view for good; its numbers become free."""

    id: str
    reason: str | None = None
    """Why; private."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOrganisations:
    """Say that `id` is the same organisation as `into`, which survives."""

    id: str
    into: str
    into_version: int | None = None
    """Version of the survivor that the decision was made on; none means whatever it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantLabel:
    """Grant a label from a day on."""

    id: str
    label: str
    issuer: str
    criteria_version: str
    valid_from: date
    valid_until: date | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeLabel:
    """Take a granted label back from today on."""

    id: str
    grant_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMember:
    """Give somebody a relation to the organisation."""

    id: str
    subject: str
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveMember:
    """End somebody's relation to the organisation."""

    id: str
    subject: str
