"""Enterprise numbers in order: found whole or by their first digits, in nine bytes each."""

from array import array

from pyroaring import BitMap

from graphql_api.read_model.sorted_numbers import SortedNumbers

_ORDINAL_BITS = 28
_ORDINALS = (1 << _ORDINAL_BITS) - 1
DIGITS = 10
_FORMER_DIGITS = 9


class Numbers:
    """The numbers of all organisations."""

    def __init__(self) -> None:
        self._entries = SortedNumbers()
        self._waiting = array("Q")
        """Those of a snapshot, until all are there."""

    def collect(self, ordinal: int, numbers: tuple[str, ...]) -> None:
        """Take the numbers of one of many organisations, before `settle`."""
        self._waiting.extend([_entry(digits, ordinal) for digits in numbers])

    def settle(self) -> None:
        """Sort what was collected."""
        self._entries.fill(self._waiting)
        self._waiting = array("Q")

    def replace(self, ordinal: int, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        """Take the numbers, ten digits each, that the organisation had for those it has."""
        if before != after:
            old, new = ({_entry(digits, ordinal) for digits in numbers} for numbers in (before, after))
            self._entries.replace(old - new, new - old)

    def beginning_with(self, digits: str) -> BitMap:
        """Whose number begins with the digits; the leading 0 may be missing, as in the old form of nine digits."""
        found = BitMap(self._between(digits)) if digits[0] in "01" else BitMap()
        if digits[0] != "0" and len(digits) <= _FORMER_DIGITS:
            found.update(self._between(f"0{digits}"))
        return found

    def holders(self, digits: str) -> list[int]:
        """Who has the number, written as ten digits."""
        return self._between(digits)

    def _between(self, digits: str) -> list[int]:
        low, high = _entry(digits.ljust(DIGITS, "0"), 0), _entry(digits.ljust(DIGITS, "9"), _ORDINALS)
        return [entry & _ORDINALS for entry in self._entries.between(low, high)]


def _entry(digits: str, ordinal: int) -> int:
    return int(digits) << _ORDINAL_BITS | ordinal
