"""The text index: kept in step with every change, asked by every search."""

from collections.abc import Callable, Iterable

from pyroaring import BitMap

from graphql_api.keeping import Recent
from graphql_api.read_model.facts import NO_FACTS, Dimension, Facts, Term
from graphql_api.read_model.text.categories import Categories
from graphql_api.read_model.text.folding import fold
from graphql_api.read_model.text.gathering import Gathering
from graphql_api.read_model.text.lexicon import Lexicon
from graphql_api.read_model.text.matching import CategoryHolders, Matcher
from graphql_api.read_model.text.numbers import DIGITS as ENTERPRISE_NUMBER_DIGITS
from graphql_api.read_model.text.numbers import Numbers
from graphql_api.read_model.text.postings import Field
from graphql_api.read_model.text.scoring import (
    POINTS,
    Bonus,
    BonusMatch,
    Groups,
    MatchedField,
    Scores,
    TermMatch,
    Tier,
    Way,
    favour,
    group,
    members,
)
from graphql_api.read_model.text.titles import LONGEST_BEGINNING, TitleShapes, title_initials, title_words
from graphql_api.read_model.text.words import SearchText, parse, words_of_texts

_MOST_COMPARED = 1_000
"""Organisations whose titles are compared with the whole text; with more that have exactly its words, all count."""


_MOST_CORRECTED = 8
"""Words of a text up to which slips are looked for: each may cost a millisecond at a million organisations."""
MOST_GATHERED = 2_000
"""Takes some MB, of which words that stay keep a part: the more are gathered, the more."""
_KEPT = 1_000
_LARGEST_KEPT = 10_000
"""Organisations found by a search that is kept: at two bytes each, all that are kept take 20 MB at most."""
_NAMES = frozenset((MatchedField.TITLE, MatchedField.INITIALS, MatchedField.ENTERPRISE_NUMBER))
Find = Callable[[TermMatch], TermMatch]
Namer = Callable[[int], Iterable[str]]
"""The titles of an organisation."""


class TextIndex:
    """Titles, descriptions, categories and enterprise numbers of all organisations."""

    def __init__(self, category_holders: CategoryHolders, titles_of: Namer, most_gathered: int = MOST_GATHERED) -> None:
        """So many titles of a snapshot at most are put in together, with the other texts of their organisations."""
        self._titles_of = titles_of
        self._lexicon = Lexicon()
        self.categories = Categories(self._lexicon)
        self._titles = TitleShapes()
        self._numbers = Numbers()
        self._gathering = Gathering()
        self._most_gathered = most_gathered
        self._matcher = Matcher(self._lexicon, self._titles, self.categories, category_holders)
        self._answers: Recent[tuple[str, bool], Scores] = Recent(_KEPT)
        """What was searched for since the last change."""

    def replace(self, ordinal: int, before: Facts | None, after: Facts | None) -> None:
        """Take out the texts the organisation had, put in those it has. What did not change is not looked at."""
        old, new = before or NO_FACTS, after or NO_FACTS
        if old.titles != new.titles:
            self._replace_titles(ordinal, old.titles, new.titles)
        if old.short_descriptions != new.short_descriptions:
            self._replace_texts(ordinal, Field.SHORT_DESCRIPTION, old.short_descriptions, new.short_descriptions)
        if old.descriptions != new.descriptions:
            self._replace_texts(ordinal, Field.DESCRIPTION, old.descriptions, new.descriptions)
        if old.numbers != new.numbers:
            self._numbers.replace(ordinal, old.numbers, new.numbers)
            self._answers.clear()
        if old.held != new.held:
            self._know_categories(new.held)

    def collect(self, ordinal: int, facts: Facts) -> None:
        """Take the texts of one of many organisations: they are found after `fill`."""
        self._gathering.take(ordinal, facts)
        self._numbers.collect(ordinal, facts.numbers)
        if len(self._gathering) >= self._most_gathered:
            self._put_gathered()

    def fill(self, categories: Iterable[str]) -> None:
        """Find what was collected, of organisations that have these categories. Only for an index that is empty."""
        self._put_gathered()
        self._numbers.settle()
        for category in categories:
            self.categories.know(category)
        self._lexicon.settle()
        self._answers.clear()

    def settle(self) -> None:
        """Finish what the changes left for the next search."""
        self._lexicon.settle()

    def number_holders(self, digits: str) -> list[int]:
        """Whose enterprise number this is, written as ten digits."""
        return self._numbers.holders(digits)

    def search(self, text: str, *, names_only: bool = False) -> Scores:
        """Who has every word of the text in a title, description or category, and how well; or whose number it is.

        With `names_only` descriptions and categories are left out.
        """
        found: Scores | None = self._answers.get((text, names_only))
        if found is None:
            found = self._search(parse(text), _among_names if names_only else _anywhere)
            if len(found.found) <= _LARGEST_KEPT:
                self._answers.put((text, names_only), found)
        return found

    def _search(self, asked: SearchText, find: Find) -> Scores:
        self._lexicon.settle()
        terms = [find(found) for found in self._literally(asked)]
        groups = group(terms)
        if not groups:
            terms, groups = self._with_slips(terms, find)
        if asked.number is not None and (numbered := self._numbers.beginning_with(asked.number)):
            terms = _with_number(asked.number, terms, numbered)
            groups = group(terms)
        bonuses = self._bonuses(asked, groups) if groups else []
        for bonus in bonuses:
            groups = favour(groups, bonus)
        return Scores(members(groups), terms, bonuses, groups)

    def _put_gathered(self) -> None:
        self._gathering.put_into(self._lexicon, self._titles)
        self._gathering = Gathering()

    def _replace_titles(self, ordinal: int, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        old, new = _in_words(before), _in_words(after)
        self._replace_words(ordinal, Field.TITLE, title_words(old), title_words(new))
        self._replace_words(ordinal, Field.INITIALS, title_initials(old), title_initials(new))
        self._titles.replace(ordinal, old, new)

    def _replace_texts(self, ordinal: int, field: Field, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        self._replace_words(ordinal, field, words_of_texts(before), words_of_texts(after))

    def _replace_words(self, ordinal: int, field: Field, before: set[str], after: set[str]) -> None:
        self._lexicon.take(before - after, ordinal, field)
        self._lexicon.put(after - before, ordinal, field)
        self._answers.clear()

    def _know_categories(self, terms: Iterable[Term]) -> None:
        self._answers.clear()
        for term in terms:
            if term.dimension is Dimension.CATEGORY:
                self.categories.know(term.value)

    def _literally(self, asked: SearchText) -> list[TermMatch]:
        """Every word taken as it is; with a slip where nobody has it so."""
        joined = self._matcher.joined(asked.words, asked.terms) if len(asked.words) > 1 else {}
        corrected = self._matcher.corrected if len(asked.terms) <= _MOST_CORRECTED else _as_it_is
        terms = []
        for term in asked.terms:
            found = self._matcher.literal(term) + joined.get(term, [])
            terms.append(_match(term, found or self._matcher.apart(term) or corrected(term)))
        return terms

    def _with_slips(self, literal: list[TermMatch], find: Find) -> tuple[list[TermMatch], Groups]:
        """Nobody has all words so: every one may have a slip; at last the beginning that the text ends with."""
        if len(literal) > _MOST_CORRECTED:
            return literal, {}
        corrected = self._matcher.corrected
        terms = [find(_match(term, [*tiers, *corrected(term, thorough=True)])) for term, tiers in literal]
        groups = group(terms)
        if not groups and terms:
            term, tiers = terms[-1]
            terms[-1] = find(_match(term, [*tiers, *self._matcher.beginning_corrected(term)]))
            groups = group(terms)
        return terms, groups

    def _bonuses(self, asked: SearchText, groups: Groups) -> list[BonusMatch]:
        begins = self._titles.titles_beginning.of(asked.words[0][:LONGEST_BEGINNING])
        found = [
            BonusMatch(Bonus.WHOLE_TITLE, self._whole_titles(asked, groups)),
            BonusMatch(Bonus.TITLE_BEGINS, begins),
            *(BonusMatch(Bonus.SMALL_WORD, self._matcher.title_holders((word,))) for word in asked.optional),
        ]
        return [bonus for bonus in found if bonus.ordinals]

    def _whole_titles(self, asked: SearchText, groups: Groups) -> BitMap:
        """Those whose title is the text: all that have its words and as many of them, compared one by one."""
        likely = groups.get(len(asked.terms) * POINTS[MatchedField.TITLE, Way.EXACT])
        if likely is None:
            return BitMap()
        likely = likely & self._titles.of_length(len(asked.words))
        if len(likely) > _MOST_COMPARED:
            return likely
        text = " ".join(asked.words)
        return BitMap([one for one in likely if any(fold(title) == text for title in self._titles_of(one))])


def _in_words(titles: tuple[str, ...]) -> list[list[str]]:
    return [fold(title).split() for title in titles]


def _as_it_is(_term: str) -> list[Tier]:
    return []


def _anywhere(match: TermMatch) -> TermMatch:
    return match


def _among_names(match: TermMatch) -> TermMatch:
    return TermMatch(match.term, [tier for tier in match.tiers if tier.field in _NAMES])


def _match(term: str, tiers: list[Tier]) -> TermMatch:
    tiers.sort(key=_points_of, reverse=True)
    return TermMatch(term, tiers)


def _points_of(tier: Tier) -> int:
    return tier.points


def _with_number(digits: str, terms: list[TermMatch], numbered: BitMap) -> list[TermMatch]:
    """The same with those whose enterprise number begins so: digits in groups are one word then."""
    way = Way.EXACT if len(digits) == ENTERPRISE_NUMBER_DIGITS else Way.BEGINNING
    number = Tier(POINTS[MatchedField.ENTERPRISE_NUMBER, way], MatchedField.ENTERPRISE_NUMBER, way, [numbered])
    if len(terms) > 1:
        return [TermMatch(digits, [number])]
    return [_match(terms[0].term, [number, *terms[0].tiers])]
