"""One example of each type of event, as the log would write it."""

from services.events.contracts.catalogue import EVENT_TYPES, ORGANISATION, REGISTRY, Event
from services.events.contracts.changes import changes_between
from services.events.contracts.entries import Entry, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import Actor, Origin, Visibility

_ID = "org-4qm7c2xw5tkz6dya"
_OTHER = "org-zu3n7fb2ljh5ev6k"
_REQUEST = "9c1b7a52e0d84f6f9b3e2a6d1c5f8e70"
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


_MERGED = {**_DOCUMENT, "id": _OTHER, "slug": "espace-exemple-2"}
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
    Event.MERGED: (_MERGED, None),
    Event.ABSORBED: (_DOCUMENT, _with(merged_from=[_OTHER], former_slugs=["espace-exemple-2"])),
    Event.LABEL_GRANTED: (_DOCUMENT, _with(labels=[_GRANT])),
    Event.LABEL_REVOKED: (_with(labels=[_GRANT]), _with(labels=[{**_GRANT, "revoked_on": "2026-11-24"}])),
    Event.HISTORY_FORKED: (None, None),
    Event.HEARTBEAT: (None, None),
}
_SUBJECTS = {
    Event.MERGED: Subject(ORGANISATION, _OTHER),
    Event.HISTORY_FORKED: Subject(REGISTRY, REGISTRY),
    Event.HEARTBEAT: Subject(REGISTRY, REGISTRY),
}
_ORIGINS = {Actor.ORGANISATION: Origin.ORGANISATION, Actor.MODERATOR: Origin.MODERATOR}


def example(event: Event) -> Entry:
    """An entry of that type. The organisation that is merged and the one that absorbs it are those of one command."""
    before, after = _SIDES[event]
    number = _number(event)
    actor = EVENT_TYPES[event].by[0]
    return Entry(
        position=Position(1, number),
        event_id=_event_id(number),
        event=event,
        published_ms=1_795_500_000_000 + number,
        subject=_SUBJECTS.get(event, Subject(ORGANISATION, _ID)),
        version=number - 56,
        origin=_ORIGINS.get(actor, Origin.INFERRED),
        actor=actor,
        correlation_id=_REQUEST if actor in _ORIGINS else None,
        visibility=_visibility(before, after),
        document=after,
        changes=changes_between(before, after),
        restricted=None,
        restricted_changes=(),
        redirect=_ID if event is Event.MERGED else None,
        causation_id=_event_id(_number(Event.MERGED)) if event is Event.ABSORBED else None,
    )


def _number(event: Event) -> int:
    return list(Event).index(event) + 57


def _event_id(number: int) -> str:
    return f"2f1c9b1e-6a0d-4a53-9c0b-0000000000{number}"


def _visibility(before: Json | None, after: Json | None) -> Visibility:
    if after is None:
        return Visibility.HIDDEN if before is None else Visibility.LEFT
    return Visibility.ENTERED if before is None else Visibility.STAYED
