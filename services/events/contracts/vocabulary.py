"""The closed word lists of the contracts. French labels are what users see; code speaks English."""

from enum import StrEnum


class Language(StrEnum):
    """Languages of texts, BCP 47."""

    FR = "fr"
    NL = "nl"
    DE = "de"
    EN = "en"


class ActivityKind(StrEnum):
    """What an organisation does in the ecosystem. Kinds are not exclusive: each has its own activity profile."""

    COMPANY = "company"
    START_UP = "start_up"
    COWORKING = "coworking"
    FAB_LAB = "fab_lab"
    EPN = "epn"
    INVESTOR = "investor"
    INCUBATOR = "incubator"
    RESEARCH_CENTRE = "research_centre"
    TRAINING_PROVIDER = "training_provider"
    PUBLIC_BODY = "public_body"
    CREATIVE_HUB = "creative_hub"
    CLUSTER = "cluster"

    @property
    def label_fr(self) -> str:
        """The French label."""
        return _KIND_LABELS_FR[self]

    @property
    def is_place(self) -> bool:
        """Whether the profile is of a place that people go to, and so needs an address."""
        return self in _PLACES


_KIND_LABELS_FR = {
    ActivityKind.COMPANY: "Entreprise",
    ActivityKind.START_UP: "Start-up",
    ActivityKind.COWORKING: "Espace de coworking",
    ActivityKind.FAB_LAB: "Fab lab",
    ActivityKind.EPN: "Espace Public Numérique",
    ActivityKind.INVESTOR: "Investisseur / business angel",
    ActivityKind.INCUBATOR: "Incubateur / accélérateur",
    ActivityKind.RESEARCH_CENTRE: "Centre de recherche",
    ActivityKind.TRAINING_PROVIDER: "Acteur de formation",
    ActivityKind.PUBLIC_BODY: "Service public",
    ActivityKind.CREATIVE_HUB: "Hub créatif",
    ActivityKind.CLUSTER: "Cluster / pôle",
}
_PLACES = {ActivityKind.COWORKING, ActivityKind.FAB_LAB, ActivityKind.EPN}


class ProfileState(StrEnum):
    """Lifecycle of an organisation's profile; the legal transitions are the registry's."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    NEEDS_INFORMATION = "needs_information"
    STALE = "stale"
    REJECTED = "rejected"
    ARCHIVED = "archived"
    MERGED = "merged"

    @property
    def is_public(self) -> bool:
        """Whether a profile in this state is shown."""
        return self in {ProfileState.PUBLISHED, ProfileState.NEEDS_INFORMATION, ProfileState.STALE}


class SizeClass(StrEnum):
    """Size of an organisation, EU recommendation 2003/361/EC; `very_large` is the strategy paper's own."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    VERY_LARGE = "very_large"


class LifeCycleStage(StrEnum):
    """Where an organisation stands in its life."""

    IDEA = "idea"
    CREATION = "creation"
    START_UP = "start_up"
    GROWTH = "growth"
    SCALE_UP = "scale_up"
    MATURE = "mature"
    TRANSFER = "transfer"


class RelationKind(StrEnum):
    """What the organisation that carries the link is to the other one."""

    FOUNDER = "founder"
    INCUBATOR = "incubator"
    PARTNER = "partner"
    INVESTOR = "investor"
    SPIN_OFF_OF = "spin_off_of"
    MEMBER_OF = "member_of"
    OPERATES = "operates"


class CategoryScheme(StrEnum):
    """The category lists of the taxonomy."""

    PRODUCTS = "products"
    MARKETS = "markets"
    TECHNOLOGIES = "technologies"
    BUSINESS_POSITION = "business_position"


class NaceVersion(StrEnum):
    """Version of the activity code; a code without its version means nothing (section J of 2008 is J and K in 2025)."""

    V2003 = "2003"
    V2008 = "2008"
    V2025 = "2025"


class NaceRole(StrEnum):
    """Weight of an activity. Several main activities for one organisation are normal."""

    MAIN = "main"
    SECONDARY = "secondary"
    ANCILLARY = "ancillary"


class Origin(StrEnum):
    """Where a value or a change comes from: statistics tell an import wave from real movement by it."""

    ORGANISATION = "organisation"
    MODERATOR = "moderator"
    PARTNER_LIST = "partner_list"
    KBO = "kbo"
    AWEX = "awex"
    TAXONOMY = "taxonomy"
    INFERRED = "inferred"
    DEMO = "demo"


class Actor(StrEnum):
    """Who made a change, as much of it as outlets tell: a role, never a person."""

    ORGANISATION = "organisation"
    MODERATOR = "moderator"
    OPERATOR = "operator"
    SYSTEM = "system"


class ShareSource(StrEnum):
    """Where an export figure comes from."""

    DECLARED = "declared"
    ACCOUNTS = "accounts"
    AWEX = "awex"


class HeadcountUnit(StrEnum):
    """What a headcount counts."""

    PERSONS = "persons"
    FTE = "fte"


class Exports(StrEnum):
    """Whether an organisation exports. Unknown is not zero, and not no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class MarketStatus(StrEnum):
    """Whether an organisation sells on an export market or wants to."""

    ACTIVE = "active"
    TARGETED = "targeted"


class Visibility(StrEnum):
    """What a change did to the organisation's place in the public view."""

    ENTERED = "entered"
    STAYED = "stayed"
    LEFT = "left"
    HIDDEN = "hidden"
    """It was not in the public view before and is not after: a draft, say. Neither document nor changes are told."""


class View(StrEnum):
    """A reading of the log: the same positions, with more or less in each entry."""

    PUBLIC = "public"
    """What everybody may read and partners mirror."""
    INTERNAL = "internal"
    """With the restricted part: for the registry's own readers."""
