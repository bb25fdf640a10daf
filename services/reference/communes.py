"""The communes of Wallonia with the dates between which their NIS codes are valid.

The table begins on 1 January 2018, when there were 262. Eleven codes changed on 1 January 2019 with the arrondissements
of Hainaut, and Bastogne and Bertogne became one commune on 2 December 2024: 261 since then. No code was given twice.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache, lru_cache

from services.reference.provinces import Province
from services.reference.tables import read_rows

TABLE_BEGINS = date(2018, 1, 1)
_SAINT = re.compile(r"\b(?:st|sankt|sint)\b")
_SAINTE = re.compile(r"\bste\b")


class LanguageRegime(StrEnum):
    """Official language of a commune, then the language in which it also serves its inhabitants."""

    FRENCH = "FR"
    FRENCH_DUTCH = "FR-nl"
    FRENCH_GERMAN = "FR-de"
    GERMAN_FRENCH = "DE-fr"


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune under one NIS code."""

    nis_code: str
    name_fr: str
    name_de: str | None
    """Only where German is the commune's language or one in which it serves."""
    name_nl: str | None
    """Only where Dutch is a language in which the commune serves."""
    province: Province
    arrondissement: str
    """French name; for communes that kept their code, that of today."""
    postal_codes: tuple[str, ...]
    language_regime: LanguageRegime
    german_speaking: bool
    """Whether the commune belongs to the German-speaking Community."""
    inhabitants: int | None
    """On 1 January 2020; None for former communes."""
    valid_from: date | None
    """First day of the code; None when it is older than the table."""
    valid_until: date | None
    """Last day of the code; None while it is valid."""
    successor: str | None
    """NIS code of what the commune became."""

    def is_valid(self, on: date) -> bool:
        """Whether the code is valid on that day."""
        return (self.valid_from or TABLE_BEGINS) <= on <= (self.valid_until or date.max)

    @property
    def names(self) -> tuple[str, ...]:
        """The official names, French first."""
        return tuple(name for name in (self.name_fr, self.name_de, self.name_nl) if name)


@lru_cache(maxsize=4_096)
def fold_name(name: str) -> str:
    """The name without case, accents, hyphens, apostrophes and short forms of "saint": what names are compared by."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("œ", "oe").replace("æ", "ae"))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    words = re.sub(r"[^a-z0-9]+", " ", letters).strip()
    return _SAINTE.sub("sainte", _SAINT.sub("saint", words))


def commune(nis_code: str, on: date | None = None) -> Commune:
    """The commune that has the code on the day (today unless said otherwise).

    Raises ValueError for an unknown code, and for one not valid on that day: the message names the valid code.
    """
    found, day = _commune_ever(nis_code), _day(on)
    if not found.is_valid(day):
        raise ValueError(_not_valid(found, day))
    return found


def is_commune(nis_code: str) -> bool:
    """Whether this is, or was since the table begins, the NIS code of a Walloon commune."""
    return nis_code in _every_commune()


def follow(nis_code: str, on: date | None = None) -> Commune:
    """The commune valid on the day that the code, however old, leads to: `follow("54007")` is Mouscron, 57096.

    Raises ValueError for an unknown code, and for one that was given out only after that day.
    """
    return _follow(nis_code, _day(on))


@lru_cache(maxsize=4_096)
def _follow(nis_code: str, day: date) -> Commune:
    found = _commune_ever(nis_code)
    while found.successor and not found.is_valid(day):
        found = _commune_ever(found.successor)
    return commune(found.nis_code, day)


def commune_by_name(name: str, on: date | None = None) -> Commune | None:
    """The commune of that name on the day, in whichever spelling and official language; None when there is none."""
    return _by_name(_day(on)).get(fold_name(name))


def communes_on(day: date) -> tuple[Commune, ...]:
    """The communes of a day, in the order of their codes."""
    return _communes_on(_day(day))


def by_postal_code(postal_code: str, on: date | None = None) -> tuple[Commune, ...]:
    """The communes in which the postal code is used on the day; empty for one that Wallonia does not have."""
    return tuple(found for found in _communes_on(_day(on)) if postal_code in found.postal_codes)


def _day(on: date | None) -> date:
    day = on or datetime.now(UTC).date()
    if day < TABLE_BEGINS:
        raise ValueError(f"the table of communes begins on {TABLE_BEGINS}; ask for that day or a later one")
    return day


def _commune_ever(nis_code: str) -> Commune:
    found = _every_commune().get(nis_code)
    if found is None:
        raise ValueError("this is not the NIS code of a Walloon commune; write five digits, for example 92094 (Namur)")
    return found


def _not_valid(found: Commune, day: date) -> str:
    named = f"{found.nis_code} ({found.name_fr})"
    if found.valid_until and found.valid_until < day:
        return f"the NIS code {named} was valid until {found.valid_until}; write {found.successor}"
    before = [earlier.nis_code for earlier in _every_commune().values() if earlier.successor == found.nis_code]
    return f"the NIS code {named} is valid from {found.valid_from} on; for {day} write {' or '.join(before)}"


@cache
def _every_commune() -> dict[str, Commune]:
    rows = [*read_rows("communes.csv"), *read_rows("former_communes.csv")]
    return {row["nis_code"]: _read(row) for row in sorted(rows, key=lambda row: row["nis_code"])}


@lru_cache(maxsize=32)
def _communes_on(day: date) -> tuple[Commune, ...]:
    return tuple(found for found in _every_commune().values() if found.is_valid(day))


@lru_cache(maxsize=32)
def _by_name(day: date) -> dict[str, Commune]:
    return {fold_name(name): found for found in _communes_on(day) for name in found.names}


def _read(row: dict[str, str]) -> Commune:
    return Commune(
        nis_code=row["nis_code"],
        name_fr=row["name_fr"],
        name_de=row["name_de"] or None,
        name_nl=row["name_nl"] or None,
        province=Province(row["province"]),
        arrondissement=row["arrondissement"],
        postal_codes=tuple(row["postal_codes"].split("|")),
        language_regime=LanguageRegime(row["language_regime"]),
        german_speaking=row["german_speaking"] == "1",
        inhabitants=int(row["inhabitants"]) if row["inhabitants"] else None,
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
        valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        successor=row["successor"] or None,
    )
