"""What is known of titles besides their words: beginnings, letter by letter, and how many words they have."""

from pyroaring import BitMap

from graphql_api.read_model.text.words import initials

LONGEST_BEGINNING = 4
"""Letters of a beginning that stands for so many words that who has them is kept; longer ones are looked up."""
_EMPTY = BitMap()


class Keyed:
    """Organisations by a key that each may have several of."""

    def __init__(self) -> None:
        self._held: dict[str, BitMap] = {}

    def replace(self, ordinal: int, before: set[str], after: set[str]) -> None:
        """Take the organisation from the keys it had to those it has."""
        for key in before - after:
            self._held[key].discard(ordinal)
            if not self._held[key]:
                del self._held[key]
        for key in after - before:
            held = self._held.get(key)
            if held is None:
                self._held[key] = BitMap((ordinal,))
            else:
                held.add(ordinal)

    def of(self, key: str) -> BitMap:
        """Who has the key. Do not change the bitmap."""
        return self._held.get(key, _EMPTY)


class TitleShapes:
    """Beginnings of all words of titles, of their first words alone, and lengths in words."""

    def __init__(self) -> None:
        self.words_beginning = Keyed()
        self.titles_beginning = Keyed()
        self._lengths = Keyed()

    def replace(self, ordinal: int, before: list[list[str]], after: list[list[str]]) -> None:
        """Take the titles, in words, that the organisation had for those it has."""
        self.words_beginning.replace(ordinal, *(_beginnings(title_words(some)) for some in (before, after)))
        self.titles_beginning.replace(ordinal, *(_beginnings({words[0] for words in some}) for some in (before, after)))
        self._lengths.replace(ordinal, *({str(len(words)) for words in some} for some in (before, after)))

    def of_length(self, words: int) -> BitMap:
        """Who has a title of so many words."""
        return self._lengths.of(str(words))


def title_words(titles: list[list[str]]) -> set[str]:
    """The words of all titles."""
    return {word for words in titles for word in words}


def title_initials(titles: list[list[str]]) -> set[str]:
    """What the titles may be called for short."""
    return {short for words in titles for short in initials(words)}


def _beginnings(words: set[str]) -> set[str]:
    found: set[str] = set()
    for word in words:
        found.update((word[:1], word[:2], word[:3], word[:LONGEST_BEGINNING]))
    return found
