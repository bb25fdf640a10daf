"""What the ways are worth in which an organisation has the words of a search, and the order that this makes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from pyroaring import BitMap

from graphql_api.read_model.text.postings import united


class MatchedField(StrEnum):
    """Where a word was found."""

    ENTERPRISE_NUMBER = "enterprise_number"
    TITLE = "title"
    INITIALS = "initials"
    """The first letters of the title's words: `UWE`."""
    CATEGORY = "category"
    SHORT_DESCRIPTION = "short_description"
    DESCRIPTION = "description"


class Way(StrEnum):
    """How a word was found."""

    EXACT = "exact"
    FORM = "form"
    """As its singular or plural."""
    JOINED = "joined"
    """Written in one word instead of several, or the other way round."""
    BEGINNING = "beginning"
    ONE_SLIP = "one_slip"
    """With one letter left out, added, changed, or exchanged with its neighbour."""
    TWO_SLIPS = "two_slips"
    SLIP_IN_BEGINNING = "slip_in_beginning"


class Bonus(StrEnum):
    """What an organisation is favoured for besides its words."""

    WHOLE_TITLE = "whole_title"
    """The text is one of its titles."""
    TITLE_BEGINS = "title_begins"
    """A title begins with the same letters, four at most, as the text."""
    SMALL_WORD = "small_word"
    """Its title has an article, preposition or legal form of the text too."""


_FIELD_POINTS = {
    MatchedField.ENTERPRISE_NUMBER: 200,
    MatchedField.TITLE: 100,
    MatchedField.INITIALS: 80,
    MatchedField.CATEGORY: 55,
    MatchedField.SHORT_DESCRIPTION: 40,
    MatchedField.DESCRIPTION: 20,
}
_WAY_PERCENT = {
    Way.EXACT: 100,
    Way.FORM: 95,
    Way.JOINED: 90,
    Way.BEGINNING: 70,
    Way.ONE_SLIP: 60,
    Way.TWO_SLIPS: 45,
    Way.SLIP_IN_BEGINNING: 40,
}
BONUS_POINTS = {Bonus.WHOLE_TITLE: 1_000, Bonus.TITLE_BEGINS: 30, Bonus.SMALL_WORD: 5}
POINTS = {
    (field, way): points * percent // 100
    for field, points in _FIELD_POINTS.items()
    for way, percent in _WAY_PERCENT.items()
}
"""What a word is worth that was found there in that way."""
Groups = dict[int, BitMap]
"""Organisations by score: a few sets instead of a number for each."""


class Tier(NamedTuple):
    """Who has a word of the search in one place and one way."""

    points: int
    field: MatchedField
    way: Way
    parts: list[BitMap]
    """Not joined: where another word is rare, only its few organisations are looked for in each."""

    def __contains__(self, ordinal: object) -> bool:
        return isinstance(ordinal, int) and any(ordinal in part for part in self.parts)


class TermMatch(NamedTuple):
    """What was found for one word of the search: an organisation counts in the best of its tiers."""

    term: str
    tiers: list[Tier]
    """The best first."""


class BonusMatch(NamedTuple):
    """Who has a bonus."""

    bonus: Bonus
    ordinals: BitMap


@dataclass(frozen=True, slots=True)
class Scores:
    """Who is meant by a search, and how well. Do not change the bitmaps."""

    found: BitMap
    """Who has every word."""
    terms: list[TermMatch]
    bonuses: list[BonusMatch]
    by_score: Groups

    def groups(self, within: BitMap) -> list[tuple[int, BitMap]]:
        """Those of `within` by score, the best first."""
        ordered = sorted(self.by_score.items(), key=_score_of, reverse=True)
        if len(within) == len(self.found):
            return ordered
        return [(score, some) for score, group in ordered if (some := group & within)]

    def of(self, ordinal: int) -> int:
        """The score of an organisation that was found: the sum of its parts, the higher the nearer."""
        return next(score for score, group in self.by_score.items() if ordinal in group)


def group(terms: list[TermMatch]) -> Groups:
    """Who has every word, by the sum of what each is worth. The rarest word comes first: the others refine few then."""
    groups: Groups = {}
    for place, term in enumerate(sorted(terms, key=_commonness)):
        groups = _refined(groups, term.tiers) if place else _apart(term.tiers)
        if not groups:
            break
    return groups


def favour(groups: Groups, bonus: BonusMatch) -> Groups:
    """The same with the bonus added to those who have it."""
    made: Groups = {}
    for score, group in groups.items():
        if favoured := group & bonus.ordinals:
            _join(made, score + BONUS_POINTS[bonus.bonus], favoured)
        if len(favoured) < len(group):
            _join(made, score, group - favoured)
    return made


def members(groups: Groups) -> BitMap:
    """All who are in one of the groups."""
    return united(list(groups.values()))


def _score_of(pair: tuple[int, BitMap]) -> int:
    return pair[0]


def _commonness(term: TermMatch) -> int:
    return sum([len(part) for tier in term.tiers for part in tier.parts])


def _apart(tiers: list[Tier]) -> Groups:
    """Each organisation in the best of its tiers alone."""
    groups: Groups = {}
    seen: BitMap | None = None
    for points, _, _, parts in tiers:
        new = united(parts) if seen is None else united(parts) - seen
        if new:
            _join(groups, points, new)
            seen = new if seen is None else seen | new
    return groups


def _refined(groups: Groups, tiers: list[Tier]) -> Groups:
    made: Groups = {}
    for score, rest in groups.items():
        for points, _, _, parts in tiers:
            hit = rest & parts[0] if len(parts) == 1 else united([rest & part for part in parts])
            if not hit:
                continue
            _join(made, score + points, hit)
            if len(hit) == len(rest):
                break
            rest = rest - hit  # noqa: PLW2901 - what is left of the group
    return made


def _join(groups: Groups, score: int, ordinals: BitMap) -> None:
    groups[score] = groups[score] | ordinals if score in groups else ordinals
