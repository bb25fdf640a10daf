"""Export profiles of the demo. What is not known is said to be unknown: neither zero nor no."""

from typing import Any

from services.registry.demo.distribution import export_share_of
from services.registry.demo.draw import between, chance, pick, pick_early
from services.registry.demo.scene import Scene
from services.registry.demo.words import EXPORT_COUNTRIES, LANGUAGES_OF

_UNPUBLISHED_SHARE = 0.35
"""Share of the exporters that have told their figure and not published it."""
_SOURCES = ("declared", "declared", "accounts", "awex")
_MISSIONS = ("Mission économique Canada", "Mission numérique Amérique du Nord", "Mission Afrique de l'Ouest")
_CERTIFICATES = ("ISO 27001", "ISO 9001", "ISO 13485", "CE")
_PRODUCT_CODES = ("cpa.62.01", "cpa.62.02", "cpa.63.11", "hs.851762", "hs.847130")
_NUMBERS_OF_MARKETS = (1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6)
_OCCASIONAL_PERCENT = 5
"""Up to this share of turnover a company exports on occasion only, and in its own language."""
_ESTABLISHED_PERCENT = 20
"""From this share on it has missions, certificates and people abroad to tell of."""
_LONGEST_YEARS = 12

Profile = dict[str, Any]


def of_company(scene: Scene, age_days: int, turnover_eur: float) -> tuple[Profile, Profile]:
    """Export profile of the company at the scene's place, and what of it goes into the restricted part."""
    percent, year, random = export_share_of(scene.place), scene.last_year, scene.random
    if percent is None:
        return {}, {}
    if not percent:
        return _none(scene), {}
    share = {"percent": percent, "year": year, "source": pick(random, _SOURCES)}
    turnover = {"eur": round(turnover_eur * percent / 100, -1), "year": year}
    if chance(random, _UNPUBLISHED_SHARE):
        restricted = {"export_turnover": turnover, "export_share": share}
        return {"exports": "yes"} | _abroad(scene, percent, age_days), restricted
    return {"exports": "yes", "share": share} | _abroad(scene, percent, age_days), {"export_turnover": turnover}


def of_start_up(scene: Scene, age_days: int) -> Profile:
    """A start-up outside the paper's count: some sell abroad already, of most nobody knows."""
    if chance(scene.random, 0.7):
        return {}
    return {"exports": "yes"} | _abroad(scene, 10 + scene.random.random() * 60, age_days)


def _none(scene: Scene) -> Profile:
    if chance(scene.random, 0.85):
        return {"exports": "no"}
    wanted = pick_early(scene.random, EXPORT_COUNTRIES)
    return {"exports": "no", "markets": [{"country": wanted, "status": "targeted"}]}


def _abroad(scene: Scene, percent: float, age_days: int) -> Profile:
    random, years = scene.random, min(_LONGEST_YEARS, age_days // 366)
    drawn = (pick_early(random, EXPORT_COUNTRIES) for _ in range(pick(random, _NUMBERS_OF_MARKETS)))
    countries = list(dict.fromkeys(drawn))
    markets = [_market(scene, place, countries, years) for place in range(len(countries))]
    if chance(random, 0.3):
        wanted = next(country for country in reversed(EXPORT_COUNTRIES) if country not in countries)
        markets.append({"country": wanted, "status": "targeted"})
    if percent <= _OCCASIONAL_PERCENT:
        return {"markets": markets}
    experience = _experience(scene, countries[0], years) if percent >= _ESTABLISHED_PERCENT else {}
    product_codes = {"product_codes": experience.pop("product_codes")} if "product_codes" in experience else {}
    spoken = dict.fromkeys(["fr", *(LANGUAGES_OF[country] for country in countries)])
    return {"markets": markets, **product_codes, "working_languages": list(spoken), **experience}


def _market(scene: Scene, place: int, countries: list[str], years: int) -> Profile:
    market: Profile = {"country": countries[place], "status": "active"}
    if len(countries) > 1:
        weights = len(countries) * (len(countries) + 1) / 2
        market["share_percent"] = round(100 * (len(countries) - place) / weights, 1)
    return market | {"since": scene.on.year - between(scene.random, 0, years)}


def _experience(scene: Scene, country: str, years: int) -> Profile:
    random = scene.random
    profile: Profile = {"product_codes": [pick(random, _PRODUCT_CODES)]} if chance(random, 0.4) else {}
    if chance(random, 0.5):
        profile["missions"] = [{"name": pick(random, _MISSIONS), "year": scene.on.year - between(random, 0, years)}]
    if chance(random, 0.3):
        profile["local_presence"] = [{"country": country, "kind": pick(random, ("subsidiary", "distributor"))}]
    if chance(random, 0.25):
        profile["certificates"] = [pick(random, _CERTIFICATES)]
    return profile
