"""Facets: how many of the organisations found have each value."""

from dataclasses import dataclass, replace
from functools import cached_property

import strawberry

from graphql_api.keeping import Answered
from graphql_api.read_model.facets import Counted, Filtered, FoundSet, Grouping, without_own
from graphql_api.read_model.facts import Dimension
from graphql_api.schema.context import Context
from graphql_api.schema.facet_labels import FacetDimension, label_of
from graphql_api.schema.mirror import enum
from graphql_api.schema.questions import Question
from graphql_api.schema.texts import LocalisedText
from services.events.contracts.criteria import Criteria
from services.events.contracts.vocabulary import Language
from services.problems import FieldError, InvalidInput

_NACE_DIGITS = range(2, 8)


@dataclass(frozen=True, slots=True)
class Counting:
    """What is to be counted, beside the question."""

    dimensions: tuple[FacetDimension, ...]
    language: Language = Language.FR
    exclude_own: bool = False
    first: int | None = None
    min_count: int = 1
    nace_version: str | None = None
    nace_digits: int | None = None
    category_scheme: str | None = None

    def check(self) -> None:
        """Raises InvalidInput for what cannot be honoured."""
        if self.first is not None and self.first < 1:
            raise _invalid("first", "out_of_range", "first is 1 or more; leave it out to have every value.")
        if self.min_count < 1:
            raise _invalid("minCount", "out_of_range", "minCount is 1 or more: values that none has are not kept.")
        if self.nace_digits is not None and self.nace_digits not in _NACE_DIGITS:
            raise _invalid("naceDigits", "out_of_range", "naceDigits is from 2 to 7.")
        for argument, given, dimension in (
            ("naceVersion", self.nace_version, FacetDimension.NACE),
            ("naceDigits", self.nace_digits, FacetDimension.NACE),
            ("categoryScheme", self.category_scheme, FacetDimension.CATEGORY),
        ):
            if given is not None and dimension not in self.dimensions:
                raise _invalid(argument, "argument_missing", f"{argument} goes with the dimension {dimension}; add it.")

    def grouping(self, dimension: FacetDimension) -> Grouping:
        """What the read model counts by for the dimension."""
        if dimension is FacetDimension.VALIDATED_SINCE:
            return Grouping(Dimension.VALIDATED_YEAR)
        if dimension is FacetDimension.NACE:
            return Grouping(Dimension.NACE, self.nace_version, self.nace_digits or _NACE_DIGITS[0])
        if dimension is FacetDimension.CATEGORY:
            return Grouping(Dimension.CATEGORY, category_scheme=self.category_scheme)
        return Grouping(Dimension(dimension.value))


@dataclass(slots=True)
class Value:
    """A value with its count. Not frozen: there are many, and a frozen one takes three times as long to make."""

    value: str
    count: int
    dimension: FacetDimension
    language: Language


@dataclass(frozen=True)
class Shown:
    """What a facet is resolved from."""

    dimension: FacetDimension
    counting: Counting
    counted: Counted

    @property
    def total_count(self) -> int:
        """How many organisations were counted."""
        return self.counted.total

    @cached_property
    def values(self) -> list[Value]:
        """The values that were asked for."""
        language = self.counting.language
        return [Value(value, count, self.dimension, language) for value, count in self.counted.counts[: self._length]]

    @property
    def other_values(self) -> int:
        """How many values were not asked for."""
        return len(self.counted.counts) - self._length

    @property
    def other_count(self) -> int:
        """The sum of their counts."""
        return sum(count for _, count in self.counted.counts[self._length :])

    @property
    def without_value(self) -> int:
        """How many organisations have no value at all."""
        return self.counted.valueless

    @cached_property
    def _length(self) -> int:
        least, counts = self.counting.min_count, self.counted.counts
        length = len(counts) if least == 1 else sum(count >= least for _, count in counts)
        return length if self.counting.first is None else min(length, self.counting.first)


def _label(root: strawberry.Parent[Value]) -> LocalisedText | None:
    return label_of(root.dimension, root.value, root.language)


@strawberry.type(description="A value, and how many of the organisations found have it.")
class FacetValue:
    """Resolved from a Value."""

    value: str = strawberry.field(description="As a filter takes it.")
    label: LocalisedText | None = strawberry.field(
        resolver=_label, description="As people read it, where the registry knows how."
    )
    count: int


@strawberry.type(description="Counts by one dimension. An organisation with several values counts under each.")
class Facet:
    """Resolved from a Shown."""

    dimension: FacetDimension = strawberry.field(graphql_type=enum(FacetDimension))
    values: list[FacetValue] = strawberry.field(
        description="The most frequent first; values that none has are left out."
    )
    total_count: int = strawberry.field(
        description="How many organisations were counted: with `excludeOwn`, those of the list without that criterion."
    )
    other_values: int = strawberry.field(description="How many values `first` and `minCount` have left out.")
    other_count: int = strawberry.field(description="The sum of the counts of those values.")
    without_value: int = strawberry.field(description="How many of the organisations counted have none of the values.")


@strawberry.type(description="Counts over the same organisations as the list with the same arguments has.")
class Facets:
    """The facets of one question."""

    total_count: int
    facets: list[Facet]


@dataclass(frozen=True)
class Answer(Answered):
    """What Facets is resolved from."""

    total_count: int
    facets: list[Shown]


def facets_of(question: Question, counting: Counting, context: Context) -> Answer:
    """The counts of what the question means. Raises InvalidInput and InvalidSearch."""
    answers = context.state.answers
    key = (*question.key, counting, context.reading)
    answer: Answer | None = answers.get(key)
    if answer is None:
        counting.check()
        answer = _counted(question, counting, context)
        answers.put(key, answer)
    return answer


def _counted(question: Question, counting: Counting, context: Context) -> Answer:
    everybody = _organisations(question, question.criteria, context)
    facets = []
    for dimension in counting.dimensions:
        grouping, counted = counting.grouping(dimension), everybody
        if counting.exclude_own:
            others = without_own(question.criteria, grouping)
            same = others.canonical == question.criteria.canonical
            counted = everybody if same else _organisations(question, others, context)
        facets.append(Shown(dimension, counting, counted.count(grouping)))
    return Answer(everybody.total, facets)


def _organisations(question: Question, criteria: Criteria, context: Context) -> Filtered | FoundSet:
    if question.search is None and question.near is None:
        return Filtered(context.state, criteria, context.reading)
    found = replace(question, criteria=criteria).answer(context)
    return FoundSet(context.state, found.ordinals, context.today)


def _invalid(argument: str, code: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, errors=[FieldError(f"argument:{argument}", code, detail)])
