"""What is known of titles besides their words: beginnings, letter by letter, and how many words they have."""

from array import array
from collections.abc import Iterable
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from graphql_api.read_model.text.words import initials

LONGEST_BEGINNING = 4
"""Letters of a beginning that stands for so many words that who has them is kept; longer ones are looked up."""
_EMPTY = BitMap()

Key = TypeVar("Key", str, int)


class Keyed(Generic[Key]):
    """Organisations by a key that each may have several of."""

    def __init__(self) -> None:
        self._held: dict[Key, BitMap] = {}

    def replace(self, ordinal: int, before: set[Key], after: set[Key]) -> None:
        """Take the organisation from the keys it had to those it has."""
        if before == after:
            return
        held = self._held
        for key in before - after:
            held[key].discard(ordinal)
            if not held[key]:
                del held[key]
        for key in after - before:
            if key in held:
                held[key].add(ordinal)
            else:
                held[key] = BitMap((ordinal,))

    def put_together(self, held: Iterable[tuple[Key, NDArray[np.uint32]]]) -> None:
        """Note who has each key, of organisations that have had none."""
        mine = self._held
        for key, ordinals in held:
            found = BitMap(array("I", ordinals.tobytes()))
            if (known := mine.get(key)) is None:
                mine[key] = found
            else:
                known |= found  # in place: a copy of all that is there takes longer each time

    def of(self, key: Key) -> BitMap:
        """Who has the key. Do not change the bitmap."""
        return self._held.get(key, _EMPTY)


class TitleShapes:
    """Beginnings of all words of titles, of their first words alone, and lengths in words."""

    def __init__(self) -> None:
        self.words_beginning: Keyed[str] = Keyed()
        self.titles_beginning: Keyed[str] = Keyed()
        self.lengths: Keyed[int] = Keyed()

    def replace(self, ordinal: int, before: list[list[str]], after: list[list[str]]) -> None:
        """Take the titles, in words, that the organisation had for those it has."""
        self.words_beginning.replace(ordinal, _beginnings(title_words(before)), _beginnings(title_words(after)))
        self.titles_beginning.replace(ordinal, _beginnings(_first_words(before)), _beginnings(_first_words(after)))
        self.lengths.replace(ordinal, {len(words) for words in before}, {len(words) for words in after})

    def of_length(self, words: int) -> BitMap:
        """Who has a title of so many words."""
        return self.lengths.of(words)


def title_words(titles: list[list[str]]) -> set[str]:
    """The words of all titles."""
    return {word for words in titles for word in words}


def title_initials(titles: list[list[str]]) -> set[str]:
    """What the titles may be called for short."""
    return {short for words in titles for short in initials(words)}


def _first_words(titles: list[list[str]]) -> set[str]:
    return {words[0] for words in titles if words}


def _beginnings(words: set[str]) -> set[str]:
    found: set[str] = set()
    for word in words:
        found.update((word[:1], word[:2], word[:3], word[:LONGEST_BEGINNING]))
    return found
