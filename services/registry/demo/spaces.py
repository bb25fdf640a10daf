"""Places that people go to: coworking spaces, fab labs, public digital spaces (EPN), creative hubs."""

from services.reference.communes import Commune
from services.registry.demo import names, places, texts
from services.registry.demo.draw import between, chance, pick, some
from services.registry.demo.scene import Document, Scene

_COWORKING_HOURS = (
    "Mo-Fr 08:30-18:00; PH off",
    "Mo-Fr 08:00-19:00; Sa 09:00-13:00",
    "Mo-Th 09:00-17:30; Fr 09:00-16:00",
    "24/7",
)
_AMENITIES = ("kitchen", "printer", "parking", "bicycle_parking", "phone_booth", "terrace", "lockers", "shower")
_CAPABILITIES = ("three_d_printing", "laser", "vinyl_cutting", "cnc_milling", "circuit_production", "precision_milling")
_MACHINES = (
    "Imprimante 3D",
    "Découpeuse laser",
    "Découpeuse vinyle",
    "Fraiseuse numérique",
    "Graveuse",
    "Fraiseuse fine",
)
_EPN_WEEKS = (
    ("Mo-Fr 09:00-12:00,13:00-17:00", 35.0, 16.0, 10.0),
    ("Tu-Fr 09:30-12:30,13:30-16:30; Sa 10:00-12:00", 26.0, 12.0, 8.0),
    ("Mo,We,Fr 13:00-18:00; Tu 09:00-12:00", 18.0, 8.0, 6.0),
    ("We 13:30-17:30; Fr 09:00-12:00", 7.0, 4.0, 2.0),
)
"""Opening hours, hours a week, of which accompanied free access, of which training. The last is too little for the
label."""
_EPN_SERVICES = ("free_access", "training", "administrative_help", "online_safety", "repair", "printing")
_AUDIENCES = ("seniors", "job_seekers", "young_people", "everybody")
LABEL_EPN = "epn_de_wallonie"
_LABEL_EPN_COMPUTERS = 4


def coworking(scene: Scene) -> Document:
    """A coworking space; every ninth is a creative hub too."""
    (commune, spoken), random = scene.draw_place(), scene.random
    profiles: Document = {"coworking": _coworking_profile(scene, commune)}
    if scene.place % 9 == 0:
        profiles["creative_hub"] = {"field": "Industries culturelles et créatives", "members": between(random, 8, 90)}
    forms = {"fr": "{root} Coworking", "de": "{root} Coworking", "en": "{root} Coworking"}
    short = {
        "fr": "Espace de coworking à {place} : postes de travail, salles de réunion et animations.",
        "nl": "Coworkingruimte in {place}: werkplekken, vergaderzalen en activiteiten.",
        "de": "Coworking-Space in {place}: Arbeitsplätze, Besprechungsräume und Veranstaltungen.",
        "en": "Coworking space in {place}: desks, meeting rooms and events.",
    }
    document = _place(scene, commune, forms, short, spoken, profiles) | {
        "categories": [{"scheme": "products", "code": "spaces.coworking"}],
        **scene.reach(commune),
        "axes": ["4.2.1"],
        "fronts": ["digitalwallonia", "coworking"],
    }
    if relations := scene.link("partner", "incubators") if chance(random, 0.3) else []:
        document["relations"] = relations
    occupancy = round(35 + random.random() * 60, 1)
    return document | {"private": {"platform_contact": scene.contact(), "occupancy_percent": occupancy}}


def fab_lab(scene: Scene) -> Document:
    """A fab lab; every fifth is a coworking space too."""
    (commune, spoken), random = scene.draw_place(), scene.random
    profiles: Document = {"coworking": _coworking_profile(scene, commune)} if scene.place % 5 == 0 else {}
    profiles["fab_lab"] = _fab_lab_profile(scene)
    forms = {"fr": "Fab lab {root}", "de": "Fab Lab {root}", "en": "{root} Fab Lab"}
    short = {
        "fr": "Atelier de fabrication numérique ouvert à tous à {place}.",
        "nl": "Werkplaats voor digitale fabricage, open voor iedereen in {place}.",
        "de": "Offene Werkstatt für digitale Fertigung in {place}.",
        "en": "Digital fabrication workshop open to everybody in {place}.",
    }
    document = _place(scene, commune, forms, short, spoken, profiles) | {
        "categories": [
            {"scheme": "products", "code": "spaces.fab_lab"},
            {"scheme": "technologies", "code": "robotics"},
        ],
        **scene.reach(commune),
        "axes": ["4.2.1"],
        "fronts": ["digitalwallonia"],
    }
    if relations := scene.link("member_of", "clusters") if chance(random, 0.5) else []:
        document["relations"] = relations
    return document | {"private": {"platform_contact": scene.contact()}}


def epn(scene: Scene) -> Document:
    """A public digital space; about half fulfil the criteria of the label *EPN de Wallonie*."""
    commune, spoken = scene.draw_place()
    profile = _epn_profile(scene, commune)
    forms = {"fr": "EPN {root} – {place}", "de": "Digitalraum {root} – {place}"}
    short = {
        "fr": "Espace public numérique à {place} : accès libre accompagné et formations.",
        "nl": "Openbare digitale ruimte in {place}: begeleide toegang en opleidingen.",
        "de": "Öffentlicher Digitalraum in {place}: begleiteter freier Zugang und Kurse.",
        "en": "Public digital space in {place}: assisted free access and training.",
    }
    document = _place(scene, commune, forms, short, spoken, {"epn": profile}) | {
        "categories": [{"scheme": "products", "code": "spaces.epn"}],
        **scene.reach(commune),
        "axes": ["5.2.5"],
        "fronts": ["digitalwallonia", "inclusion"],
    }
    if relations := scene.link("partner", "public_bodies") if chance(scene.random, 0.6) else []:
        document["relations"] = relations
    return document | {"private": {"platform_contact": scene.contact()}}


def fulfils_epn_label(profile: Document) -> bool:
    """Whether the figures of an EPN's profile fulfil the label's criteria: computers, hours, training, animator."""
    return bool(
        profile.get("computers", 0) >= _LABEL_EPN_COMPUTERS
        and profile.get("open_hours_per_week", 0) >= 16  # noqa: PLR2004 - the label's own numbers
        and profile.get("training_hours_per_week", 0) >= 6  # noqa: PLR2004
        and profile.get("free_access_hours_per_week", 0) >= 6  # noqa: PLR2004
        and profile.get("qualified_animators", 0) >= 1
    )


def creative_hub(scene: Scene) -> Document:
    """A creative hub."""
    commune, spoken = scene.draw_place()
    profiles = {
        "creative_hub": {"field": "Industries culturelles et créatives", "members": between(scene.random, 15, 200)}
    }
    forms = {"fr": "Hub créatif {root}", "de": "{root} Kreativ", "en": "{root} Creative Hub"}
    short = {
        "fr": "Lieu de rencontre des industries créatives à {place}.",
        "nl": "Ontmoetingsplaats van de creatieve sector in {place}.",
        "de": "Treffpunkt der Kreativwirtschaft in {place}.",
        "en": "Meeting place of the creative industries in {place}.",
    }
    document = _place(scene, commune, forms, short, spoken, profiles) | {
        "categories": [{"scheme": "markets", "code": "culture"}],
        **scene.reach(commune),
        "axes": ["4.2.1"],
        "fronts": ["digitalwallonia"],
    }
    return document | {"private": {"platform_contact": scene.contact()}}


def _coworking_profile(scene: Scene, commune: Commune) -> Document:
    random = scene.random
    desks, price_day = between(random, 6, 70), float(between(random, 12, 30))
    profile: Document = {
        "desks": desks,
        "opening_hours": pick(random, _COWORKING_HOURS),
        "meeting_rooms": between(random, 0, 6),
        "capacity": desks + between(random, 0, 60),
        "price_day_eur": price_day,
        "price_month_eur": price_day * between(random, 8, 12),
        "free_trial": chance(random, 0.5),
        "amenities": some(random, _AMENITIES, 4),
    }
    if chance(random, 0.7):
        profile |= {"download_mbit_s": pick(random, (100.0, 300.0, 1000.0)), "upload_mbit_s": 100.0}
    return profile | {"accessible": chance(random, 0.7), "rural": places.is_rural(commune)}


def _fab_lab_profile(scene: Scene) -> Document:
    random = scene.random
    status = "active" if chance(random, 0.85) else pick(random, ("planned", "closed"))
    first = between(random, 0, len(_CAPABILITIES) - 2)
    chosen = range(first, min(first + between(random, 2, 5), len(_CAPABILITIES)))
    return {
        "lab_kind": pick(random, ("mini", "full", "full", "mobile")),
        "activity_status": status,
        "capabilities": [_CAPABILITIES[index] for index in chosen],
        "machines": [_machine(scene, _MACHINES[index]) for index in chosen],
        "opening_hours": pick(
            random, ("We 13:00-19:00; Sa 10:00-17:00", "Tu-Fr 10:00-18:00", "Mo-Fr 09:00-17:00; PH off")
        ),
        "fee_policy": "Carte de membre annuelle ; les matériaux sont facturés au prix coûtant.",
        "charter_accepted": chance(random, 0.9),
    }


def _machine(scene: Scene, name: str) -> Document:
    count = between(scene.random, 1, 4)
    return {"name": name, "count": count} if count > 1 else {"name": name}


def _epn_profile(scene: Scene, commune: Commune) -> Document:
    random = scene.random
    hours, open_hours, free_access, training = pick(random, _EPN_WEEKS)
    animators = between(random, 1, 4)
    return {
        "itinerant": chance(random, 0.08),
        "opening_hours": hours,
        "open_hours_per_week": open_hours,
        "computers": between(random, 3, 16),
        "free_access_hours_per_week": free_access,
        "training_hours_per_week": training,
        "animators": animators,
        "qualified_animators": between(random, 0 if animators == 1 else 1, animators),
        "services": some(random, _EPN_SERVICES, 4),
        "equipment": ["printer", "scanner"],
        "audiences": some(random, _AUDIENCES, 3),
        "accessible": chance(random, 0.8),
        "price_policy": pick(random, ("Gratuit", "Gratuit en accès libre ; formations à 2 EUR la séance")),
        "appointment_needed": chance(random, 0.3),
        "remote_assistance": chance(random, 0.4),
        "operating_systems": pick(random, (["windows"], ["linux"], ["linux", "windows"])),
        "capacity": between(random, 6, 24),
        "responsible_organisation": f"Bibliothèque communale, {commune.name_fr}",
    }


def _place(  # noqa: PLR0913, PLR0917 - what a place is made of
    scene: Scene, commune: Commune, forms: texts.Texts, short: texts.Texts, spoken: tuple[str, ...], profiles: Document
) -> Document:
    """Title, short text, profiles, number and address of a place."""
    words = {"root": scene.root, "place": places.name(commune)}
    return {
        "title": texts.named(forms, spoken, **words),
        "short_description": texts.named(short, spoken, **words),
        "profiles": profiles,
        "enterprise_numbers": [names.enterprise_number(scene.number)],
        "establishments": [places.seat(scene.number, commune, scene.random)],
    }
