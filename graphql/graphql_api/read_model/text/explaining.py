"""Why one organisation was found: the same tiers and bonuses that make its score, with the words that were met."""

from collections.abc import Iterable
from dataclasses import dataclass

from graphql_api.read_model.facts import Dimension, Facts
from graphql_api.read_model.text.categories import category_words
from graphql_api.read_model.text.correcting import distance
from graphql_api.read_model.text.folding import fold
from graphql_api.read_model.text.forms import forms
from graphql_api.read_model.text.scoring import BONUS_POINTS, Bonus, MatchedField, Scores, TermMatch, Way

_SLIPS = frozenset((Way.ONE_SLIP, Way.TWO_SLIPS, Way.SLIP_IN_BEGINNING))


@dataclass(frozen=True, slots=True)
class ExplainedTerm:
    """Where a word of the search was found, and what that is worth."""

    term: str
    """Folded."""
    field: MatchedField
    way: Way
    word: str | None
    """What the organisation has instead of the term, folded; none where it has the term itself."""
    points: int
    also_in: tuple[MatchedField, ...]
    """Where it was found too, for no points."""

    @property
    def corrected_to(self) -> str | None:
        """The word that the term was taken for a slip of."""
        return self.word if self.way in _SLIPS else None


@dataclass(frozen=True, slots=True)
class ExplainedBonus:
    """What the organisation is favoured for."""

    bonus: Bonus
    points: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """The parts of a score, which is their sum."""

    score: int
    terms: tuple[ExplainedTerm, ...]
    bonuses: tuple[ExplainedBonus, ...]


def explain(scores: Scores, ordinal: int, facts: Facts) -> Explanation:
    """Why the organisation, which was found, has its score."""
    bonuses = (match.bonus for match in scores.bonuses if ordinal in match.ordinals)
    return Explanation(
        scores.of(ordinal),
        tuple(_term(match, ordinal, facts) for match in scores.terms),
        tuple(ExplainedBonus(bonus, BONUS_POINTS[bonus]) for bonus in bonuses),
    )


def _term(match: TermMatch, ordinal: int, facts: Facts) -> ExplainedTerm:
    best, *others = (tier for tier in match.tiers if ordinal in tier)
    also = dict.fromkeys(tier.field for tier in others if tier.field is not best.field)
    word = _word(match.term, best.field, best.way, facts)
    return ExplainedTerm(match.term, best.field, best.way, word, best.points, tuple(also))


def _word(term: str, field: MatchedField, way: Way, facts: Facts) -> str | None:
    if way is Way.EXACT:
        return None
    if field is MatchedField.ENTERPRISE_NUMBER:
        return next((number for number in facts.numbers if number.lstrip("0").startswith(term.lstrip("0"))), None)
    words = _words(field, facts)
    if way is Way.JOINED:
        return _joined(term, words)
    return min(
        (word for word in words if _meets(term, word, way)), key=lambda word: (_off(term, word), word), default=None
    )


def _meets(term: str, word: str, way: Way) -> bool:
    match way:
        case Way.FORM:
            return word in forms(term)
        case Way.BEGINNING:
            return word.startswith(term)
        case Way.ONE_SLIP | Way.TWO_SLIPS:
            return distance(term, word) <= (1 if way is Way.ONE_SLIP else 2)
    return _off(term, word) <= 1


def _off(term: str, word: str) -> int:
    """How far the word begins otherwise than the term."""
    return min(distance(term, word[:end]) for end in range(len(term) - 1, len(term) + 2))


def _joined(term: str, words: list[str]) -> str | None:
    """The longer word that holds the term, or the words that make it together."""
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            if "".join(words[start:end]).startswith(term):
                return " ".join(words[start:end])
    return next((word for word in words if term in word), None)


def _words(field: MatchedField, facts: Facts) -> list[str]:
    texts: Iterable[str]
    match field:
        case MatchedField.SHORT_DESCRIPTION:
            texts = facts.short_descriptions
        case MatchedField.DESCRIPTION:
            texts = facts.descriptions
        case MatchedField.CATEGORY:
            values = (term.value for term in facts.held if term.dimension is Dimension.CATEGORY)
            return sorted({word for value in values for word in category_words(value)})
        case _:
            texts = facts.titles
    return fold("\n".join(texts)).split()
