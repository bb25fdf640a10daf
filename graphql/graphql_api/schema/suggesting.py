"""Suggestions while somebody types."""

from collections.abc import Iterable, Iterator

import strawberry
from pyroaring import BitMap

from graphql_api.read_model.facts import Dimension, Order
from graphql_api.read_model.problems import InvalidPage
from graphql_api.read_model.state import State
from graphql_api.read_model.text.categories import names_of
from graphql_api.read_model.text.suggesting import (
    Names,
    Suggestion,
    SuggestionKind,
    category_names,
    choose,
    commune_names,
)
from graphql_api.schema.context import Info
from graphql_api.schema.mirror import enum
from graphql_api.schema.organisation import Organisation
from graphql_api.schema.places import AnyLanguage
from graphql_api.schema.questions import checked_text
from graphql_api.schema.texts import LocalisedText, in_language
from services.events.contracts.vocabulary import Language
from services.problems import FieldError
from services.reference.communes import follow

_MOST = 20
_DIMENSIONS = {SuggestionKind.CATEGORY: Dimension.CATEGORY, SuggestionKind.COMMUNE: Dimension.COMMUNE}


@strawberry.type(name="Suggestion", description="Something that the typed text may be the beginning of.")
class SuggestionType:
    """A suggestion."""

    kind: SuggestionKind = strawberry.field(graphql_type=enum(SuggestionKind))
    text: LocalisedText = strawberry.field(description="As people read it.")
    value: str = strawberry.field(
        description="What a filter takes: a commune's NIS code, a category's `scheme:code`; an organisation's slug."
    )
    count: int = strawberry.field(description="How many organisations it stands for: 1 for an organisation.")
    organisation: Organisation | None


def suggestions(info: Info, text: str, first: int = 10, language: AnyLanguage = Language.FR) -> list[SuggestionType]:
    """What the text may be the beginning of. Raises InvalidSearch and InvalidPage."""
    checked_text(text, "text")
    if not 1 <= first <= _MOST:
        detail = f"first is from 1 to {_MOST}."
        raise InvalidPage(detail, errors=[FieldError("argument:first", "out_of_range", detail)])
    state, today = info.context.state, info.context.today
    key = "suggest", text, first, language, today
    shown: list[SuggestionType] | None = state.answers.get(key)
    if shown is None:
        sources = [
            _of_some(state, category_names(tuple(state.text.categories)), text),
            _of_some(state, commune_names(today), text),
            _organisations(state, text, first),
        ]
        shown = [_shown(state, found, language) for found in choose(sources, first)]
        state.answers.put(key, shown)
    return shown


def _of_some(state: State, names: Names, text: str) -> Iterator[Suggestion]:
    """Those that some organisation has, for others would be filters that find nothing; of equal ones the most used."""
    found = [one for one in names.near(text) if _count(state, one)]
    return iter(sorted(found, key=lambda one: (-one.score, -_count(state, one))))


def _organisations(state: State, text: str, wanted: int) -> Iterator[Suggestion]:
    scores = state.text.search(text, names_only=True)
    for score, group in scores.groups(scores.found):
        for ordinal in _by_title(state, group, wanted):
            yield Suggestion(SuggestionKind.ORGANISATION, ordinal, score)


def _by_title(state: State, group: BitMap, wanted: int) -> Iterable[int]:
    """The group in the order of titles, for a caller that takes about `wanted`: a large one is met soon in it."""
    order = state.orders[Order.TITLE]
    if len(group) * len(group) <= wanted * len(order):
        return sorted(group, key=lambda ordinal: state.records.keys_of(ordinal)[0])
    return (ordinal for _, _, ordinal in order.walk(None, backwards=False) if ordinal in group)


def _count(state: State, found: Suggestion) -> int:
    return len(state.sets.of(_DIMENSIONS[found.kind], str(found.value)))


def _shown(state: State, found: Suggestion, language: Language) -> SuggestionType:
    if found.kind is SuggestionKind.ORGANISATION:
        record = state.record(int(found.value))
        title = in_language(record.document["title"], language)
        return SuggestionType(
            kind=found.kind,
            text=title,
            value=record.document["slug"],
            count=1,
            organisation=record,  # type: ignore[arg-type] # the source of an Organisation
        )
    label = in_language(_names(found), language)
    return SuggestionType(
        kind=found.kind, text=label, value=str(found.value), count=_count(state, found), organisation=None
    )


def _names(found: Suggestion) -> dict[str, str | None]:
    if found.kind is SuggestionKind.CATEGORY:
        names = names_of(str(found.value))
        return {name.language or Language.EN: name.text for name in reversed(names)}
    commune = follow(str(found.value))
    return {"fr": commune.name_fr, "nl": commune.name_nl, "de": commune.name_de}
