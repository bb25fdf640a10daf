"""Texts per language: what is shown in another language than asked for says so."""

from typing import Self

from pydantic import model_validator

from services.events.contracts.values import Line, LongText, Model, ShortText
from services.events.contracts.vocabulary import Language


class _Texts(Model):
    @model_validator(mode="after")
    def _some_language(self) -> Self:
        if not self.languages:
            raise ValueError("give the text in at least one of fr, nl, de, en")
        return self

    @property
    def languages(self) -> tuple[Language, ...]:
        """The languages in which the text exists."""
        return tuple(language for language in Language if getattr(self, language) is not None)

    def best(self, *wanted: Language) -> tuple[Language, str]:
        """The text in the first of the wanted languages that it exists in, else in any; with the language it is in."""
        for language in (*wanted, *Language):
            text: str | None = getattr(self, language)
            if text is not None:
                return language, text
        raise AssertionError("a text without language cannot be constructed")


class Title(_Texts):
    """Name of an organisation per language, at most 200 characters each."""

    fr: Line | None = None
    nl: Line | None = None
    de: Line | None = None
    en: Line | None = None


class ShortDescription(_Texts):
    """One or two sentences per language, at most 300 characters each."""

    fr: ShortText | None = None
    nl: ShortText | None = None
    de: ShortText | None = None
    en: ShortText | None = None


class Description(_Texts):
    """Long description per language, at most 10,000 characters each."""

    fr: LongText | None = None
    nl: LongText | None = None
    de: LongText | None = None
    en: LongText | None = None
