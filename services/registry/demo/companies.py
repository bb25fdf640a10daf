"""Companies of the digital sector and start-ups."""

from services.reference.communes import Commune
from services.registry.demo import exports, names, places, texts
from services.registry.demo.distribution import Size, size_of
from services.registry.demo.draw import between, chance, pick, pick_early, some
from services.registry.demo.scene import Document, Scene
from services.registry.demo.words import BUSINESS_POSITIONS, FIELDS, MARKETS_SERVED, SCHOOLS, Field

_CLIENTS = (["b2b"], ["b2b"], ["b2b", "b2c"], ["b2a", "b2b"], ["b2c"])
_LEGAL_FORMS = ("610", "610", "610", "014", "612")
"""KBO codes of juridical forms."""
_AXES = ("1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.2.1", "2.1.1")
_STAGES_BY_AGE = ((2, "creation"), (5, "start_up"), (9, "growth"), (40, "mature"))
_MEDIUM = 50
"""People from whom on a company may work in more than one place, and is no start-up any more."""
_YOUNG_DAYS = 3_000
_START_UP_EVERY = 5
"""Every so many-th company is a start-up as well, if it is young and small; others train, or hold a coworking space."""
_TRAINING_EVERY = 58
_COWORKING_EVERY = 180


def company(scene: Scene) -> Document:
    """A company of the digital sector: one of the paper's 3,509."""
    (commune, spoken), random = scene.draw_place(), scene.random
    field, market, size = pick_early(random, FIELDS), pick(random, MARKETS_SERVED), size_of(scene.place)
    age_days = between(random, 700, 9_000)
    export, abroad = exports.of_company(scene, age_days, size.turnover_eur)
    profiles = {"company": _profile(scene)} | _further_profiles(scene, size, age_days)
    document = _described(scene, field, market, commune, spoken) | {
        "profiles": profiles,
        "enterprise_numbers": [names.enterprise_number(scene.number)],
        "official": _official(scene, age_days),
        "nace": [{"version": "2025", "code": field.nace, "source": "kbo"}],
        "size_class": size.size_class.value,
        "establishments": _establishments(scene, commune, size),
        "categories": _categories(scene, field, market),
    }
    document |= scene.reach(commune) | {
        "life_cycle_stage": _stage(age_days),
        **_strategy(scene),
        **_links(scene, profiles),
    }
    if export:
        document["export"] = export
    return document | {
        "restricted": _figures(size, scene.last_year) | abroad | _sought(scene, profiles),
        **_private(scene, size),
    }


def start_up(scene: Scene) -> Document:
    """A start-up that is not, or not yet, a company of the paper's count."""
    (commune, spoken), random = scene.draw_place(), scene.random
    field, market = pick(random, FIELDS), pick(random, MARKETS_SERVED)
    age_days = between(random, 60, 2_000)
    export = exports.of_start_up(scene, age_days)
    profiles = {"start_up": _start_up_profile(scene, age_days)}
    document = _described(scene, field, market, commune, spoken) | {"profiles": profiles}
    if chance(random, 0.8):
        document["enterprise_numbers"] = [names.enterprise_number(scene.number)]
    document |= {
        "establishments": [places.seat(scene.number, commune, random)],
        "categories": _categories(scene, field, market),
        **scene.reach(commune),
        "life_cycle_stage": pick(random, ("idea", "creation", "start_up", "start_up", "growth")),
        **_strategy(scene),
        **_links(scene, profiles),
    }
    if export:
        document["export"] = export
    sought = _sought(scene, profiles)
    return document | ({"restricted": sought} if sought else {}) | {"private": {"platform_contact": scene.contact()}}


def _profile(scene: Scene) -> Document:
    profile: Document = {
        "digital_sector": "part" if chance(scene.random, 0.2) else "whole",
        "clients": pick(scene.random, _CLIENTS),
    }
    if chance(scene.random, 0.3):
        profile["online_sales_percent"] = float(between(scene.random, 1, 100))
    return profile


def _further_profiles(scene: Scene, size: Size, age_days: int) -> Document:
    """The same organisation in other roles: kinds do not exclude one another."""
    if scene.place % _START_UP_EVERY == 0 and size.headcount < _MEDIUM and age_days < _YOUNG_DAYS:
        return {"start_up": _start_up_profile(scene, age_days)}
    if scene.place % _COWORKING_EVERY == 1:
        hours = "Mo-Fr 08:30-18:00; PH off"
        return {"coworking": {"desks": between(scene.random, 4, 30), "opening_hours": hours, "price_day_eur": 18.0}}
    if scene.place % _TRAINING_EVERY == 1:
        return {"training_provider": {"audiences": ["workers"], "places_per_year": between(scene.random, 20, 400)}}
    return {}


def _start_up_profile(scene: Scene, age_days: int) -> Document:
    random = scene.random
    profile: Document = {
        "founded_on": scene.days_ago(age_days),
        "stage": pick(random, ("idea", "creation", "start_up", "start_up", "growth")),
    }
    if chance(random, 0.45):
        profile["raised_eur"] = float(between(random, 2, 500) * 10_000)
        profile["last_round_on"] = scene.days_ago(age_days * random.random())
    profile |= {"scale_up": True} if chance(random, 0.08) else {}
    if chance(random, 0.15):
        profile |= {"spin_off": True, "university_of_origin": pick(random, SCHOOLS)}
    return profile


def _described(
    scene: Scene, field: Field, market: tuple[str, ...], commune: Commune, spoken: tuple[str, ...]
) -> Document:
    root = scene.root
    document: Document = {
        "title": texts.company_title(root, field, spoken),
        "short_description": texts.company_short(root, field, market, spoken),
    }
    if chance(scene.random, 0.4):
        document["description"] = texts.company_long(root, field, market, commune.name_fr)
    return document


def _official(scene: Scene, age_days: int) -> Document:
    form = pick(scene.random, _LEGAL_FORMS)
    return {"legal_form": form, "legal_situation": "000", "started_on": scene.days_ago(age_days)}


def _establishments(scene: Scene, commune: Commune, size: Size) -> list[Document]:
    seat = places.seat(scene.number, commune, scene.random)
    if size.headcount < _MEDIUM or chance(scene.random, 0.6):
        return [seat]
    return [seat, places.branch(scene.number, scene.territory.draw(scene.random), scene.random)]


def _categories(scene: Scene, field: Field, market: tuple[str, ...]) -> list[Document]:
    return [
        {"scheme": "products", "code": field.product},
        {"scheme": "markets", "code": market[0]},
        {"scheme": "technologies", "code": field.technology},
        {"scheme": "business_position", "code": pick(scene.random, BUSINESS_POSITIONS)},
    ]


def _stage(age_days: int) -> str:
    years = age_days / 365
    return next(stage for most, stage in _STAGES_BY_AGE if years < most)


def _strategy(scene: Scene) -> Document:
    fronts = ["digitalwallonia", "awex"] if chance(scene.random, 0.4) else ["digitalwallonia"]
    return {"axes": some(scene.random, _AXES, 2), "fronts": fronts}


def _links(scene: Scene, profiles: Document) -> Document:
    relations: list[Document] = []
    if "start_up" in profiles:
        since = scene.on.year
        relations += scene.link("incubator", "incubators", since) if chance(scene.random, 0.5) else []
        relations += scene.link("investor", "investors", since) if chance(scene.random, 0.35) else []
        relations += scene.link("spin_off_of", "research_centres") if profiles["start_up"].get("spin_off") else []
    if chance(scene.random, 0.12):
        relations += scene.link("member_of", "clusters")
    return {"relations": relations} if relations else {}


def _figures(size: Size, year: int) -> Document:
    return {
        "turnover": {"eur": size.turnover_eur, "year": year},
        "value_added": {"eur": size.value_added_eur, "year": year},
    }


def _sought(scene: Scene, profiles: Document) -> Document:
    if "start_up" not in profiles or chance(scene.random, 0.6):
        return {}
    least = float(between(scene.random, 1, 30) * 100_000)
    return {"seeking": {"min_eur": least, "max_eur": least * 2, "stage": "growth"}}


def _private(scene: Scene, size: Size) -> Document:
    headcount = {"count": size.headcount, "unit": "persons", "year": scene.last_year}
    return {"private": {"platform_contact": scene.contact(), "headcount": headcount}}
