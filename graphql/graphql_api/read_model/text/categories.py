"""Categories by the words of their names and codes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graphql_api.read_model.text.folding import fold
from graphql_api.read_model.text.lexicon import Lexicon
from graphql_api.read_model.text.words import OPTIONAL
from services.reference.categories import category_names, named_categories

_SHORTEST_BEGINNING = 3


class Categories:
    """Every category that has a name or that some organisation has. They are few and never forgotten.

    Their words are known to the lexicon too, which corrects what is typed.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._values: dict[str, None] = {}
        self._by_word: dict[str, set[str]] = {}
        self._by_beginning: dict[str, set[str]] = {}
        for scheme, code in named_categories():
            self.know(f"{scheme}:{code}")

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def know(self, value: str) -> None:
        """Take the category, `scheme:code`, if it is not here."""
        if value in self._values:
            return
        words = category_words(value)
        self._lexicon.keep(words)
        self._values[value] = None
        for word in words:
            self._by_word.setdefault(word, set()).add(value)
            for end in range(_SHORTEST_BEGINNING, len(word)):
                self._by_beginning.setdefault(word[:end], set()).add(value)

    def named(self, words: Iterable[str]) -> set[str]:
        """Those that have one of the words in a name or in their code."""
        by_word = self._by_word
        return {value for word in words if word in by_word for value in by_word[word]}

    def beginning_with(self, beginning: str) -> set[str]:
        """Those that have a longer word that begins so."""
        return self._by_beginning.get(beginning, set())


@dataclass(frozen=True, slots=True)
class CategoryName:
    """What a category is called."""

    language: str | None
    """None for the code itself."""
    text: str


def names_of(value: str) -> list[CategoryName]:
    """The names of a category, `scheme:code`, and its code as words."""
    scheme, _, code = value.partition(":")
    named = [CategoryName(language, name) for language, name in category_names(scheme, code).items()]
    return [*named, CategoryName(None, code.replace("_", " ").replace(".", " "))]


def category_words(value: str) -> set[str]:
    """The words by which a category is found."""
    return {word for name in names_of(value) for word in fold(name.text).split()} - OPTIONAL
