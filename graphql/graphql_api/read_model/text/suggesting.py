"""What somebody may be about to type: names, categories and communes that begin with the text, or nearly."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import islice

from pyroaring import BitMap

from graphql_api.read_model.facts import NO_FACTS
from graphql_api.read_model.text.categories import names_of
from graphql_api.read_model.text.index import TextIndex
from services.reference.communes import communes_on

_SHARE = 3
"""Each kind is given this part of the places first, so that none crowds the others out."""


class SuggestionKind(StrEnum):
    """What is suggested."""

    CATEGORY = "category"
    COMMUNE = "commune"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category or commune by its value, an organisation by its ordinal, with the score by which they are sorted."""

    kind: SuggestionKind
    value: str | int
    score: int


class Names:
    """Names of something else than organisations, found in the same ways."""

    def __init__(self, kind: SuggestionKind, named: Iterable[tuple[str, tuple[str, ...]]]) -> None:
        self._kind = kind
        self._named = list(named)
        self._text = TextIndex(lambda _category: BitMap(), lambda place: self._named[place][1])
        for place, (_, names) in enumerate(self._named):
            self._text.replace(place, None, NO_FACTS._replace(titles=names))

    def near(self, text: str) -> Iterator[Suggestion]:
        """Those that the text may mean, the best first."""
        scores = self._text.search(text, names_only=True)
        for score, group in scores.groups(scores.found):
            yield from (Suggestion(self._kind, self._named[place][0], score) for place in group)


@lru_cache(maxsize=2)
def commune_names(day: date) -> Names:
    """The communes of a day."""
    return Names(SuggestionKind.COMMUNE, ((commune.nis_code, commune.names) for commune in communes_on(day)))


@lru_cache(maxsize=2)
def category_names(values: tuple[str, ...]) -> Names:
    """These categories, `scheme:code`."""
    names = ((value, tuple(name.text for name in names_of(value))) for value in values)
    return Names(SuggestionKind.CATEGORY, names)


def choose(sources: Sequence[Iterator[Suggestion]], count: int) -> list[Suggestion]:
    """So many of all, the best first; of equal ones in the order of the sources. Each source has its part of them."""
    taken = [list(islice(source, count)) for source in sources]
    share = max(1, count // _SHARE)
    chosen = sorted((one for some in taken for one in some[:share]), key=_worst_last)[:count]
    others = sorted((one for some in taken for one in some[share:]), key=_worst_last)
    return sorted([*chosen, *others[: count - len(chosen)]], key=_worst_last)


def _worst_last(suggestion: Suggestion) -> int:
    return -suggestion.score
