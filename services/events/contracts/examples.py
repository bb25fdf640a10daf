"""One example of each type of event, as the log would write it."""

from services.events.contracts.catalogue import EVENT_TYPES, ORGANISATION, REGISTRY, Event
from services.events.contracts.changes import changes_between
from services.events.contracts.entries import Entry, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import Actor, Origin, Visibility

_ID = "org-4qm7c2xw5tkz6dya"
_OTHER = "org-zu3n7fb2ljh5ev6k"
_GRANT = {
    "id": "grant-h6v3p7ykq2dwm5xa",
    "label": "epn-de-wallonie",
    "issuer": "Agence du Numérique",
    "criteria_version": "2025",
    "valid_from": "2026-03-01",
    "valid_until": "2029-02-28",
}
_DOCUMENT: Json = {
    "title": {"fr": "Espace Exemple", "en": "Example Space"},
    "short_description": {"fr": "Un espace de coworking au centre de Namur."},
    "profiles": {"coworking": {"desks": 24, "meeting_rooms": 2}},
    "establishments": [
        {
            "seat": True,
            "address": {
                "postal_code": "5000",
                "locality": "Namur",
                "nis_code": "92094",
                "point": {"longitude": 4.8675, "latitude": 50.4669},
            },
        }
    ],
    "categories": [{"scheme": "markets", "code": "services"}],
    "websites": ["https://espace.example/"],
    "id": _ID,
    "slug": "espace-exemple",
    "state": "published",
    "registered_on": "2026-01-05",
    "last_validated_on": "2026-01-05",
}


def _with(**fields: object) -> Json:
    return {**_DOCUMENT, **fields}


_SIDES: dict[Event, tuple[Json | None, Json | None]] = {
    Event.REGISTERED: (None, None),
    Event.CHANGED: (_DOCUMENT, _with(profiles={"coworking": {"desks": 30, "meeting_rooms": 2}})),
    Event.SUBMITTED: (None, None),
    Event.PUBLISHED: (None, _DOCUMENT),
    Event.REJECTED: (None, None),
    Event.INFORMATION_REQUESTED: (_DOCUMENT, _with(state="needs_information")),
    Event.CONFIRMED: (_DOCUMENT, _with(last_validated_on="2026-11-24")),
    Event.WENT_STALE: (_DOCUMENT, _with(state="stale")),
    Event.ARCHIVED: (_DOCUMENT, None),
    Event.MERGED: (_DOCUMENT, None),
    Event.ABSORBED: (_DOCUMENT, _with(merged_from=[_OTHER])),
    Event.LABEL_GRANTED: (_DOCUMENT, _with(labels=[_GRANT])),
    Event.HISTORY_FORKED: (None, None),
    Event.HEARTBEAT: (None, None),
    Event.LABEL_REVOKED: (_with(labels=[_GRANT]), _with(labels=[{**_GRANT, "revoked_on": "2026-11-24"}])),
}
_BY_ORGANISATIONS = {Event.REGISTERED, Event.CHANGED, Event.SUBMITTED, Event.CONFIRMED}


def example(event: Event) -> Entry:
    """An entry of that type."""
    about_registry = EVENT_TYPES[event].subject_kind == REGISTRY
    before, after = _SIDES[event]
    number = list(Event).index(event) + 57
    return Entry(
        position=Position(1, number),
        event_id=f"2f1c9b1e-6a0d-4a53-9c0b-0000000000{number}",
        event=event,
        published_ms=1_795_500_000_000 + number,
        subject=Subject(REGISTRY, REGISTRY) if about_registry else Subject(ORGANISATION, _ID),
        version=number - 55,
        origin=_origin(event),
        actor=_actor(event),
        correlation_id=None,
        visibility=_visibility(before, after),
        document=after,
        changes=changes_between(before, after),
        restricted=None,
        restricted_changes=(),
        redirect=_OTHER if event is Event.MERGED else None,
    )


def _origin(event: Event) -> Origin:
    if EVENT_TYPES[event].subject_kind == REGISTRY:
        return Origin.INFERRED
    return Origin.ORGANISATION if event in _BY_ORGANISATIONS else Origin.MODERATOR


def _actor(event: Event) -> Actor:
    if EVENT_TYPES[event].subject_kind == REGISTRY:
        return Actor.OPERATOR if event is Event.HISTORY_FORKED else Actor.SYSTEM
    return Actor.ORGANISATION if event in _BY_ORGANISATIONS else Actor.MODERATOR


def _visibility(before: Json | None, after: Json | None) -> Visibility:
    if after is None:
        return Visibility.HIDDEN if before is None else Visibility.LEFT
    return Visibility.ENTERED if before is None else Visibility.STAYED
