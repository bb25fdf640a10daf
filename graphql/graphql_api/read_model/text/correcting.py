"""Words that a slip or two of the finger may have made into the one that was typed.

Each word has a signature: a bit for each letter that it has, and another for each that it has twice. A slip (a letter
left out, added, changed, or exchanged with its neighbour) changes two bits at most. So one pass of numpy over the
signatures of the words with the same first letter leaves a few, whose distance is then measured. Words with another
first letter are made by changing it, and looked up. Eight bytes a word are all that is kept.
"""

from array import array
from collections.abc import Callable

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

_LETTERS = 32
_BITS_A_SLIP = 2
_SHORTEST_WITH_ONE, _SHORTEST_WITH_TWO = 4, 8
"""In shorter words one letter more or less makes another word."""
_LONGEST = 40
_FEW_DEAD = 64


def most_slips(word: str) -> int:
    """How many slips are forgiven in a word of that length. Digits are not typed by feel: none in a number."""
    if word.isdigit() or not _SHORTEST_WITH_ONE <= len(word) <= _LONGEST:
        return 0
    return 1 if len(word) < _SHORTEST_WITH_TWO else 2


def distance(left: str, right: str) -> int:
    """How many slips make the one word into the other."""
    return OSA.distance(left, right)


class _Bucket:
    """The words with one first letter."""

    __slots__ = ("signatures", "words")

    def __init__(self) -> None:
        self.words: list[str] = []
        self.signatures = array("Q")

    def add(self, word: str) -> None:
        self.words.append(word)
        self.signatures.append(_signature(word))

    def within(self, word: str, slips: int) -> list[str]:
        """Words whose signature does not exclude that so many slips lie between."""
        differing = self._all() ^ np.uint64(_signature(word))
        return self._at(np.bitwise_count(differing) <= slips * _BITS_A_SLIP)

    def having(self, word: str, slips: int) -> list[str]:
        """Words that lack so many of the word's letters at most."""
        lacking = ~self._all() & np.uint64(_signature(word))
        return self._at(np.bitwise_count(lacking) <= slips)

    def _all(self) -> "np.ndarray[tuple[int], np.dtype[np.uint64]]":
        return np.frombuffer(self.signatures, np.uint64)

    def _at(self, chosen: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> list[str]:
        words = self.words
        return [words[place] for place in np.flatnonzero(chosen).tolist()]


class Corrections:
    """All words, to find those near another one."""

    def __init__(self, is_known: Callable[[str], bool]) -> None:
        self._is_known = is_known
        self._buckets: dict[str, _Bucket] = {}
        self._dead: set[str] = set()
        self._held = 0
        """Words in the buckets, the dead ones among them."""

    def add(self, word: str) -> None:
        """Take the word, which is not here."""
        if len(word) > _LONGEST:
            return
        if word in self._dead:
            self._dead.discard(word)
            return
        if word[0] not in self._buckets:
            self._buckets[word[0]] = _Bucket()
        self._buckets[word[0]].add(word)
        self._held += 1

    def discard(self, word: str) -> None:
        """Forget the word. It is passed over until enough are, to clear them away together."""
        if len(word) > _LONGEST:
            return
        self._dead.add(word)
        if len(self._dead) > _FEW_DEAD + self._held // 4:
            self._clear()

    def near(self, word: str, slips: int, *, thorough: bool = False) -> list[str]:
        """Other known words that so many slips at most make into the word; the second one not in its first letter.

        Words with another first letter are looked for where there are no others, or when it is to be thorough.
        """
        is_known, bucket = self._is_known, self._buckets.get(word[0])
        measured = _measured(word, bucket, slips) if bucket else []
        found = [known for known in measured if is_known(known) and known != word]
        if thorough or not found:
            found += [known for known in self._with_another_first_letter(word) if is_known(known)]
        return found

    def beginning_near(self, word: str) -> list[str]:
        """Known words that begin with what one slip makes into the word."""
        bucket, length = self._buckets.get(word[0]), len(word)
        if bucket is None:
            return []
        longer = [known for known in bucket.having(word, 1) if len(known) > length and self._is_known(known)]
        return [
            known
            for known in longer
            if any(OSA.distance(word, known[:end], score_cutoff=1) <= 1 for end in (length - 1, length, length + 1))
        ]

    def _with_another_first_letter(self, word: str) -> list[str]:
        first, rest = word[0], word[1:]
        others = [letter for letter in self._buckets if letter != first]
        turned = [word[1] + first + word[2:]] if word[1] != first else []
        missing = [rest] if rest[0] != first else []
        return [*missing, *turned, *(letter + word for letter in others), *(letter + rest for letter in others)]

    def _clear(self) -> None:
        for letter in {word[0] for word in self._dead}:
            kept = _Bucket()
            for word in self._buckets[letter].words:
                if word not in self._dead:
                    kept.add(word)
            self._buckets[letter] = kept
        self._held -= len(self._dead)
        self._dead.clear()


def _measured(word: str, bucket: _Bucket, slips: int) -> list[str]:
    candidates = bucket.within(word, slips)
    if not candidates:
        return []
    found = process.extract(word, candidates, scorer=OSA.distance, score_cutoff=slips, limit=None)
    return [known for known, _, _ in found]


def _signature(word: str) -> int:
    once = twice = 0
    for letter in word:
        bit = 1 << ord(letter) % _LETTERS
        twice |= once & bit
        once |= bit
    return twice << _LETTERS | once
