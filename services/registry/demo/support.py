"""Those who help others: investors, incubators, research, training, public bodies, clusters."""

from dataclasses import dataclass
from typing import Any

from services.reference.communes import Commune
from services.registry.demo import names, places, texts
from services.registry.demo.draw import between, chance, pick, some
from services.registry.demo.scene import Document, Scene

_DOMAINS = (
    "artificial_intelligence",
    "cybersecurity",
    "networks",
    "embedded_systems",
    "big_data",
    "robotics",
    "geomatics",
)
_STAGES = ("idea", "creation", "start_up", "growth", "scale_up")
_SECTORS = ("software", "hardware", "health", "energy", "industry", "content")


@dataclass(frozen=True, slots=True)
class _Form:
    """How the organisations of a kind call and describe themselves, and under which category and axis they stand."""

    title: texts.Texts
    short: texts.Texts
    category: tuple[str, str]
    axis: str


_FUND = _Form(
    {"fr": "{root} Capital", "de": "{root} Kapital"},
    {
        "fr": "Fonds qui investit dans les entreprises numériques wallonnes, établi à {place}.",
        "nl": "Fonds dat in Waalse digitale bedrijven investeert, gevestigd in {place}.",
        "de": "Fonds mit Sitz in {place}, der in wallonische Digitalunternehmen investiert.",
        "en": "Fund that invests in Walloon digital companies, based in {place}.",
    },
    ("markets", "finance"),
    "1.1.2",
)
_ANGEL = _Form(
    {"fr": "{root} Angel"},
    {"fr": "Investit à titre personnel dans de jeunes entreprises numériques."},
    ("markets", "finance"),
    "1.1.2",
)
_INCUBATOR = _Form(
    {"fr": "Incubateur {root}", "de": "{root} Gründer", "en": "{root} Incubator"},
    {
        "fr": "Accompagne les porteurs de projets numériques à {place}.",
        "nl": "Begeleidt digitale projecten in {place}.",
        "de": "Begleitet digitale Gründungen in {place}.",
        "en": "Supports founders of digital projects in {place}.",
    },
    ("products", "services.coaching"),
    "1.1.3",
)
_RESEARCH = _Form(
    {"fr": "{root} Recherche", "de": "{root} Forschung", "en": "{root} Research"},
    {
        "fr": "Recherche appliquée en technologies numériques et transfert vers les entreprises.",
        "nl": "Toegepast onderzoek in digitale technologie en overdracht naar bedrijven.",
        "de": "Angewandte Forschung zu digitalen Technologien und Transfer in Unternehmen.",
        "en": "Applied research in digital technologies and transfer to companies.",
    },
    ("products", "services.research"),
    "1.1.4",
)
_TRAINING = _Form(
    {"fr": "{root} Formation", "de": "{root} Bildung", "en": "{root} Training"},
    {
        "fr": "Formations aux métiers et aux usages du numérique à {place}.",
        "nl": "Opleidingen voor digitale beroepen en vaardigheden in {place}.",
        "de": "Kurse für digitale Berufe und Kompetenzen in {place}.",
        "en": "Courses in digital professions and skills in {place}.",
    },
    ("products", "services.training"),
    "5.2.4",
)
_PUBLIC = _Form(
    {"fr": "E-guichet {root} – {place}", "de": "E-Schalter {root} – {place}"},
    {
        "fr": "Service public qui propose ses démarches en ligne aux habitants de {place}.",
        "nl": "Overheidsdienst met online diensten voor de inwoners van {place}.",
        "de": "Öffentlicher Dienst mit Onlineverfahren für die Einwohner von {place}.",
        "en": "Public service that offers its procedures online to the inhabitants of {place}.",
    },
    ("markets", "public_sector"),
    "3.1.3",
)
_CLUSTER = _Form(
    {"fr": "Cluster {root}", "en": "{root} Cluster"},
    {
        "fr": "Réseau d'entreprises et de centres de recherche actifs dans un même domaine.",
        "nl": "Netwerk van bedrijven en onderzoekscentra in hetzelfde domein.",
        "de": "Netzwerk von Unternehmen und Forschungszentren eines Fachgebiets.",
        "en": "Network of companies and research centres of one field.",
    },
    ("products", "services.networking"),
    "1.1.1",
)


def investor(scene: Scene) -> Document:
    """A fund; every twelfth runs an incubator too."""
    profiles: Document = {"investor": _ticket(scene, 50_000, 20)}
    if scene.place % 12 == 5:  # noqa: PLR2004 - some of them
        profiles["incubator"] = {"stages": ["idea", "creation"], "duration_months": 6}
    return _organisation(scene, _FUND, profiles)


def business_angel(scene: Scene) -> Document:
    """A natural person who invests: hidden, unless the person asked to be shown, as every tenth did."""
    document = _organisation(scene, _ANGEL, {"investor": _ticket(scene, 10_000, 10)})
    document["private"]["natural_person"] = True
    if scene.place % 10 == 9:  # noqa: PLR2004 - every tenth
        document["private"]["display_consent"] = True
    return document


def incubator(scene: Scene) -> Document:
    """An incubator or accelerator."""
    random = scene.random
    profile: Document = {
        "stages": some(random, _STAGES, 2),
        "duration_months": pick(random, (3, 6, 12, 18)),
        "cohort_size": between(random, 4, 20),
    }
    if chance(random, 0.4):
        profile["equity_percent"] = float(between(random, 2, 8))
    return _organisation(scene, _INCUBATOR, {"incubator": profile})


def research_centre(scene: Scene) -> Document:
    """A research centre; every sixth trains as well."""
    random, lowest = scene.random, between(scene.random, 1, 5)
    profile = {
        "host_institution": pick(random, ("Université", "Haute école", "Centre agréé")),
        "domains": some(random, _DOMAINS, 3),
        "researchers_fte": float(between(random, 4, 160)),
        "trl_min": lowest,
        "trl_max": lowest + between(random, 1, 4),
    }
    profiles: Document = {"research_centre": profile}
    if scene.place % 6 == 0:
        profiles["training_provider"] = _courses(scene)
    return _organisation(scene, _RESEARCH, profiles)


def training_provider(scene: Scene) -> Document:
    """A training provider."""
    return _organisation(scene, _TRAINING, {"training_provider": _courses(scene)})


def public_body(scene: Scene) -> Document:
    """A public body: one for each commune in turn, some of a province or of several communes."""
    communes = scene.territory.communes
    commune = communes[scene.place % len(communes)]
    level = "commune" if scene.place < len(communes) else pick(scene.random, ("intercommunal", "province", "region"))
    profile = {"level": level} | ({"nis_code": commune.nis_code} if level == "commune" else {})
    return _organisation(scene, _PUBLIC, {"public_body": profile}, commune)


def cluster(scene: Scene) -> Document:
    """A cluster or pole."""
    field = pick(
        scene.random, ("Technologies de l'information", "Image et son", "Santé numérique", "Industrie connectée")
    )
    return _organisation(scene, _CLUSTER, {"cluster": {"field": field, "members": between(scene.random, 20, 240)}})


def _ticket(scene: Scene, unit_eur: int, most: int) -> Document:
    least = between(scene.random, 1, most) * unit_eur
    return {
        "ticket_min_eur": float(least),
        "ticket_max_eur": float(least * between(scene.random, 2, 10)),
        "stages": some(scene.random, _STAGES, 3),
        "sectors": some(scene.random, _SECTORS, 2),
        "instruments": pick(scene.random, (["equity"], ["convertible_loan"], ["equity", "loan"])),
    }


def _courses(scene: Scene) -> Document:
    accredited = chance(scene.random, 0.5)
    return ({"accreditations": ["cheques_formation"]} if accredited else {}) | {
        "audiences": some(scene.random, ("workers", "job_seekers", "teachers", "young_people"), 2),
        "places_per_year": between(scene.random, 30, 1_500),
    }


def _organisation(scene: Scene, form: _Form, profiles: Document, commune: Commune | None = None) -> Document:
    commune = commune or scene.territory.draw(scene.random)
    spoken = texts.languages(commune, scene.random)
    words: dict[str, Any] = {"root": scene.root, "place": places.name(commune)}
    scheme, code = form.category
    return {
        "title": texts.named(form.title, spoken, **words),
        "short_description": texts.named(form.short, spoken, **words),
        "profiles": profiles,
        "enterprise_numbers": [names.enterprise_number(scene.number)],
        "establishments": [places.seat(scene.number, commune, scene.random)],
        "categories": [{"scheme": scheme, "code": code}],
        **scene.reach(commune),
        "axes": [form.axis],
        "fronts": ["digitalwallonia"],
        "private": {"platform_contact": scene.contact()},
    }
