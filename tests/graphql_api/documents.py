"""Organisations made up for tests and benchmarks of the read side: compact documents, as the log carries them."""

import random
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from services.events.contracts.catalogue import ORGANISATION, Event
from services.events.contracts.changes import changes_between
from services.events.contracts.entries import Current, Entry, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import Actor, Origin, Visibility
from services.events.following.protocol import Snapshot

_LETTERS = string.ascii_lowercase + "234567"
_COMMUNES = (
    ("92094", "Namur", 50.467, 4.87),
    ("62063", "Liège", 50.633, 5.567),
    ("52011", "Charleroi", 50.411, 4.444),
    ("53053", "Mons", 50.454, 3.952),
    ("25112", "Wavre", 50.717, 4.612),
    ("81001", "Arlon", 49.683, 5.817),
    ("63079", "Verviers", 50.589, 5.862),
    ("54007", "Mouscron", 50.745, 3.206),
)
"""The last one by a code that was replaced in 2019: documents may hold such codes."""
_WORDS = (
    "Ardennes",
    "Béton",
    "Cité",
    "Digitale",
    "Écluse",
    "Forêt",
    "Grand",
    "Houille",
    "Intégrale",
    "L'Atelier",
    "Meuse",
    "Numérique",
    "Ourthe",
    "Pépinière",
    "Quai",
    "Robotique",
    "Sambre",
    "Terril",
    "Usine",
    "Verrerie",
    "Wallonne",
    "Éclair",
    "Données",
    "Logiciel",
    "Énergie",
    "Santé",
    "Réseau",
    "Pixel",
    "Nuage",
    "Octet",
)
_KINDS = ("company", "start_up", "coworking", "fab_lab", "epn", "investor", "public_body")
_WEIGHTS = (60, 15, 8, 3, 6, 4, 4)
_SIZES = ("micro", "small", "medium", "large", "very_large")
_STAGES = ("idea", "creation", "start_up", "growth", "scale_up", "mature", "transfer")
TECHNOLOGIES = ("ai", "iot", "cloud", "cybersecurity", "blockchain", "xr", "robotics", "data", "5g", "drones")
SECTORS = ("health", "energy", "logistics", "agriculture", "industry", "culture", "education", "tourism")
COUNTRIES = ("FR", "DE", "NL", "LU", "US", "CN", "JP", "CA")
FRONTS = ("awex", "coworking", "inclusion", "startups")
_LABELS = ("keep_it_secure", "epn_de_wallonie")
_AXES = ("1.1.1", "1.2.2", "3.1.1")
_START = date(2016, 1, 1)


def identifier(number: int) -> str:
    """The id of the `number`-th made-up organisation."""
    return "org-" + "".join(_LETTERS[number // 32**place % 32] for place in range(15, -1, -1))


def enterprise_number(number: int) -> str:
    """A valid enterprise number, another one for each `number`."""
    first = 4_000_000 + number * 7
    return f"{first:08d}{97 - first % 97:02d}"


def organisations(count: int, seed: int = 1) -> Iterator[Current]:
    """So many organisations, the same for the same seed."""
    for number in range(count):
        yield organisation(number, seed)


def organisation(number: int, seed: int = 1) -> Current:
    """One organisation with its version, public document and restricted part."""
    draw = random.Random(f"{seed}/{number}")  # noqa: S311 - made up, not secret
    document = _document(number, draw)
    subject = Subject(ORGANISATION, identifier(number))
    return Current(subject, draw.randint(1, 5), document, _restricted(document, draw), Position(1, number + 1))


def snapshot(count: int, seed: int = 1) -> Snapshot:
    """A snapshot of so many organisations, at position 1-`count`."""
    return Snapshot(Position(1, count), now_ms(), None, organisations(count, seed))


def now_ms() -> int:
    """The time, as entries carry it."""
    return int(datetime.now(UTC).timestamp() * 1000)


def entry(number: int, before: Current | None, after: Current | None, redirect: str | None = None) -> Entry:
    """The entry at position 1-`number` that makes the one state of an organisation into the other."""
    shown = after or before
    assert shown is not None
    visibility = Visibility.LEFT if after is None else Visibility.STAYED if before else Visibility.ENTERED
    old, new = before.document if before else None, after.document if after else None
    return Entry(
        position=Position(1, number),
        event_id=f"event-{number}",
        event=Event.CHANGED,
        published_ms=now_ms(),
        subject=shown.subject,
        version=shown.version + 1,
        origin=Origin.ORGANISATION,
        actor=Actor.ORGANISATION,
        correlation_id=None,
        visibility=visibility,
        document=new,
        changes=changes_between(old, new),
        restricted=after.restricted if after else None,
        restricted_changes=[],
        redirect=redirect,
    )


def _document(number: int, draw: random.Random) -> Json:
    kinds = set(draw.choices(_KINDS, _WEIGHTS, k=draw.choice((1, 1, 1, 2))))
    document: Json = {
        "title": _title(number, draw),
        "profiles": {kind: _profile(kind, draw) for kind in _KINDS if kind in kinds},
        "enterprise_numbers": [enterprise_number(number)],
        "nace": [{"version": draw.choice(("2008", "2025")), "code": draw.choice(("62100", "62010", "63110", "70220"))}],
        "establishments": [_establishment(draw) for _ in range(draw.choice((0, 1, 1, 1, 2)))],
        "categories": _categories(draw),
        "fronts": draw.sample(FRONTS, draw.randint(0, 2)),
        "axes": draw.sample(_AXES, draw.randint(0, 1)),
        "id": identifier(number),
        "slug": f"org-{number}",
        "state": "published",
        "registered_on": _day(draw),
    }
    document |= _sometimes(number, draw)
    return {name: value for name, value in document.items() if value != []}


def _title(number: int, draw: random.Random) -> Json:
    name = f"{draw.choice(_WORDS)} {draw.choice(_WORDS)} {number % 97}"
    title = {"fr": name}
    if draw.random() < 0.2:
        title["nl"] = f"{name} Wallonië"
    if draw.random() < 0.05:
        title = {"de": f"{name} Straße"}
    return title


def _profile(kind: str, draw: random.Random) -> Json:
    profiles: dict[str, Json] = {
        "company": {"digital_sector": draw.choice(("whole", "part")), "clients": ["b2b"]},
        "start_up": {"founded_on": _day(draw), "raised_eur": float(draw.randint(0, 50)) * 1e5},
        "coworking": {"desks": draw.randint(4, 80), "amenities": ["coffee", "printer"], "price_day_eur": 20.0},
        "fab_lab": {"lab_kind": "full", "capabilities": ["laser"], "machines": [{"name": "Découpeuse laser"}]},
        "epn": {"computers": draw.randint(2, 20), "opening_hours": "Mo-Fr 09:00-17:00"},
        "investor": {"ticket_min_eur": 1e5, "ticket_max_eur": 1e6, "stages": ["growth"]},
        "public_body": {"level": "commune"},
    }
    profile = profiles[kind]
    if kind == "start_up" and draw.random() < 0.5:
        profile["scale_up"] = draw.random() < 0.5
    return profile


def _establishment(draw: random.Random) -> Json:
    code, locality, latitude, longitude = draw.choice(_COMMUNES)
    address: Json = {"street": "Rue des Essais", "house_number": str(draw.randint(1, 99)), "locality": locality}
    if draw.random() < 0.95:
        address |= {"nis_code": code}
    else:
        address |= {"country": "FR", "locality": "Lille"}
    if draw.random() < 0.9:
        place = {
            "longitude": round(longitude + draw.gauss(0, 0.05), 6),
            "latitude": round(latitude + draw.gauss(0, 0.05), 6),
        }
        address["point"] = place
    return {"address": address, "seat": True} if draw.random() < 0.5 else {"address": address}


def _categories(draw: random.Random) -> list[Json]:
    technologies = draw.sample(TECHNOLOGIES, draw.randint(0, 3))
    sectors = draw.sample(SECTORS, draw.randint(0, 2))
    return [{"scheme": "technologies", "code": code} for code in technologies] + [
        {"scheme": "markets", "code": code} for code in sectors
    ]


def _sometimes(number: int, draw: random.Random) -> Json:
    found: Json = {}
    if draw.random() < 0.7:
        found["short_description"] = {"fr": "Une organisation imaginaire du numérique wallon."}
    if number % 5 == 0:
        found["description"] = {"nl": "Een verzonnen organisatie."}
    if draw.random() < 0.8:
        found["size_class"] = draw.choices(_SIZES, (60, 25, 10, 4, 1))[0]
    if draw.random() < 0.3:
        found["life_cycle_stage"] = draw.choice(_STAGES)
    if draw.random() < 0.6:
        found["last_validated_on"] = _day(draw)
    if draw.random() < 0.2:
        found["labels"] = [_label(number, draw)]
    if draw.random() < 0.2:
        found["relations"] = [{"kind": "partner", "target": identifier(draw.randint(0, max(1, number)))}]
    if draw.random() < 0.5:
        found["export"] = _export(draw)
    if draw.random() < 0.4:
        found["websites"] = [f"https://organisation-{number}.example.com/"]
    return found


def _label(number: int, draw: random.Random) -> Json:
    begins = _START + timedelta(days=draw.randint(0, 4_000))
    grant: Json = {
        "id": "grant-" + identifier(number)[4:],
        "label": draw.choice(_LABELS),
        "issuer": "Agence du Numérique",
        "criteria_version": "2024",
        "valid_from": begins.isoformat(),
    }
    if draw.random() < 0.7:
        grant["valid_until"] = (begins + timedelta(days=3 * 365)).isoformat()
    if draw.random() < 0.1:
        grant["revoked_on"] = (begins + timedelta(days=100)).isoformat()
    return grant


def _export(draw: random.Random) -> Json:
    exports = draw.choices(("yes", "no", "unknown"), (6, 3, 1))[0]
    profile: Json = {} if exports == "unknown" else {"exports": exports}
    if exports == "yes":
        profile["markets"] = [
            {"country": country, "status": draw.choice(("active", "targeted"))}
            for country in draw.sample(COUNTRIES, draw.randint(0, 3))
        ]
        profile["working_languages"] = draw.sample(("fr", "nl", "en", "de"), draw.randint(1, 3))
        if draw.random() < 0.6:
            profile["share"] = {"percent": float(draw.randint(1, 100)), "year": 2025, "source": "declared"}
    return profile


def _restricted(document: Json, draw: random.Random) -> Json | None:
    restricted: Json = {}
    if draw.random() < 0.4:
        restricted["turnover"] = {"eur": float(draw.randint(1, 400)) * 5e4, "year": 2025}
    if draw.random() < 0.3 and document.get("export", {}).get("exports") == "yes":
        restricted["export_share"] = {"percent": float(draw.randint(1, 100)), "year": 2025, "source": "awex"}
    if "start_up" in document["profiles"] and draw.random() < 0.5:
        restricted["seeking"] = {"min_eur": 1e6, "max_eur": 5e6, "stage": "growth"}
    return restricted or None


def _day(draw: random.Random) -> str:
    return (_START + timedelta(days=draw.randint(0, 3_900))).isoformat()
