"""Facts as bytes, in sections: most who read need one of them, and most changes leave most of them as they are."""

import marshal
from typing import Any

from graphql_api.read_model.facts import Facts, Figure
from graphql_api.read_model.store.vocabulary import Vocabulary

KEYS, NAMES, HELD, MARKS, TEXTS = range(5)
"""Sort keys; slugs, ids and numbers; terms; figures, points and labels; titles and descriptions."""
COUNT = 5

_FIGURES = tuple(Figure)
_PLACES = {figure: place for place, figure in enumerate(_FIGURES)}
Sections = tuple[bytes, ...]


def encoded(facts: Facts, vocabulary: Vocabulary) -> Sections:
    """The sections, in their order. The id is left out: it is told apart."""
    keys, names, held, (figures, points, labels), texts = _parts(facts)
    marks = tuple([(_PLACES[figure], value) for figure, value in figures]), points, labels
    dumps = marshal.dumps
    return dumps(keys), dumps(names), vocabulary.encode(held), dumps(marks), dumps(texts)


def decoded(section: int, content: bytes, vocabulary: Vocabulary) -> Any:
    """What one section holds."""
    if section == HELD:
        return vocabulary.decode(content)
    found = marshal.loads(content)  # noqa: S302 - our own: checked when it was taken from the file
    if section == MARKS:
        figures, points, labels = found
        return tuple([(_FIGURES[place], value) for place, value in figures]), points, labels
    return found


def facts_from(identifier: str, sections: Sections, vocabulary: Vocabulary) -> Facts:
    """The facts."""
    return _whole(identifier, [decoded(at, content, vocabulary) for at, content in enumerate(sections)])


def facts_beside(facts: Facts, theirs: Sections, sections: Sections, vocabulary: Vocabulary) -> Facts:
    """The facts of the sections, where others of the same organisation are at hand, with their sections.

    What is encoded alike is taken from these: most is.
    """
    if theirs == sections:
        return facts
    parts = [*_parts(facts)]
    for at, mine in enumerate(sections):
        if mine != theirs[at]:
            parts[at] = decoded(at, mine, vocabulary)
    return _whole(facts.ids[0], parts)


def _parts(facts: Facts) -> tuple[Any, ...]:
    return (
        facts.keys,
        (facts.slugs, facts.ids[1:], facts.numbers),
        facts.held,
        (facts.figures, facts.points, facts.labels),
        (facts.titles, facts.short_descriptions, facts.descriptions),
    )


def _whole(identifier: str, parts: list[Any]) -> Facts:
    keys, (slugs, merged, numbers), held, (figures, points, labels), (titles, short_descriptions, descriptions) = parts
    return Facts(
        slugs,
        (identifier, *merged),
        numbers,
        held,
        keys,
        figures,
        titles,
        short_descriptions,
        descriptions,
        points,
        labels,
    )
