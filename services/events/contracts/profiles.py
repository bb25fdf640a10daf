"""Activity profiles: what each kind of organisation says about itself.

Here only the shape is checked. What a profile must hold before it may be published (a coworking's desks, an EPN's
opening hours) is a rule of the registry: a draft may be incomplete.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.events.contracts.values import (
    Amount,
    AsciiDigits,
    Code,
    Count,
    Country,
    Day,
    Flag,
    Hours,
    Line,
    Model,
    OpeningHours,
    Percent,
    PositiveCount,
    ShortText,
    Unique,
    WebUrl,
)
from services.events.contracts.vocabulary import ActivityKind, LifeCycleStage

Codes = Annotated[tuple[Code, ...], Field(max_length=50), Unique]


class SectorPart(StrEnum):
    """Whether a company belongs wholly or partly to the digital sector."""

    WHOLE = "whole"
    PART = "part"


class ClientKind(StrEnum):
    """Whom a company sells to: administrations, businesses, consumers."""

    B2A = "b2a"
    B2B = "b2b"
    B2C = "b2c"


class CompanyProfile(Model):
    """A company (Entreprise)."""

    foreign_country: Country | None = None
    """Country of registration when it is not Belgium: the company then needs no enterprise number."""
    digital_sector: SectorPart | None = None
    clients: Annotated[tuple[ClientKind, ...], Unique] = ()
    online_sales_percent: Percent | None = None


class StartUpProfile(Model):
    """A start-up. What it seeks to raise is in the restricted part; founders who are people are in the private part."""

    founded_on: Day | None = None
    stage: LifeCycleStage | None = None
    raised_eur: Amount | None = None
    last_round_on: Day | None = None
    scale_up: Flag | None = None
    spin_off: Flag | None = None
    university_of_origin: Line | None = None


class CoworkingProfile(Model):
    """A coworking space (Espace de coworking). Its occupancy is in the private part."""

    desks: PositiveCount | None = None
    opening_hours: OpeningHours | None = None
    meeting_rooms: Count | None = None
    capacity: Count | None = None
    price_day_eur: Amount | None = None
    price_month_eur: Amount | None = None
    free_trial: Flag | None = None
    amenities: Codes = ()
    download_mbit_s: Amount | None = None
    upload_mbit_s: Amount | None = None
    accessible: Flag | None = None
    rural: Flag | None = None


class LabKind(StrEnum):
    """Size of a fab lab."""

    MINI = "mini"
    FULL = "full"
    MOBILE = "mobile"


class ActivityStatus(StrEnum):
    """Whether a fab lab works already, or still."""

    PLANNED = "planned"
    ACTIVE = "active"
    CLOSED = "closed"


class Capability(StrEnum):
    """What can be made in a fab lab."""

    THREE_D_PRINTING = "three_d_printing"
    CNC_MILLING = "cnc_milling"
    CIRCUIT_PRODUCTION = "circuit_production"
    LASER = "laser"
    PRECISION_MILLING = "precision_milling"
    VINYL_CUTTING = "vinyl_cutting"


class Machine(Model):
    """Machines of one model in a fab lab."""

    name: Line
    brand: Line | None = None
    count: PositiveCount = 1


class FabLabProfile(Model):
    """A fab lab."""

    lab_kind: LabKind | None = None
    activity_status: ActivityStatus | None = None
    capabilities: Annotated[tuple[Capability, ...], Unique] = ()
    machines: Annotated[tuple[Machine, ...], Field(max_length=200)] = ()
    opening_hours: OpeningHours | None = None
    fee_policy: ShortText | None = None
    charter_accepted: Flag | None = None


class EpnProfile(Model):
    """A public digital space (Espace Public Numérique)."""

    itinerant: Flag | None = None
    opening_hours: OpeningHours | None = None
    open_hours_per_week: Hours | None = None
    computers: Count | None = None
    free_access_hours_per_week: Hours | None = None
    """Hours of accompanied free access."""
    training_hours_per_week: Hours | None = None
    animators: Count | None = None
    qualified_animators: Count | None = None
    services: Codes = ()
    equipment: Codes = ()
    audiences: Codes = ()
    accessible: Flag | None = None
    price_policy: ShortText | None = None
    appointment_needed: Flag | None = None
    remote_assistance: Flag | None = None
    operating_systems: Codes = ()
    capacity: Count | None = None
    responsible_organisation: Line | None = None

    @model_validator(mode="after")
    def _parts_fit_the_whole(self) -> Self:
        if (self.qualified_animators or 0) > (self.animators if self.animators is not None else 10_000_000):
            raise ValueError("qualified_animators cannot be more than animators")
        return self


class InvestorProfile(Model):
    """An investor or business angel (Investisseur). That it is a natural person is said in the private part."""

    ticket_min_eur: Amount | None = None
    ticket_max_eur: Amount | None = None
    stages: Annotated[tuple[LifeCycleStage, ...], Unique] = ()
    sectors: Codes = ()
    instruments: Codes = ()

    @model_validator(mode="after")
    def _range_is_ordered(self) -> Self:
        low, high = self.ticket_min_eur, self.ticket_max_eur
        if low is not None and high is not None and low > high:
            raise ValueError("ticket_min_eur cannot be more than ticket_max_eur")
        return self


class IncubatorProfile(Model):
    """An incubator or accelerator (Incubateur / accélérateur)."""

    stages: Annotated[tuple[LifeCycleStage, ...], Unique] = ()
    duration_months: Count | None = None
    cohort_size: Count | None = None
    equity_percent: Percent | None = None


TechnologyReadiness = Annotated[int, Field(strict=True, ge=1, le=9)]


class ResearchCentreProfile(Model):
    """A research centre (Centre de recherche)."""

    host_institution: Line | None = None
    domains: Codes = ()
    researchers_fte: Amount | None = None
    trl_min: TechnologyReadiness | None = None
    trl_max: TechnologyReadiness | None = None

    @model_validator(mode="after")
    def _range_is_ordered(self) -> Self:
        if self.trl_min is not None and self.trl_max is not None and self.trl_min > self.trl_max:
            raise ValueError("trl_min cannot be more than trl_max")
        return self


class TrainingProviderProfile(Model):
    """A training provider (Acteur de formation)."""

    accreditations: Codes = ()
    audiences: Codes = ()
    places_per_year: Count | None = None


class GovernmentLevel(StrEnum):
    """Level of government of a public body."""

    FEDERAL = "federal"
    REGION = "region"
    COMMUNITY = "community"
    PROVINCE = "province"
    COMMUNE = "commune"
    INTERCOMMUNAL = "intercommunal"


class PublicBodyProfile(Model):
    """A public body (Service public)."""

    level: GovernmentLevel | None = None
    nis_code: Annotated[str, Field(pattern=r"^\d{5}$"), AsciiDigits] | None = None


class CreativeHubProfile(Model):
    """A creative hub (Hub créatif)."""

    field: Line | None = None
    members: Count | None = None
    website: WebUrl | None = None


class ClusterProfile(Model):
    """A cluster or competitiveness pole (Cluster / pôle)."""

    field: Line | None = None
    members: Count | None = None


class Profiles(Model):
    """The activity profiles of an organisation, one per kind; those present are its kinds."""

    company: CompanyProfile | None = None
    start_up: StartUpProfile | None = None
    coworking: CoworkingProfile | None = None
    fab_lab: FabLabProfile | None = None
    epn: EpnProfile | None = None
    investor: InvestorProfile | None = None
    incubator: IncubatorProfile | None = None
    research_centre: ResearchCentreProfile | None = None
    training_provider: TrainingProviderProfile | None = None
    public_body: PublicBodyProfile | None = None
    creative_hub: CreativeHubProfile | None = None
    cluster: ClusterProfile | None = None

    @model_validator(mode="after")
    def _one_at_least(self) -> Self:
        if not self.kinds:
            raise ValueError(f"give at least one activity profile of: {', '.join(ActivityKind)}")
        return self

    @property
    def kinds(self) -> tuple[ActivityKind, ...]:
        """The kinds of which there is a profile."""
        return tuple(kind for kind in ActivityKind if getattr(self, kind) is not None)
