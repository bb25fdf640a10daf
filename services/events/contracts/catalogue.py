"""The catalogue of events: every type with what it means. Schemas, AsyncAPI and the reference are made from it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.events.contracts.vocabulary import Actor, Visibility

TYPE_PREFIX = "be.digitalwallonia.registry"
SOURCE = "/registry"
ORGANISATION = "organisation"
"""The kind of subject that the registry has first."""
REGISTRY = "registry"
"""The registry itself as a subject, of which there is one: entries that tell of the log and change no document."""


class Event(StrEnum):
    """Events in the past tense: about organisations, and about the registry itself."""

    REGISTERED = "organisation-registered"
    CHANGED = "profile-changed"
    SUBMITTED = "profile-submitted"
    PUBLISHED = "profile-published"
    REJECTED = "profile-rejected"
    INFORMATION_REQUESTED = "information-requested"
    CONFIRMED = "profile-confirmed"
    WENT_STALE = "profile-went-stale"
    ARCHIVED = "organisation-archived"
    MERGED = "organisation-merged"
    ABSORBED = "organisation-absorbed"
    LABEL_GRANTED = "label-granted"
    LABEL_REVOKED = "label-revoked"
    HISTORY_FORKED = "history-forked"
    HEARTBEAT = "registry-heartbeat"


@dataclass(frozen=True, slots=True)
class EventType:
    """One type of event in one major version."""

    event: Event
    meaning: str
    by: tuple[Actor, ...]
    """Who makes such changes. Data of the demo are loaded by the operator, whatever they tell."""
    visibility: tuple[Visibility, ...]
    """What they can do to the subject's place in the public view."""
    changes: str
    """What is to be found in `changes` where the subject is shown before and after."""
    subject_kind: str = ORGANISATION
    major: int = 1
    until: date | None = None
    """Of an older major version: the last day on which it is sure to be told beside its successor."""

    @property
    def name(self) -> str:
        """The CloudEvents type: `be.digitalwallonia.registry.profile-changed.v1`."""
        return f"{TYPE_PREFIX}.{self.event}.v{self.major}"


_ORGANISATION, _MODERATOR, _OPERATOR, _SYSTEM = Actor.ORGANISATION, Actor.MODERATOR, Actor.OPERATOR, Actor.SYSTEM
_ENTERED, _STAYED, _LEFT, _HIDDEN = Visibility.ENTERED, Visibility.STAYED, Visibility.LEFT, Visibility.HIDDEN
_TYPES = (
    EventType(
        Event.REGISTERED,
        "An organisation was entered in the registry, as a draft or published at once.",
        (_ORGANISATION, _MODERATOR, _OPERATOR),
        (_HIDDEN, _ENTERED),
        "Nothing: there was no document before.",
    ),
    EventType(
        Event.CHANGED,
        "Fields of the document changed; a new slug is a change of `/slug`.",
        (_ORGANISATION, _MODERATOR, _OPERATOR),
        (_HIDDEN, _ENTERED, _STAYED, _LEFT),
        "The fields that got another value; none when only what is not public changed. A natural person who gives or "
        "withdraws the consent to be shown enters or leaves, or stays with less.",
    ),
    EventType(
        Event.SUBMITTED,
        "A draft was handed to the agency's moderators.",
        (_ORGANISATION, _MODERATOR),
        (_HIDDEN,),
        "Nothing: it is not public yet.",
    ),
    EventType(
        Event.PUBLISHED,
        "A profile entered the public view, or came back to it complete.",
        (_MODERATOR,),
        (_ENTERED, _STAYED, _HIDDEN),
        "`/state` and `/last_validated_on`, of one that was public and waited for information or confirmation.",
    ),
    EventType(
        Event.REJECTED,
        "The moderators refused a submitted profile.",
        (_MODERATOR,),
        (_HIDDEN,),
        "Nothing: it is not public.",
    ),
    EventType(
        Event.INFORMATION_REQUESTED,
        "The moderators asked for more; the profile stays public meanwhile.",
        (_MODERATOR,),
        (_STAYED, _HIDDEN),
        "`/state`.",
    ),
    EventType(
        Event.CONFIRMED,
        "The organisation or a moderator said that the profile is still true.",
        (_ORGANISATION, _MODERATOR),
        (_STAYED, _HIDDEN),
        "`/last_validated_on`, and `/state` of one that was stale.",
    ),
    EventType(
        Event.WENT_STALE,
        "Nobody confirmed the profile for longer than the agency allows.",
        (_SYSTEM,),
        (_STAYED, _HIDDEN),
        "`/state`.",
    ),
    EventType(
        Event.ARCHIVED,
        "The organisation left the public view.",
        (_ORGANISATION, _MODERATOR),
        (_LEFT, _HIDDEN),
        "One change with the path `` and the whole document as `before`.",
    ),
    EventType(
        Event.MERGED,
        "The organisation proved to be another one, named in `redirect`, and left the view.",
        (_MODERATOR,),
        (_LEFT, _HIDDEN),
        "One change with the path `` and the whole document as `before`.",
    ),
    EventType(
        Event.ABSORBED,
        "Another organisation was merged into this one, which keeps its id and slugs.",
        (_MODERATOR,),
        (_STAYED, _HIDDEN),
        "`/merged_from`, `/former_slugs`, `/enterprise_numbers`, `/establishments`, as far as something came to them. "
        "`causationid` is the id of the merge.",
    ),
    EventType(
        Event.LABEL_GRANTED,
        "A label was granted to the organisation.",
        (_MODERATOR,),
        (_STAYED, _HIDDEN),
        "`/labels`.",
    ),
    EventType(
        Event.LABEL_REVOKED,
        "A granted label was taken back before its end.",
        (_MODERATOR,),
        (_STAYED, _HIDDEN),
        "`/labels`.",
    ),
    EventType(
        Event.HISTORY_FORKED,
        "The registry was restored to an earlier state: a new generation begins here. What the former one had at "
        "this position and after it is given up.",
        (_OPERATOR,),
        (_HIDDEN,),
        "Nothing. `generation` is the new one, `position` the first that the former history does not share.",
        REGISTRY,
    ),
    EventType(
        Event.HEARTBEAT,
        "Nothing else was written for a while; the log lives.",
        (_SYSTEM,),
        (_HIDDEN,),
        "Nothing.",
        REGISTRY,
    ),
)
EVENT_TYPES = {kind.event: kind for kind in _TYPES}
"""Each type in its present major version; `services.events.contracts.majors` has the older ones that are still told."""
