"""Why an organisation is in a list: the criteria and words that it met, and the parts of its score."""

from collections.abc import Iterator
from typing import Any

import strawberry
from pydantic.alias_generators import to_camel

from graphql_api.keeping import Recent
from graphql_api.read_model.filtering import Reading
from graphql_api.read_model.records import Record
from graphql_api.read_model.text.explaining import ExplainedBonus, ExplainedTerm, explain
from graphql_api.read_model.text.scoring import Bonus, MatchedField, Scores, Way
from graphql_api.schema.mirror import enum
from services.events.contracts.criteria import Criteria
from services.events.contracts.entries import Json
from services.events.contracts.matching import matches

Named = list[tuple[str, list[tuple[str, Criteria]]]]
"""Each criterion that is set, by its path in the filter, with criteria that ask for one of its values alone."""

_taken_apart: Recent[bytes, Named] = Recent(20_000, len)
"""By criteria, in bytes of them, each worth some 200 here: a page explains the same ones for all its organisations."""
_EXCLUDING = frozenset(("not_in_provinces", "not_in_communes", "none_of"))


@strawberry.type(description="Where a word of the search was found in the organisation, and what that is worth.")
class MatchedTerm:
    """Resolved from an ExplainedTerm."""

    term: str = strawberry.field(description="The word as it is compared: without case and accents.")
    field: MatchedField = strawberry.field(graphql_type=enum(MatchedField))
    way: Way = strawberry.field(graphql_type=enum(Way))
    word: str | None = strawberry.field(
        description="What the organisation has in its place; null where it has the word itself."
    )
    corrected_to: str | None = strawberry.field(description="The word that it was taken for a slip of.")
    points: int
    also_in: list[MatchedField] = strawberry.field(
        graphql_type=list[enum(MatchedField)],  # type: ignore[misc]
        description="Other places in which it was found: only the best one counts.",
    )


@strawberry.type(description="What the organisation is favoured for besides the words.")
class MatchedBonus:
    """Resolved from an ExplainedBonus."""

    bonus: Bonus = strawberry.field(graphql_type=enum(Bonus))
    points: int


@strawberry.type(description="A criterion of the filter: the organisation meets every one, or it would not be listed.")
class MatchedCriterion:
    """A criterion."""

    criterion: str = strawberry.field(description="Its path in the filter: `kinds`, `export.activeMarkets`.")
    values: list[str] = strawberry.field(
        description="Which of the values asked for it has; empty where the criterion is no list, or excludes."
    )


@strawberry.type(description="Why the organisation is in the list.")
class Match:
    """The explanation."""

    score: int | None = strawberry.field(
        description="Sum of the points of `terms` and `bonuses`: the list is sorted by it. Null without `search`."
    )
    terms: list[MatchedTerm] = strawberry.field(description="Each word of the search, but for articles and the like.")
    bonuses: list[MatchedBonus]
    criteria: list[MatchedCriterion]


def match_of(record: Record, scores: Scores | None, criteria: Criteria, reading: Reading) -> Match:
    """Why the organisation was found by these words and criteria."""
    met = list(_criteria(record, criteria, reading))
    if scores is None:
        return Match(score=None, terms=[], bonuses=[], criteria=met)
    explained = explain(scores, record.ordinal, record.facts)
    terms: list[ExplainedTerm] = list(explained.terms)
    bonuses: list[ExplainedBonus] = list(explained.bonuses)
    return Match(score=explained.score, terms=terms, bonuses=bonuses, criteria=met)  # type: ignore[arg-type]


def _criteria(record: Record, criteria: Criteria, reading: Reading) -> Iterator[MatchedCriterion]:
    for name, values in _named(criteria):
        met = dict.fromkeys(text for text, alone in values if _has(record, alone, reading))
        yield MatchedCriterion(criterion=name, values=list(met))


def _named(criteria: Criteria) -> Named:
    found: Named | None = _taken_apart.get(criteria.canonical)
    if found is None:
        found = list(_take_apart(criteria))
        _taken_apart.put(criteria.canonical, found)
    return found


def _take_apart(criteria: Criteria) -> Iterator[tuple[str, list[tuple[str, Criteria]]]]:
    for path, value in _parts(criteria.model_dump(mode="json", exclude_none=True)):
        listed = value if isinstance(value, list) and path[-1] not in _EXCLUDING else []
        yield ".".join(map(to_camel, path)), [(_text(one), _alone(path, one)) for one in listed]


def _parts(document: Json) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each criterion that is set, by its path: those on exports one by one, the lists of categories as one."""
    for name, value in document.items():
        if name == "export":
            yield from (((name, inner), some) for inner, some in value.items())
        else:
            yield (name,), [one for group in value for one in group] if name == "categories" else value


def _alone(path: tuple[str, ...], one: Any) -> Criteria:
    """Criteria that ask for one value of the list alone."""
    asked: Any = [[one]] if path == ("categories",) else [one]
    for name in reversed(path):
        asked = {name: asked}
    return Criteria.model_validate(asked)


def _has(record: Record, alone: Criteria, reading: Reading) -> bool:
    return matches(record.document, record.restricted if reading.restricted else None, alone, reading.today)


def _text(value: Any) -> str:
    return ":".join(map(str, value.values())) if isinstance(value, dict) else str(value)
