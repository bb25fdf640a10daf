"""Titles and descriptions of the demo: French always, the other languages for some, German where German is spoken."""

from random import Random
from typing import Any

from services.reference.communes import Commune
from services.registry.demo import places
from services.registry.demo.words import Field

Texts = dict[str, str]
_TRANSLATED_SHARE = 0.18
"""Share of organisations that also write in English, and half as often in Dutch."""


def languages(commune: Commune, random: Random) -> tuple[str, ...]:
    """The languages that an organisation of that commune writes in."""
    draw = random.random()
    german = places.speaks_german(commune)
    dutch = places.speaks_dutch(commune) or draw < _TRANSLATED_SHARE / 2
    english = draw < _TRANSLATED_SHARE
    said = (("fr", True), ("nl", dutch), ("de", german), ("en", english))
    return tuple(language for language, spoken in said if spoken)


def company_title(root: str, field: Field, spoken: tuple[str, ...]) -> Texts:
    """Name of a company; in German its second word is German."""
    title = {"fr": f"{root} {field.word}"}
    if "de" in spoken:
        title["de"] = f"{root} {field.word_de}"
    return title


def company_short(root: str, field: Field, market: tuple[str, ...], spoken: tuple[str, ...]) -> Texts:
    """What a company does and for whom, in one sentence a language."""
    sentences = {
        "fr": f"{root} propose {field.fr} pour {market[1]}.",
        "nl": f"{root} biedt {field.nl} voor {market[2]}.",
        "de": f"{root} bietet {field.de} für {market[3]}.",
        "en": f"{root} offers {field.en} for {market[4]}.",
    }
    return {language: sentences[language] for language in spoken}


def company_long(root: str, field: Field, market: tuple[str, ...], place: str) -> Texts:
    """A longer text, in French alone."""
    return {
        "fr": f"Établie à {place}, l'équipe de {root} accompagne {market[1]} depuis l'analyse des besoins jusqu'à la "
        f"maintenance. Son métier est {field.fr} ; elle travaille avec des partenaires wallons et européens."
    }


def named(forms: Texts, spoken: tuple[str, ...], **words: Any) -> Texts:
    """The forms in the languages spoken, French always, with the words put in."""
    return {
        language: form.format(**words) for language, form in forms.items() if language == "fr" or language in spoken
    }
