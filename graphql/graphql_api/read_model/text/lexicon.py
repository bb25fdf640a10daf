"""All words that are known, with who has them: found whole, by their beginning, and by what was typed instead."""

from collections.abc import Iterable, Iterator

from pyroaring import BitMap
from sortedcontainers import SortedList

from graphql_api.read_model.text.correcting import Corrections
from graphql_api.read_model.text.postings import NOBODY, Entries, Posting, by_field, only_one, put, put_together, take

_LAST = "\U0010ffff"


class Lexicon:
    """Words and their postings. A change is cheap; what is kept sorted follows before the next search."""

    def __init__(self) -> None:
        self._postings: dict[str, Posting] = {}
        self._sorted: SortedList[str] = SortedList()
        self._corrections = Corrections(self.__contains__)
        self._unsettled: dict[str, bool] = {}
        """Words that came or went since, and whether each was there before."""
        self._kept: set[str] = set()

    def __contains__(self, word: str) -> bool:
        return word in self._postings

    def __len__(self) -> int:
        return len(self._postings)

    def keep(self, words: Iterable[str]) -> None:
        """Know the words also while nobody has them."""
        for word in words:
            self._kept.add(word)
            if word not in self._postings:
                self._postings[word] = NOBODY
                self._unsettled.setdefault(word, False)

    def put(self, words: Iterable[str], ordinal: int, field: int) -> None:
        """Note that the organisation has the words there."""
        postings, only = self._postings, only_one(ordinal, field)
        for word in words:
            posting = postings.get(word)
            if posting is None:
                self._unsettled.setdefault(word, False)
                postings[word] = only
            elif isinstance(posting, list) and (held := posting[field]) is not None:
                held.add(ordinal)
            else:
                postings[word] = put(posting, ordinal, field)

    def put_together(self, held: Iterable[tuple[str, Entries]]) -> None:
        """Note who has each word where, as entries of postings: of organisations that have had none."""
        postings = self._postings
        for word, entries in held:
            posting = postings.get(word)
            if posting is None:
                self._unsettled.setdefault(word, False)
            postings[word] = put_together(posting, entries)

    def take(self, words: Iterable[str], ordinal: int, field: int) -> None:
        """Note that the organisation does not have the words there any more."""
        postings, only = self._postings, only_one(ordinal, field)
        for word in words:
            posting = postings[word]
            rest = None if posting == only else take(posting, ordinal, field)
            if rest is not None:
                postings[word] = rest
            elif word in self._kept:
                postings[word] = NOBODY
            else:
                del postings[word]
                self._unsettled.setdefault(word, True)

    def settle(self) -> None:
        """Let what is kept sorted follow. Every search does; after a load it is worth doing beforehand."""
        if not self._unsettled:
            return
        if len(self._unsettled) > len(self._sorted):
            self._rebuild()
        for word, was_there in self._unsettled.items():
            if was_there and word not in self:
                self._sorted.remove(word)
                self._corrections.discard(word)
            elif not was_there and word in self:
                self._sorted.add(word)
                self._corrections.add(word)
        self._unsettled.clear()

    def holders(self, words: Iterable[str]) -> list[list[BitMap]]:
        """Who has one of the words, by field; unknown words are left out."""
        postings = self._postings
        return by_field([postings[word] for word in words if word in postings])

    def beginning_with(self, beginning: str) -> Iterator[str]:
        """The words that begin so, in their order."""
        return self._sorted.irange(beginning, beginning + _LAST)

    def near(self, word: str, slips: int, *, thorough: bool = False) -> list[str]:
        """Other words that so many slips at most make into this one; those with another first letter where asked."""
        return self._corrections.near(word, slips, thorough=thorough)

    def beginning_near(self, word: str) -> list[str]:
        """Words that begin with what one slip makes into this one."""
        return self._corrections.beginning_near(word)

    def _rebuild(self) -> None:
        self._sorted = SortedList(self._postings)
        self._corrections = Corrections(self.__contains__)
        for word in self._sorted:
            self._corrections.add(word)
        self._unsettled.clear()
