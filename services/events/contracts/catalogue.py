"""The catalogue of events: every type with what it means. Schemas, AsyncAPI and the reference are made from it."""

from dataclasses import dataclass
from enum import StrEnum

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
    subject_kind: str = ORGANISATION
    major: int = 1

    @property
    def name(self) -> str:
        """The CloudEvents type: `be.digitalwallonia.registry.profile-changed.v1`."""
        return f"{TYPE_PREFIX}.{self.event}.v{self.major}"


EVENT_TYPES = {
    kind.event: kind
    for kind in (
        EventType(Event.REGISTERED, "An organisation was entered in the registry, as a draft or published at once."),
        EventType(Event.CHANGED, "Fields of the document changed; a new slug is a change of `/slug`."),
        EventType(Event.SUBMITTED, "A draft was handed to the agency's moderators."),
        EventType(Event.PUBLISHED, "A profile entered the public view, or came back to it complete."),
        EventType(Event.REJECTED, "The moderators refused a submitted profile."),
        EventType(Event.INFORMATION_REQUESTED, "The moderators asked for more; the profile stays public meanwhile."),
        EventType(Event.CONFIRMED, "The organisation or a moderator said that the profile is still true."),
        EventType(Event.WENT_STALE, "Nobody confirmed the profile for longer than the agency allows."),
        EventType(Event.ARCHIVED, "The organisation left the public view."),
        EventType(Event.MERGED, "The organisation proved to be another one, named in `redirect`, and left the view."),
        EventType(Event.ABSORBED, "Another organisation was merged into this one, which keeps its id and slugs."),
        EventType(Event.LABEL_GRANTED, "A label was granted to the organisation."),
        EventType(Event.LABEL_REVOKED, "A granted label was taken back before its end."),
        EventType(
            Event.HISTORY_FORKED,
            "The registry was restored to an earlier state: a new generation begins here. What the former one had at "
            "this position and after it is given up.",
            REGISTRY,
        ),
        EventType(Event.HEARTBEAT, "Nothing else was written for a while; the log lives.", REGISTRY),
    )
}
