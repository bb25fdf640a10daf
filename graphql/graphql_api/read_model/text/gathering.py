"""Texts of many organisations, gathered to be put into the index together.

Most of what an index ever takes comes with a snapshot. Words are numbered, and sorting the numbers together with the
ordinals tells who has each word: a third of the time of putting in one after the other.
"""

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from graphql_api.read_model.facts import Facts
from graphql_api.read_model.text.folding import words_of
from graphql_api.read_model.text.lexicon import Lexicon
from graphql_api.read_model.text.postings import FIELD_BITS, Field
from graphql_api.read_model.text.titles import LONGEST_BEGINNING, TitleShapes
from graphql_api.read_model.text.words import initials, looked_for

_VALUE_BITS = np.uint64(32)

Name = TypeVar("Name", str, int)
Numbers = NDArray[np.uint32]
Pairs = NDArray[np.uint64]
"""The number of a name, and a value in the lower 32 bits."""


class _Texts:
    """Texts of one kind, with whose they are."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.owners = array("I")

    def take(self, ordinal: int, texts: Sequence[str]) -> None:
        self.texts += texts
        self.owners.extend([ordinal] * len(texts))


class _Numbered(dict[str, int]):
    """Words with their numbers: the next one for each that is new."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number

    def of(self, words: Iterable[str]) -> Numbers:
        return np.fromiter(map(self.__getitem__, words), np.uint32)


class _Column:
    """Numbers of one kind, each with the organisation that has it."""

    def __init__(self, numbers: Numbers, owners: "array[int]", counts: Iterable[int]) -> None:
        """`counts` tells how many of the numbers each of the owners has."""
        self.numbers = numbers
        self.owners = np.repeat(np.array(owners, np.uint32), np.fromiter(counts, np.intp, len(owners)))


class Gathering:
    """Texts of organisations of which the index has none yet."""

    def __init__(self) -> None:
        self._titles = _Texts()
        self._texts = {Field.SHORT_DESCRIPTION: _Texts(), Field.DESCRIPTION: _Texts()}

    def __len__(self) -> int:
        """How many titles it has."""
        return len(self._titles.owners)

    def take(self, ordinal: int, facts: Facts) -> None:
        """Take the titles and descriptions of an organisation."""
        self._titles.take(ordinal, facts.titles)
        self._texts[Field.SHORT_DESCRIPTION].take(ordinal, facts.short_descriptions)
        self._texts[Field.DESCRIPTION].take(ordinal, facts.descriptions)

    def put_into(self, lexicon: Lexicon, shapes: TitleShapes) -> None:
        """Let the index have them."""
        numbered, owners = _Numbered(), self._titles.owners
        titles = words_of(self._titles.texts)
        columns = {Field.TITLE: _words(titles, owners, numbered)}
        columns[Field.INITIALS] = _words([*map(initials, titles)], owners, numbered)
        columns |= {field: _words(words_of(one.texts), one.owners, numbered) for field, one in self._texts.items()}
        words = list(numbered)
        lexicon.put_together(_grouped(words, _entries(words, columns, self._texts)))
        first_words = _words([title[:1] for title in titles], owners, numbered)
        shapes.words_beginning.put_together(_beginnings(words, columns[Field.TITLE]))
        shapes.titles_beginning.put_together(_beginnings(words, first_words))
        lengths = np.fromiter(map(len, titles), np.uint32, len(titles))
        known = range(int(lengths.max(initial=0)) + 1)
        shapes.lengths.put_together(_grouped(known, np.sort(_paired(lengths, np.array(owners, np.uint32)))))


def _words(texts: Sequence[Collection[str]], owners: "array[int]", numbered: _Numbered) -> _Column:
    """The words of these texts by number."""
    return _Column(numbered.of(chain.from_iterable(texts)), owners, map(len, texts))


def _entries(words: Sequence[str], columns: dict[Field, _Column], texts: Iterable[Field]) -> Pairs:
    """Each word with an entry of a posting for each organisation that has it, whose bits tell where."""
    wanted = looked_for(words)
    is_wanted = np.fromiter((word in wanted for word in words), np.bool_, len(words))
    found = []
    for field, column in columns.items():
        pairs = _paired(column.numbers, column.owners << np.uint32(FIELD_BITS) | np.uint32(1 << field))
        found.append(pairs[is_wanted[column.numbers]] if field in texts else pairs)
    pairs = np.sort(np.concatenate(found))
    begins = _begins(pairs >> np.uint64(FIELD_BITS))
    return np.bitwise_or.reduceat(pairs, begins) if len(begins) else pairs


def _beginnings(words: Sequence[str], column: _Column) -> Iterator[tuple[str, Numbers]]:
    """The beginnings of the column's words, with who has them."""
    ends, numbered = range(1, LONGEST_BEGINNING + 1), _Numbered()
    known = numbered.of(word[:end] for word in words for end in ends).reshape(-1, len(ends))
    pairs = _paired(known[column.numbers].ravel(), np.repeat(column.owners, len(ends)))
    return _grouped(list(numbered), np.sort(pairs))


def _paired(numbers: Numbers, values: Numbers) -> Pairs:
    return numbers.astype(np.uint64) << _VALUE_BITS | values


def _grouped(names: Sequence[Name], pairs: Pairs) -> Iterator[tuple[Name, Numbers]]:
    """Each name with its values, from pairs in order."""
    numbers, values = pairs >> _VALUE_BITS, pairs.astype(np.uint32)
    begins: NDArray[np.intp] = _begins(numbers)
    ends = [*begins[1:].tolist(), len(pairs)]
    for number, begin, end in zip(numbers[begins].tolist(), begins.tolist(), ends, strict=False):
        yield names[number], values[begin:end]


def _begins(ordered: Pairs) -> NDArray[np.intp]:
    """Where another number begins."""
    return np.flatnonzero(np.diff(ordered, prepend=ordered[:1] + np.uint64(1)))
