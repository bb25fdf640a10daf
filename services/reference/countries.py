"""Countries of ISO 3166-1 and their names, from pycountry's copy of the standard and its translations."""

import gettext
from functools import cache

import pycountry

_LANGUAGES = ("fr", "nl", "de", "en")


def is_country(code: str) -> bool:
    """Whether this is an alpha-2 code of ISO 3166-1, in capitals."""
    return code in _english_names()


def country_codes() -> tuple[str, ...]:
    """Every alpha-2 code, in order."""
    return tuple(sorted(_english_names()))


def country_name(code: str, language: str) -> str:
    """The country's usual name in `fr`, `nl`, `de` or `en`; ValueError for another language or an unknown code."""
    if language not in _LANGUAGES:
        raise ValueError(f"{language!r} is not a language of the registry; write fr, nl, de or en")
    if not is_country(code):
        raise ValueError(f"{code!r} is not an ISO 3166-1 alpha-2 country code; write for example BE, FR or DE")
    return _translation(language).gettext(_english_names()[code])


@cache
def _english_names() -> dict[str, str]:
    return {country.alpha_2: getattr(country, "common_name", country.name) for country in pycountry.countries}


@cache
def _translation(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language])
