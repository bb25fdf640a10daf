"""What organisations are called by, ids and slugs: found without keeping them, by their hashes."""

from array import array
from collections.abc import Iterable

from graphql_api.read_model.sorted_numbers import SortedNumbers

_ORDINAL_BITS = 28
_ORDINALS = (1 << _ORDINAL_BITS) - 1
_HASH_BITS = 36


class Names:
    """Who may have a name. Two names may have the same hash: whether it is theirs has to be looked up."""

    def __init__(self) -> None:
        self._entries = SortedNumbers()
        self._waiting = array("Q")
        """Those of a snapshot, until all are there."""

    def collect(self, ordinal: int, names: Iterable[str]) -> None:
        """Take the names of one of many organisations, before `settle`."""
        self._waiting.extend([_entry(name, ordinal) for name in names])

    def settle(self) -> None:
        """Sort what was collected."""
        self._entries.fill(self._waiting)
        self._waiting = array("Q")

    def replace(self, ordinal: int, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        """Take the names the organisation had for those it has."""
        if before != after:
            old, new = ({_entry(name, ordinal) for name in names} for names in (before, after))
            self._entries.replace(old - new, new - old)

    def holders(self, name: str) -> list[int]:
        """The ordinals that may have the name."""
        low = _entry(name, 0)
        return [entry & _ORDINALS for entry in self._entries.between(low, low + _ORDINALS + 1)]


def _entry(name: str, ordinal: int) -> int:
    return (hash(name) & (1 << _HASH_BITS) - 1) << _ORDINAL_BITS | ordinal
