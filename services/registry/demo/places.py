"""Where the organisations of the demo are: communes by their inhabitants, and points inside them."""

from bisect import bisect
from datetime import date
from itertools import accumulate
from random import Random
from typing import Any

from services.reference.communes import Commune, LanguageRegime, communes_on
from services.reference.geography import random_point_inside
from services.reference.provinces import Province
from services.registry.demo import names
from services.registry.demo.words import STREETS_DE, STREETS_FR

_ZONES = {
    Province.WALLOON_BRABANT: "10",
    Province.HAINAUT: "71",
    Province.LIEGE: "87",
    Province.LUXEMBOURG: "63",
    Province.NAMUR: "81",
}
_RURAL_INHABITANTS = 12_000
"""Up to how many inhabitants a commune counts as rural here."""


class Territory:
    """The communes of a day, drawn in proportion to their inhabitants."""

    def __init__(self, on: date) -> None:
        self.communes = communes_on(on)
        self._sums = list(accumulate(commune.inhabitants or 1 for commune in self.communes))

    def draw(self, random: Random) -> Commune:
        """A commune: Charleroi as much more often than Herbeumont as more people live there."""
        return self.communes[bisect(self._sums, random.random() * self._sums[-1])]


def speaks_german(commune: Commune) -> bool:
    """Whether German is the commune's first language."""
    return commune.language_regime is LanguageRegime.GERMAN_FRENCH


def speaks_dutch(commune: Commune) -> bool:
    """Whether the commune serves its inhabitants in Dutch too."""
    return commune.language_regime is LanguageRegime.FRENCH_DUTCH


def is_rural(commune: Commune) -> bool:
    """Whether few people live there."""
    return (commune.inhabitants or 0) <= _RURAL_INHABITANTS


def name(commune: Commune) -> str:
    """The commune's name in its own first language."""
    return (commune.name_de or commune.name_fr) if speaks_german(commune) else commune.name_fr


def address(commune: Commune, random: Random) -> dict[str, Any]:
    """An address with a point inside the commune."""
    streets = STREETS_DE if speaks_german(commune) else STREETS_FR
    longitude, latitude = random_point_inside(commune.nis_code, random)
    return {
        "street": streets[int(random.random() * len(streets))],
        "house_number": str(1 + int(random.random() ** 2 * 180)),
        "postal_code": commune.postal_codes[int(random.random() ** 3 * len(commune.postal_codes))],
        "locality": name(commune),
        "nis_code": commune.nis_code,
        "point": {"longitude": longitude, "latitude": latitude},
    }


def seat(number: int, commune: Commune, random: Random) -> dict[str, Any]:
    """The establishment unit at the seat of the organisation with this number."""
    return {
        "number": names.establishment_number(number),
        "seat": True,
        "address": address(commune, random),
    }


def branch(number: int, commune: Commune, random: Random) -> dict[str, Any]:
    """A second establishment unit."""
    return {"number": names.establishment_number(number, unit=1), "address": address(commune, random)}


def phone(commune: Commune, number: int) -> str:
    """A telephone number in the zone of the commune's province that cannot ring."""
    return names.phone(_ZONES[commune.province], number)
