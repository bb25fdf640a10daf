"""The strategy paper's figures about the digital sector, recomputed from whole documents.

The paper does not say which thresholds make a company large; here they are those of EU recommendation 2003/361/EC,
by headcount, and can be set. Its ceilings of turnover and balance sheet are left out: the balance sheet is not known,
and turnover alone does not decide. `very_large` is the paper's own class; our threshold for it is 1,000 people.

The paper says of its 48 large companies that they are "moins de 1 %" of 3,509. They are 1.37 %, and `large_percent`
says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import mean, median
from typing import Any

from services.events.contracts.entries import Json
from services.events.contracts.vocabulary import ProfileState, SizeClass

_PUBLIC = frozenset(state.value for state in ProfileState if state.is_public)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least headcount of each class."""

    small: int = 10
    medium: int = 50
    large: int = 250
    very_large: int = 1_000

    def class_of(self, headcount: int) -> SizeClass:
        """Size class of an organisation in which so many people work."""
        reached = [name for name in ("small", "medium", "large", "very_large") if headcount >= getattr(self, name)]
        return SizeClass(reached[-1] if reached else "micro")


EU_2003_361 = Thresholds()


@dataclass(slots=True)
class _Company:
    """What the figures need of a company."""

    size_class: str | None
    headcount: int
    value_added_eur: float
    exports: str
    share_percent: float | None

    @property
    def is_large(self) -> bool:
        """Whether it is large in the sense of the recommendation, which has no class above."""
        return self.size_class in {SizeClass.LARGE, SizeClass.VERY_LARGE}


def statistics(documents: Iterable[Json], thresholds: Thresholds = EU_2003_361) -> dict[str, Any]:
    """The figures over the companies of the digital sector that are shown, from whole documents.

    Shares are in percent, not rounded; None where nothing is known to compute them from. Mean and median export share
    are taken among exporters whose share is known; large companies' shares of employment and value added include those
    of the very large ones.
    """
    companies = [_read(document, thresholds) for document in documents if _is_counted(document)]
    large = [company for company in companies if company.is_large]
    exporters = [company for company in companies if company.exports == "yes"]
    shares = [company.share_percent for company in exporters if company.share_percent is not None]
    return {
        "companies": len(companies),
        "large": _count(companies, SizeClass.LARGE),
        "very_large": _count(companies, SizeClass.VERY_LARGE),
        "large_percent": _percent(_count(companies, SizeClass.LARGE), len(companies)),
        "exporters": len(exporters),
        "exporters_percent": _percent(len(exporters), len(companies)),
        "exports_unknown": sum(company.exports == "unknown" for company in companies),
        "export_share_mean_percent": mean(shares) if shares else None,
        "export_share_median_percent": median(shares) if shares else None,
        "large_share_of_employment_percent": _percent(_people(large), _people(companies)),
        "large_share_of_value_added_percent": _percent(_value_added(large), _value_added(companies)),
    }


def _is_counted(document: Json) -> bool:
    company = document["profiles"].get("company") or {}
    return document["state"] in _PUBLIC and company.get("digital_sector") is not None


def _read(document: Json, thresholds: Thresholds) -> _Company:
    restricted, export = document.get("restricted", {}), document.get("export") or {}
    headcount = document.get("private", {}).get("headcount")
    share = export.get("share") or restricted.get("export_share")
    return _Company(
        size_class=thresholds.class_of(headcount["count"]) if headcount else document.get("size_class"),
        headcount=headcount["count"] if headcount else 0,
        value_added_eur=(restricted.get("value_added") or {"eur": 0.0})["eur"],
        exports=export.get("exports", "unknown"),
        share_percent=share["percent"] if share else None,
    )


def _count(companies: Iterable[_Company], size_class: SizeClass) -> int:
    return sum(company.size_class == size_class for company in companies)


def _people(companies: Iterable[_Company]) -> int:
    return sum(company.headcount for company in companies)


def _value_added(companies: Iterable[_Company]) -> float:
    return sum(company.value_added_eur for company in companies)


def _percent(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole else None
