"""Whether an organisation's public document meets the criteria: the plain meaning of each, one function a criterion.

The feed and saved searches ask it of single documents; faster ways (the read model's sets, the notifier's index) must
give the same answers and are compared with it in tests. Unknown is not zero and not no: a value that is absent is met
by no range and by no list of values, save where `unknown` itself is asked for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias

from services.events.contracts.criteria import AmountRange, Box, Criteria, ExportCriterion, Near, PercentRange, Polygon
from services.events.contracts.distance import kilometres
from services.events.contracts.entries import Json
from services.events.contracts.rings import contains
from services.events.contracts.vocabulary import Exports, MarketStatus
from services.reference.communes import follow
from services.reference.identifiers import EnterpriseNumber
from services.reference.provinces import Province


def matches(document: Json, restricted: Json | None, criteria: Criteria, today: date) -> bool:
    """Whether the compact public document meets every criterion.

    `restricted` is the restricted part where the caller may read it, else None: what stands only there is then
    unknown. Labels count when they are valid on `today`, and communes by the code that is valid on that day.
    """
    asked = _Asked(document, restricted or {}, today)
    wanted = ((name, getattr(criteria, name)) for name in criteria.model_fields_set)
    return all(_CHECKS[name](asked, value) for name, value in wanted if value is not None)


def label_is_valid(grant: Json, on: date) -> bool:
    """`LabelGrant.is_valid` on a grant's compact JSON."""
    day = on.isoformat()
    started = grant["valid_from"] <= day
    ended = "valid_until" in grant and day > grant["valid_until"]
    revoked = "revoked_on" in grant and day >= grant["revoked_on"]
    return started and not ended and not revoked


@lru_cache(maxsize=4_096)
def commune_now(nis_code: str, on: date) -> tuple[str, Province | None]:
    """The code that a commune's code has become by that day, and its province; none outside Wallonia."""
    try:
        found = follow(nis_code, on)
    except ValueError:
        return nis_code, None
    return found.nis_code, found.province


@dataclass(frozen=True, slots=True)
class _Asked:
    document: Json
    restricted: Json
    today: date

    def addresses(self) -> Iterator[Json]:
        for establishment in self.document.get("establishments", ()):
            yield establishment["address"]

    def communes(self) -> set[str]:
        return {code for code, _ in self._territory()}

    def provinces(self) -> set[Province | None]:
        return {province for _, province in self._territory()}

    def points(self) -> Iterator[tuple[float, float]]:
        for address in self.addresses():
            if point := address.get("point"):
                yield point["longitude"], point["latitude"]

    def start_up(self) -> Json:
        found: Json = self.document["profiles"].get("start_up", {})
        return found

    def _territory(self) -> Iterator[tuple[str, Province | None]]:
        for address in self.addresses():
            if "nis_code" in address and address.get("country", "BE") == "BE":
                yield commune_now(address["nis_code"], self.today)


_Check: TypeAlias = Callable[[_Asked, Any], bool]


def _listed(name: str) -> _Check:
    """Some value of the document's list is among those asked for."""
    return lambda asked, wanted: not set(wanted).isdisjoint(asked.document.get(name, ()))


def _single(name: str) -> _Check:
    """The document's value is among those asked for."""
    return lambda asked, wanted: asked.document.get(name) in wanted


def _communes(asked: _Asked, wanted: tuple[str, ...]) -> bool:
    return not asked.communes().isdisjoint(commune_now(code, asked.today)[0] for code in wanted)


def _provinces(asked: _Asked, wanted: tuple[Province, ...]) -> bool:
    return not asked.provinces().isdisjoint(wanted)


def _categories(asked: _Asked, wanted: tuple[tuple[Any, ...], ...]) -> bool:
    has = {(category["scheme"], category["code"]) for category in asked.document.get("categories", ())}
    return all(any((category.scheme, category.code) in has for category in group) for group in wanted)


def _nace(asked: _Asked, wanted: tuple[Any, ...]) -> bool:
    return any(
        activity["version"] == criterion.version and activity["code"].startswith(criterion.code)
        for activity in asked.document.get("nace", ())
        for criterion in wanted
    )


def _labels(asked: _Asked, wanted: tuple[str, ...]) -> bool:
    grants = asked.document.get("labels", ())
    return any(grant["label"] in wanted and label_is_valid(grant, asked.today) for grant in grants)


def _export(asked: _Asked, wanted: ExportCriterion) -> bool:
    given = ((name, getattr(wanted, name)) for name in wanted.model_fields_set)
    return all(_EXPORT_CHECKS[name](asked, value) for name, value in given if value is not None)


def _exports(asked: _Asked, wanted: tuple[Exports, ...]) -> bool:
    return _profile(asked).get("exports", Exports.UNKNOWN) in wanted


def _share_percent(asked: _Asked, wanted: PercentRange) -> bool:
    share = _profile(asked).get("share") or asked.restricted.get("export_share")
    return share is not None and _within(wanted, share["percent"])


def _turnover_eur(asked: _Asked, wanted: AmountRange) -> bool:
    turnover = asked.restricted.get("turnover")
    return turnover is not None and _within(wanted, turnover["eur"])


def _markets(status: MarketStatus) -> _Check:
    def check(asked: _Asked, wanted: tuple[str, ...]) -> bool:
        markets = _profile(asked).get("markets", ())
        return any(market["status"] == status and market["country"] in wanted for market in markets)

    return check


def _working_languages(asked: _Asked, wanted: tuple[str, ...]) -> bool:
    return not set(wanted).isdisjoint(_profile(asked).get("working_languages", ()))


def _profile(asked: _Asked) -> Json:
    found: Json = asked.document.get("export", {})
    return found


def _within(wanted: PercentRange | AmountRange, value: float) -> bool:
    return (wanted.min is None or value >= wanted.min) and (wanted.max is None or value <= wanted.max)


def _validated_since(asked: _Asked, wanted: date) -> bool:
    validated = asked.document.get("last_validated_on")
    return validated is not None and validated >= wanted.isoformat()


def _has_description_in(asked: _Asked, wanted: tuple[str, ...]) -> bool:
    described = (asked.document.get(name) or {} for name in ("short_description", "description"))
    return any(not set(wanted).isdisjoint(texts) for texts in described)


def _enterprise_numbers(asked: _Asked, wanted: tuple[EnterpriseNumber, ...]) -> bool:
    return not {number.digits for number in wanted}.isdisjoint(asked.document.get("enterprise_numbers", ()))


def _near(asked: _Asked, wanted: Near) -> bool:
    centre = wanted.point.longitude, wanted.point.latitude
    return any(kilometres(centre, point) <= wanted.radius_km for point in asked.points())


def _box(asked: _Asked, wanted: Box) -> bool:
    return any(
        wanted.west <= longitude <= wanted.east and wanted.south <= latitude <= wanted.north
        for longitude, latitude in asked.points()
    )


def _polygon(asked: _Asked, wanted: Polygon) -> bool:
    return any(contains(wanted.places, point) for point in asked.points())


def _none_of(asked: _Asked, wanted: tuple[Criteria, ...]) -> bool:
    return not any(matches(asked.document, asked.restricted, criteria, asked.today) for criteria in wanted)


_EXPORT_CHECKS: dict[str, _Check] = {
    "exports": _exports,
    "share_percent": _share_percent,
    "active_markets": _markets(MarketStatus.ACTIVE),
    "targeted_markets": _markets(MarketStatus.TARGETED),
    "working_languages": _working_languages,
    "turnover_eur": _turnover_eur,
}
_CHECKS: dict[str, _Check] = {
    "kinds": _listed("profiles"),
    "provinces": _provinces,
    "communes": _communes,
    "not_in_provinces": lambda asked, wanted: not _provinces(asked, wanted),
    "not_in_communes": lambda asked, wanted: not _communes(asked, wanted),
    "categories": _categories,
    "nace": _nace,
    "size_classes": _single("size_class"),
    "life_cycle_stages": _single("life_cycle_stage"),
    "labels": _labels,
    "axes": _listed("axes"),
    "fronts": _listed("fronts"),
    "export": _export,
    "validated_since": _validated_since,
    "has_text_in": _listed("title"),
    "has_description_in": _has_description_in,
    "enterprise_numbers": _enterprise_numbers,
    "near": _near,
    "box": _box,
    "polygon": _polygon,
    "scale_up": lambda asked, wanted: asked.start_up().get("scale_up") is wanted,
    "none_of": _none_of,
}
