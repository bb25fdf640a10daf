"""The strategy paper's figures, spread over the companies of the demo.

Every block of 3,509 companies holds each rank from 0 to 3,508 once, and what a rank stands for is fixed: so a block has
exactly the paper's figures, and many blocks have its ratios. Ranks come in an order that spreads each of them evenly,
so that a part of a block is near the ratios too.

The paper counts "48 grandes entreprises" and "6 très grandes entreprises" beside each other, as our size classes do,
which exclude one another: 48 are `large` and 6 more are `very_large`. What it says of "the large companies" (24 % of
employment, 42 % of value added) is taken of the 54 together, which are those that EU recommendation 2003/361/EC calls
large. It says of the 48 that they are "moins de 1 %", but 48 of 3,509 is 1.37 %: that slip is not repeated.
"""

from dataclasses import dataclass
from functools import cache

from services.events.contracts.vocabulary import SizeClass

COMPANIES = 3_509
LARGE = 48
VERY_LARGE = 6
EXPORTERS = 1_474
"""42 % of the companies: 1,474 of 3,509 is 42.006 %."""
UNKNOWN_EXPORTERS = 28
"""Companies of which it is not known whether they export: so few that 42 % holds of those known about as well."""
MEDIUM = 330
SMALL = 960
LARGE_SHARE_OF_EMPLOYMENT = 0.24
LARGE_SHARE_OF_VALUE_ADDED = 0.42
MEDIAN_SHARE = 13.0
MEAN_SHARE = 32.0
_SIZE_STRIDE = 2_169
"""3,509 divided by the golden ratio; without a common divisor, so that every rank comes once in a block."""
_SIZE_START = 1_755
"""Any rank but the first: the least ecosystem does not begin with its largest company."""
_EXPORT_STRIDE = 1_340
_VALUE_ADDED_PER_HEAD_EUR = 78_000.0
_MOST_TURNOVER_EUR = {SizeClass.MICRO: 2e6, SizeClass.SMALL: 10e6, SizeClass.MEDIUM: 50e6}
"""The recommendation's own ceilings."""


@dataclass(frozen=True, slots=True)
class Size:
    """What the rank of a company by size stands for."""

    size_class: SizeClass
    headcount: int
    value_added_eur: float
    turnover_eur: float


def size_of(company: int) -> Size:
    """Size of the `company`-th company."""
    return _sizes()[(company * _SIZE_STRIDE + _SIZE_START) % COMPANIES]


def export_share_of(company: int) -> float | None:
    """Export share of the `company`-th company in percent of turnover: 0 for none, None when it is not known."""
    rank = company * _EXPORT_STRIDE % COMPANIES
    if rank < EXPORTERS:
        return _export_shares()[rank]
    return None if rank >= COMPANIES - UNKNOWN_EXPORTERS else 0.0


@cache
def _sizes() -> tuple[Size, ...]:
    classes, headcounts = zip(*(_staff(rank) for rank in range(COMPANIES)), strict=True)
    top = LARGE + VERY_LARGE
    others = sum(headcounts[top:]) * LARGE_SHARE_OF_EMPLOYMENT / (1 - LARGE_SHARE_OF_EMPLOYMENT)
    factor = others / sum(headcounts[:top])
    heads = [round(count * factor) for count in headcounts[:top]] + list(headcounts[top:])
    per_head = _value_added_per_head_of_large(heads)
    return tuple(
        _size(size_class, count, per_head if rank < top else _VALUE_ADDED_PER_HEAD_EUR, rank)
        for rank, (size_class, count) in enumerate(zip(classes, heads, strict=True))
    )


def _staff(rank: int) -> tuple[SizeClass, int]:
    """Size class and headcount before the large ones are fitted to the others."""
    if rank < VERY_LARGE:
        return SizeClass.VERY_LARGE, 1_010 + 40 * rank
    if rank < VERY_LARGE + LARGE:
        return SizeClass.LARGE, 251 + round(240 * ((rank - VERY_LARGE) / LARGE) ** 4)
    rank -= VERY_LARGE + LARGE
    if rank < MEDIUM:
        return SizeClass.MEDIUM, 50 + round(190 * (rank / MEDIUM) ** 2)
    rank -= MEDIUM
    if rank < SMALL:
        return SizeClass.SMALL, 10 + round(39 * (rank / SMALL) ** 2)
    micro = COMPANIES - VERY_LARGE - LARGE - MEDIUM - SMALL
    return SizeClass.MICRO, 1 + round(8 * ((rank - SMALL) / micro) ** 2)


def _value_added_per_head_of_large(heads: list[int]) -> float:
    top = LARGE + VERY_LARGE
    others = sum(heads[top:]) * _VALUE_ADDED_PER_HEAD_EUR
    return others * LARGE_SHARE_OF_VALUE_ADDED / (1 - LARGE_SHARE_OF_VALUE_ADDED) / sum(heads[:top])


def _size(size_class: SizeClass, headcount: int, per_head: float, rank: int) -> Size:
    # Companies of one class differ in what a head earns; the differences of neighbours cancel out.
    swing = 1 + (0.25 if rank % 2 else -0.25)
    value_added = round(headcount * per_head * swing, -2)
    turnover = min(value_added * (1.7 + rank % 7 / 10), _MOST_TURNOVER_EUR.get(size_class, 1e12))
    return Size(size_class, headcount, value_added, round(turnover, -2))


@cache
def _export_shares() -> tuple[float, ...]:
    half = EXPORTERS // 2
    low = [round(1 + (MEDIAN_SHARE - 1) * (place / half) ** 1.2, 1) for place in range(half)]
    rise = (100 - MEDIAN_SHARE) / (2 * MEAN_SHARE - MEDIAN_SHARE - sum(low) / half) - 1
    high = [round(MEDIAN_SHARE + (100 - MEDIAN_SHARE) * (place / half) ** rise, 1) for place in range(half)]
    return tuple(low + high)
