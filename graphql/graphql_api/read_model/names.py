"""Search by name: accents folded, words in any order, prefixes, one slip of a letter.

Each word of a title is kept under itself and under itself without each one of its letters: two words that differ by one
letter left out, added, changed or exchanged with its neighbour then meet in one of these keys.
"""

from collections.abc import Iterator

from pyroaring import BitMap
from sortedcontainers import SortedList

from graphql_api.read_model.facts import Facts
from graphql_api.read_model.folding import fold

_EXACT, _PREFIX, _SLIP = 100, 60, 30
"""What a word is worth that is met exactly, as the beginning of a longer one, and with one slip."""
_WHOLE_NAME = 1_000
"""What a title gets on top that is the whole text."""
_SHORTEST_WITH_SLIP = 4
"""In shorter words one letter more or less makes another word."""
_MOST_COMPLETIONS = 500
"""Words a prefix may stand for; a single letter stands for more than anybody reads."""

Scores = dict[int, int]


class NameIndex:
    """The words of all titles, in all languages."""

    def __init__(self) -> None:
        self._words: dict[str, BitMap] = {}
        self._sorted: SortedList[str] = SortedList()
        self._shortened: dict[str, set[str]] = {}
        self._names: dict[str, BitMap] = {}

    def replace(self, ordinal: int, before: Facts | None, after: Facts | None) -> None:
        """Take out the names the organisation had, put in those it has."""
        old, new = _words(before), _words(after)
        for word in old - new:
            self._remove(word, ordinal)
        for word in new - old:
            self._add(word, ordinal)
        for name in _names(before) - _names(after):
            _discard(self._names, name, ordinal)
        for name in _names(after) - _names(before):
            self._names.setdefault(name, BitMap()).add(ordinal)

    def search(self, text: str) -> Scores:
        """The ordinals whose titles hold every word of the text, with a score: the higher the nearer."""
        folded = fold(text)
        found: Scores | None = None
        for word in folded.split():
            scores = self._word(word)
            found = scores if found is None else {at: found[at] + scores[at] for at in found.keys() & scores.keys()}
        return self._favour_names(folded, found or {})

    def _word(self, word: str) -> Scores:
        scores: Scores = {}
        for known, score in self._candidates(word):
            for ordinal in self._words[known]:
                scores[ordinal] = max(scores.get(ordinal, 0), score)
        return scores

    def _candidates(self, word: str) -> Iterator[tuple[str, int]]:
        """Words of the index that may be meant, with what each is worth."""
        if word in self._words:
            yield word, _EXACT
        for place, known in enumerate(self._sorted.irange(word, word + "\U0010ffff")):
            if place == _MOST_COMPLETIONS:
                break
            yield known, _PREFIX
        if len(word) >= _SHORTEST_WITH_SLIP:
            near = {known for key in _keys(word) for known in self._shortened.get(key, ())}
            yield from ((known, _SLIP) for known in sorted(near) if _one_slip(word, known))

    def _favour_names(self, folded: str, scores: Scores) -> Scores:
        for ordinal in self._names.get(folded, ()):
            if ordinal in scores:
                scores[ordinal] += _WHOLE_NAME
        return scores

    def _add(self, word: str, ordinal: int) -> None:
        if word not in self._words:
            self._words[word] = BitMap()
            self._sorted.add(word)
            for key in _keys(word):
                self._shortened.setdefault(key, set()).add(word)
        self._words[word].add(ordinal)

    def _remove(self, word: str, ordinal: int) -> None:
        _discard(self._words, word, ordinal)
        if word not in self._words:
            self._sorted.remove(word)
            for key in _keys(word):
                self._shortened[key].discard(word)
                if not self._shortened[key]:
                    del self._shortened[key]


def _words(facts: Facts | None) -> frozenset[str]:
    return facts.words if facts else frozenset()


def _names(facts: Facts | None) -> frozenset[str]:
    return facts.names if facts else frozenset()


def _discard(sets: dict[str, BitMap], name: str, ordinal: int) -> None:
    sets[name].discard(ordinal)
    if not sets[name]:
        del sets[name]


def _keys(word: str) -> set[str]:
    """The word, and the word without each one of its letters."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}


def _one_slip(left: str, right: str) -> bool:
    """Whether one letter left out, added, changed or exchanged with its neighbour makes the one into the other."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))
    a, b = left[start:], right[start:]
    changed, added, removed = a[1:] == b[1:], a == b[1:], a[1:] == b
    return changed or added or removed or (a[1::-1] == b[:2] and a[2:] == b[2:])
