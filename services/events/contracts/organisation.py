"""The organisation document: one aggregate, in three parts by who may read it.

Organisation ── what everybody may read ──────────> PublicOrganisation (events, feed, snapshot, GraphQL)
    ├── restricted: AWEX, the agency, fronts ─────> internal view only (restricted topic, authorised feed)
    └── private: never leaves the registry
"""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from services.events.contracts.export import ExportProfile, ExportShare, YearAmount
from services.events.contracts.places import Establishment
from services.events.contracts.profiles import Profiles
from services.events.contracts.texts import Description, ShortDescription, Title
from services.events.contracts.values import (
    Code,
    Count,
    Day,
    Email,
    Flag,
    Line,
    Model,
    Percent,
    Phone,
    Slug,
    Unique,
    WebUrl,
    Year,
)
from services.events.contracts.vocabulary import (
    ActivityKind,
    CategoryScheme,
    HeadcountUnit,
    Language,
    LifeCycleStage,
    NaceRole,
    NaceVersion,
    Origin,
    ProfileState,
    RelationKind,
    SizeClass,
)
from services.reference.identifiers import EnterpriseNumber

OrganisationId = Annotated[str, StringConstraints(pattern=r"^org-[a-z2-7]{16}$")]
"""Stable opaque id, unique over every kind of subject by its prefix: it is the Relay global id as well."""
AxisNumber = Annotated[str, StringConstraints(pattern=r"^[1-5]\.\d\.\d$")]
"""An axis of the strategy's grid, `1.2.3`: `services.reference.grid` has their titles."""


class NaceActivity(Model):
    """An economic activity: the code means nothing without its version."""

    version: NaceVersion
    code: Annotated[str, StringConstraints(pattern=r"^\d{2,7}$")]
    """Digits only, from the two of a division to the seven of a NACE-BEL sub-class."""
    role: NaceRole = NaceRole.MAIN
    source: Origin = Origin.ORGANISATION


class OfficialData(Model):
    """What the Crossroads Bank for Enterprises (KBO/BCE) says; organisations read it and cannot write it."""

    legal_form: Annotated[str, StringConstraints(pattern=r"^\d{3}$")] | None = None
    """KBO code of the juridical form; its label comes from KBO's code table."""
    legal_situation: Annotated[str, StringConstraints(pattern=r"^\d{3}$")] | None = None
    started_on: Day | None = None


class Category(Model):
    """A concept of the taxonomy."""

    scheme: CategoryScheme
    code: Code


class Relation(Model):
    """A link: the organisation that carries it has the `target` as its founder, incubator, investor ..."""

    kind: RelationKind
    target: OrganisationId | None = None
    target_name: Line | None = None
    """Name of a partner that is not in the registry."""
    since: Year | None = None
    until: Year | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.target is None) == (self.target_name is None):
            raise ValueError("give either target (an organisation of the registry) or target_name")
        return self


class Provenance(Model):
    """Where the value at `path` comes from."""

    path: Annotated[str, StringConstraints(pattern=r"^(/[a-z0-9_]+)+$", max_length=200)]
    """JSON pointer into the public part."""
    origin: Origin
    on: Day
    evidence: WebUrl | None = None
    expires_on: Day | None = None


class LabelGrant(Model):
    """A label as it was granted (Octroi): it is valid between its dates, unless it was revoked."""

    id: Annotated[str, StringConstraints(pattern=r"^grant-[a-z2-7]{16}$")]
    label: Code
    issuer: Line
    criteria_version: Line
    valid_from: Day
    valid_until: Day | None = None
    """Last day on which it is valid; none means it does not expire."""
    evidence: WebUrl | None = None
    revoked_on: Day | None = None

    def is_valid(self, on: date) -> bool:
        """Whether the label may be shown on that day: never after its end date."""
        started = self.valid_from <= on
        ended = self.valid_until is not None and on > self.valid_until
        revoked = self.revoked_on is not None and on >= self.revoked_on
        return started and not ended and not revoked


class Seeking(Model):
    """Money that a start-up is looking for. The paper names EUR 1-5 M as the tranche that is hard to finance."""

    min_eur: Annotated[float, Field(strict=True, ge=0, le=1e13)] | None = None
    max_eur: Annotated[float, Field(strict=True, ge=0, le=1e13)] | None = None
    stage: LifeCycleStage | None = None


class RestrictedPart(Model):
    """Searchable and readable by AWEX, the agency and (what is sought) the fronts; nobody else."""

    turnover: YearAmount | None = None
    value_added: YearAmount | None = None
    export_turnover: YearAmount | None = None
    export_share: ExportShare | None = None
    """A share that is known and that the organisation has not published."""
    weak_export_pillars: Annotated[tuple[Annotated[int, Field(strict=True, ge=1, le=12)], ...], Unique] = ()
    """Numbers of the twelve export pillars on which the organisation is weak."""
    seeking: Seeking | None = None


class Contact(Model):
    """A person. Personal data: it stays in the registry."""

    name: Line
    role: Line | None = None
    email: Email
    phone: Phone | None = None
    language: Language = Language.FR


class Headcount(Model):
    """Exact number of people who work there; only its class is public."""

    count: Count
    unit: HeadcountUnit
    year: Year


class PrivatePart(Model):
    """What never leaves the registry: people, and figures that organisations entrust to the agency."""

    platform_contact: Contact | None = None
    """The one person whom the platform writes to; needed before a profile is submitted or published."""
    founders: Annotated[tuple[Line, ...], Field(max_length=30)] = ()
    natural_person: Flag = False
    """The organisation is a person (sole trader, business angel): its numbers and addresses are personal data."""
    display_consent: Flag = False
    """The natural person asked to be shown."""
    headcount: Headcount | None = None
    occupancy_percent: Percent | None = None
    """Occupancy of a coworking space."""


class PublicContent(Model):
    """What organisations write about themselves and everybody reads."""

    title: Title
    short_description: ShortDescription | None = None
    description: Description | None = None
    profiles: Profiles
    enterprise_numbers: Annotated[tuple[EnterpriseNumber, ...], Field(max_length=20), Unique] = ()
    official: OfficialData | None = None
    nace: Annotated[tuple[NaceActivity, ...], Field(max_length=200), Unique] = ()
    size_class: SizeClass | None = None
    establishments: Annotated[tuple[Establishment, ...], Field(max_length=500)] = ()
    categories: Annotated[tuple[Category, ...], Field(max_length=100), Unique] = ()
    websites: Annotated[tuple[WebUrl, ...], Field(max_length=20), Unique] = ()
    social: Annotated[tuple[WebUrl, ...], Field(max_length=20), Unique] = ()
    logo: WebUrl | None = None
    email: Email | None = None
    """Address of a role (info@, accueil@), never of a person."""
    phone: Phone | None = None
    life_cycle_stage: LifeCycleStage | None = None
    axes: Annotated[tuple[AxisNumber, ...], Field(max_length=23), Unique] = ()
    fronts: Annotated[tuple[Code, ...], Field(max_length=50), Unique] = ()
    """The client sites on which it shows."""
    relations: Annotated[tuple[Relation, ...], Field(max_length=500), Unique] = ()
    export: ExportProfile | None = None
    provenance: Annotated[tuple[Provenance, ...], Field(max_length=500)] = ()

    @property
    def kinds(self) -> tuple[ActivityKind, ...]:
        """The kinds of activity, in the order of `ActivityKind`."""
        return self.profiles.kinds


class Content(PublicContent):
    """All that an organisation writes: the body of registration, and what merge patches change."""

    restricted: RestrictedPart = RestrictedPart()
    private: PrivatePart = PrivatePart()


class Managed(Model):
    """What the registry itself keeps about an organisation; it changes by commands, not by patches."""

    id: OrganisationId
    slug: Slug
    former_slugs: Annotated[tuple[Slug, ...], Unique] = ()
    """Slugs that redirect here."""
    merged_from: Annotated[tuple[OrganisationId, ...], Unique] = ()
    """Organisations that were merged into this one: their ids redirect here."""
    state: ProfileState
    labels: tuple[LabelGrant, ...] = ()
    registered_on: Day
    last_validated_on: Day | None = None
    """Last day on which the organisation or a moderator said that the profile is true."""


class PublicOrganisation(PublicContent, Managed):
    """The organisation as events, feed, snapshots and GraphQL show it.

    An absent field is null, an empty list, or the default that its schema names.
    """


class Organisation(Content, Managed):
    """The whole aggregate, as the registry stores it."""

    merged_into: OrganisationId | None = None
    """Where the organisation went when its state is `merged`."""

    def public(self) -> PublicOrganisation | None:
        """What everybody may read, or none while the organisation is not shown at all."""
        hidden_person = self.private.natural_person and not self.private.display_consent
        if not self.state.is_public or (hidden_person and self.kinds == (ActivityKind.INVESTOR,)):
            return None
        shown = {name: getattr(self, name) for name in PublicOrganisation.model_fields}
        if hidden_person:
            shown |= {"enterprise_numbers": (), "email": None, "phone": None}
            shown["establishments"] = tuple(_without_personal_address(place) for place in self.establishments)
            shown["export"] = self.export and self.export.model_copy(update={"contact": None})
        return PublicOrganisation.model_construct(**shown)


def _without_personal_address(place: Establishment) -> Establishment:
    """The commune of a sole trader may be shown; number, street, point and telephone are the person's."""
    address = place.address.model_copy(update={"street": None, "house_number": None, "box": None, "point": None})
    return place.model_copy(update={"address": address, "number": None, "phone": None})


def as_document(model: Model) -> dict[str, Any]:
    """The JSON document of a model: fields at their default are left out, so that documents stay small.

    What a field is when it is absent stands in its schema, and a default never changes within a major version.
    """
    return model.model_dump(mode="json", exclude_defaults=True)
