"""Texts in a language: what is shown in another language than asked for says so."""

import strawberry

from graphql_api.schema.mirror import enum
from services.events.contracts.entries import Json
from services.events.contracts.vocabulary import Language

enum(Language)


@strawberry.type(description="A text with the language it is written in: look at it before showing the text.")
class LocalisedText:
    """A text with its language."""

    language: Language
    text: str


def in_language(texts: Json, language: str) -> LocalisedText:
    """The text in the language asked for, else in the first of fr, nl, de, en that it exists in."""
    shown = language if texts.get(language) else next(other for other in Language if texts.get(other))
    return LocalisedText(language=Language(shown), text=texts[shown])


def in_every_language(texts: Json | None) -> list[LocalisedText]:
    """The text in each language that it exists in."""
    found = texts or {}
    return [LocalisedText(language=language, text=found[language]) for language in Language if found.get(language)]
