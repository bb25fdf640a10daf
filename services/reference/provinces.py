"""The five provinces of Wallonia."""

from enum import StrEnum


class Province(StrEnum):
    """A province, by its ISO 3166-2 code."""

    WALLOON_BRABANT = "BE-WBR"
    HAINAUT = "BE-WHT"
    LIEGE = "BE-WLG"
    LUXEMBOURG = "BE-WLX"
    NAMUR = "BE-WNA"

    @property
    def nis_code(self) -> str:
        """The province's code in Statbel's list, five digits."""
        return _NIS_CODES[self]

    def name_in(self, language: str) -> str:
        """The province's name in `fr`, `nl`, `de` or `en`; ValueError for another language."""
        names = _NAMES[self]
        if language not in names:
            raise ValueError(f"{language!r} is not a language of the registry; write fr, nl, de or en")
        return names[language]


_NIS_CODES = {
    Province.WALLOON_BRABANT: "20002",
    Province.HAINAUT: "50000",
    Province.LIEGE: "60000",
    Province.LUXEMBOURG: "80000",
    Province.NAMUR: "90000",
}
_NAMES = {
    Province.WALLOON_BRABANT: {
        "fr": "Brabant wallon",
        "nl": "Waals-Brabant",
        "de": "Wallonisch-Brabant",
        "en": "Walloon Brabant",
    },
    Province.HAINAUT: {"fr": "Hainaut", "nl": "Henegouwen", "de": "Hennegau", "en": "Hainaut"},
    Province.LIEGE: {"fr": "Liège", "nl": "Luik", "de": "Lüttich", "en": "Liège"},
    Province.LUXEMBOURG: {"fr": "Luxembourg", "nl": "Luxemburg", "de": "Luxemburg", "en": "Luxembourg"},
    Province.NAMUR: {"fr": "Namur", "nl": "Namen", "de": "Namur", "en": "Namur"},
}
