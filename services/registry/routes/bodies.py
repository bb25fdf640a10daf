"""Bodies of requests and answers, as OpenAPI tells of them."""

from typing import Annotated

from pydantic import Field, StringConstraints

from services.access.roles import Relation
from services.events.contracts.organisation import Content, Organisation, OrganisationId
from services.events.contracts.texts import Title
from services.events.contracts.values import Code, Day, Line, LongText, Model, Slug, WebUrl
from services.events.contracts.vocabulary import ActivityKind, ProfileState

Reason = Annotated[LongText, Field(max_length=2_000)]


class Registration(Content):
    """An organisation to register: all that it says about itself."""

    slug: Slug | None = None
    """Name in addresses; left out, it is made from the title."""


class Decision(Model):
    """A decision that the organisation is told the reason of. The reason is private: no event carries it."""

    reason: Reason


class Archiving(Model):
    """Why an organisation is archived; private."""

    reason: Reason | None = None


class Merging(Model):
    """Which organisation survives."""

    into: OrganisationId
    into_version: Annotated[int, Field(strict=True, ge=1)] | None = None
    """Version of the survivor that was looked at; a newer one is then refused with 412."""


class Grant(Model):
    """A label to grant."""

    label: Code
    issuer: Line
    criteria_version: Line
    valid_from: Day
    valid_until: Day | None = None
    """Last day on which it is valid; none means it does not expire."""
    evidence: WebUrl | None = None


class Membership(Model):
    """What a member is to the organisation."""

    relation: Relation


Subject = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")]
"""Subject of access tokens: who somebody is at the issuer."""


class At(Model):
    """Where the log stood."""

    generation: int
    position: int


class Note(Model):
    """What the agency wrote with a decision."""

    version: int
    move: str
    reason: str
    written_on: Day


class OrganisationAnswer(At):
    """One organisation, as much of it as the caller may read."""

    organisation: Organisation
    version: int
    notes: list[Note] | None = None
    """For those who may read the whole profile: what the agency wrote with its decisions."""


class Place(Model):
    """Where an organisation is found now."""

    id: OrganisationId
    slug: Slug


class MovedAnswer(At):
    """The organisation is found elsewhere now."""

    reason: str
    """`renamed`: its slug changed. `merged`: it proved to be this other one."""
    organisation: Place


class Summary(Place):
    """An organisation in a list."""

    state: ProfileState
    version: int
    title: Title
    kinds: list[ActivityKind]
    validated_on: Day


class OrganisationList(At):
    """A page of organisations, in the order of their ids."""

    organisations: list[Summary]
    next_after: OrganisationId | None
    """What to send as `after` for the next page; none on the last one."""


class MemberAnswer(Model):
    """Somebody who may act for the organisation."""

    subject: Subject
    relation: Relation


class MemberList(At):
    """Everybody who may act for the organisation."""

    members: list[MemberAnswer]
    version: int


class Term(Model):
    """A word of a list, with what users see."""

    code: str
    label_fr: str | None = None


class Vocabularies(At):
    """The closed word lists of the document."""

    vocabularies: dict[str, list[Term]]
