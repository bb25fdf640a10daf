"""What a word of a search may mean: itself, another form, the beginning of a longer word, a word it was typed for."""

from collections.abc import Callable, Iterable, Sequence

from pyroaring import BitMap

from graphql_api.read_model.text.categories import Categories
from graphql_api.read_model.text.correcting import most_slips
from graphql_api.read_model.text.forms import forms
from graphql_api.read_model.text.lexicon import Lexicon
from graphql_api.read_model.text.postings import Field, united
from graphql_api.read_model.text.scoring import POINTS, MatchedField, Tier, Way
from graphql_api.read_model.text.titles import LONGEST_BEGINNING, TitleShapes

_NAMES = (
    MatchedField.TITLE,
    MatchedField.INITIALS,
    MatchedField.SHORT_DESCRIPTION,
    MatchedField.DESCRIPTION,
)
"""In the order of `Field`."""
_FIELDS = {way: [(POINTS[name, way], name) for name in _NAMES] for way in Way}
_LONGEST_JOINED = 40
_MOST_PARTS = 3
_SHORTEST_CUT_PART = 3

CategoryHolders = Callable[[str], BitMap]
"""The organisations of a category, `scheme:code`."""


class Matcher:
    """Finds who may be meant by a word."""

    def __init__(self, lexicon: Lexicon, titles: TitleShapes, categories: Categories, holders: CategoryHolders) -> None:
        self._lexicon = lexicon
        self._titles = titles
        self._categories = categories
        self._category_holders = holders

    def literal(self, term: str) -> list[Tier]:
        """Those who have the word itself, a form of it, or a word that begins with it."""
        lexicon = self._lexicon
        found = self._tiers_of(Way.EXACT, [term]) if term in lexicon else []
        if others := [form for form in forms(term) if form in lexicon]:
            found += self._tiers_of(Way.FORM, others)
        if len(term) > LONGEST_BEGINNING:
            longer = [word for word in lexicon.beginning_with(term) if word != term]
            found += self._tiers_of(Way.BEGINNING, longer) if longer else []
            return found
        found += _tier(MatchedField.TITLE, Way.BEGINNING, [self._titles.words_beginning.of(term)])
        return found + self._in(self._categories.beginning_with(term), Way.BEGINNING)

    def joined(self, words: Sequence[str], terms: Sequence[str]) -> dict[str, list[Tier]]:
        """For terms that stand beside others: those who write them in one word."""
        found: dict[str, list[Tier]] = {}
        for length in (2, 3):
            for start in range(len(words) - length + 1):
                span = words[start : start + length]
                whole = "".join(span)
                if len(whole) <= _LONGEST_JOINED and whole in self._lexicon:
                    for term in span:
                        if term in terms:
                            found.setdefault(term, []).extend(_tiers(Way.JOINED, self._lexicon.holders((whole,))))
        return found

    def apart(self, term: str) -> list[Tier]:
        """Those whose title has the word in several: `teamleader` for Team Leader; the last may be a beginning."""
        if len(term) > _LONGEST_JOINED:
            return []
        return _tier(MatchedField.TITLE, Way.JOINED, [self._having(parts) for parts in self._cut(term, _MOST_PARTS)])

    def corrected(self, term: str, *, thorough: bool = False) -> list[Tier]:
        """Those who have a word that a slip or two made into this one: two only where one finds nobody."""
        for slips, way in zip(range(1, most_slips(term) + 1), (Way.ONE_SLIP, Way.TWO_SLIPS), strict=False):
            if found := self._tiers_of(way, self._lexicon.near(term, slips, thorough=thorough)):
                return found
        return []

    def beginning_corrected(self, term: str) -> list[Tier]:
        """Those who have a word of which this is the beginning, with a slip."""
        if not most_slips(term):
            return []
        return self._tiers_of(Way.SLIP_IN_BEGINNING, self._lexicon.beginning_near(term))

    def title_holders(self, words: Iterable[str]) -> BitMap:
        """Those who have each of the words in a title."""
        held = [united(self._lexicon.holders((word,))[Field.TITLE]) for word in words]
        return BitMap.intersection(*held) if len(held) > 1 else held[0]

    def _cut(self, term: str, most: int) -> Iterable[tuple[str, ...]]:
        for end in range(1, len(term)):
            first, rest = term[:end], term[end:]
            if first not in self._lexicon:
                continue
            if rest in self._lexicon or len(rest) >= _SHORTEST_CUT_PART:
                yield first, rest
            if most > 2:  # noqa: PLR2004 - two parts are made here
                yield from ((first, *parts) for parts in self._cut(rest, most - 1))

    def _having(self, parts: tuple[str, ...]) -> BitMap:
        found = self.title_holders(parts[:-1])
        if not found:
            return found
        last = parts[-1]
        held = self._lexicon.holders((last,))[Field.TITLE]
        if len(last) >= _SHORTEST_CUT_PART:
            held = [*held, *self._title_beginning(last)]
        return united([found & some for some in held])

    def _title_beginning(self, beginning: str) -> list[BitMap]:
        if len(beginning) <= LONGEST_BEGINNING:
            return [self._titles.words_beginning.of(beginning)]
        return self._lexicon.holders(self._lexicon.beginning_with(beginning))[Field.TITLE]

    def _tiers_of(self, way: Way, words: list[str]) -> list[Tier]:
        return _tiers(way, self._lexicon.holders(words)) + self._in(self._categories.named(words), way)

    def _in(self, categories: set[str], way: Way) -> list[Tier]:
        return _tier(MatchedField.CATEGORY, way, map(self._category_holders, categories)) if categories else []


def _tiers(way: Way, holders: list[list[BitMap]]) -> list[Tier]:
    named = zip(_FIELDS[way], holders, strict=True)
    return [Tier(points, field, way, parts) for (points, field), parts in named if parts]


def _tier(field: MatchedField, way: Way, parts: Iterable[BitMap]) -> list[Tier]:
    held = [part for part in parts if part]
    return [Tier(POINTS[field, way], field, way, held)] if held else []
