"""Terms as small numbers: organisations are many and terms few."""

from array import array
from collections.abc import Collection, Iterable, Iterator

from graphql_api.read_model.facts import Term

_SMALL, _LARGE = "H", "I"
"""Numbers of two bytes, as long as they suffice; else of four."""


class Vocabulary:
    """The terms by their numbers, which stay theirs."""

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        self._terms = list(terms)
        self._numbers = {term: number for number, term in enumerate(self._terms)}

    def __len__(self) -> int:
        return len(self._terms)

    def __iter__(self) -> Iterator[Term]:
        return iter(self._terms)

    def encode(self, terms: Collection[Term]) -> bytes:
        """The terms as numbers, and how large these are. Terms that are new get numbers."""
        try:
            numbers = [*map(self._numbers.__getitem__, terms)]
        except KeyError:
            for term in terms:
                self.know(term)
            return self.encode(terms)
        size = _SMALL if len(self._terms) <= 1 << 16 else _LARGE
        return array(size, numbers).tobytes() + size.encode()

    def decode(self, numbers: bytes) -> tuple[Term, ...]:
        """The terms, in the order in which they were given."""
        return tuple(map(self._terms.__getitem__, array(chr(numbers[-1]), numbers[:-1])))

    def know(self, term: Term) -> None:
        """Give the term the next number, if it has none."""
        if term not in self._numbers:
            self._numbers[term] = len(self._terms)
            self._terms.append(term)
