"""Terms as small numbers: organisations are many and terms few."""

from array import array
from collections.abc import Iterable, Iterator

from graphql_api.read_model.facts import Term

_SMALL, _LARGE = "H", "I"
"""Numbers of two bytes, as long as they suffice; else of four."""


class Vocabulary:
    """The terms by their numbers, which stay theirs."""

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        self._terms = list(terms)
        self._numbers = {term: number for number, term in enumerate(self._terms)}

    def __iter__(self) -> Iterator[Term]:
        return iter(self._terms)

    def encode(self, terms: Iterable[Term]) -> bytes:
        """The terms as numbers, and how large these are. Terms that are new get numbers."""
        numbers = [self._number(term) for term in terms]
        size = _SMALL if len(self._terms) <= 1 << 16 else _LARGE
        return array(size, numbers).tobytes() + size.encode()

    def decode(self, numbers: bytes) -> tuple[Term, ...]:
        """The terms, in the order in which they were given."""
        return tuple(map(self._terms.__getitem__, array(chr(numbers[-1]), numbers[:-1])))

    def _number(self, term: Term) -> int:
        number = self._numbers.get(term)
        if number is None:
            number = self._numbers[term] = len(self._terms)
            self._terms.append(term)
        return number
