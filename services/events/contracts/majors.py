"""Major versions of the contracts, side by side.

A change of the data that readers of today would not survive is a new major version of the events about that kind of
subject. Outlets have a major version too (`/events/v1/…`, `dwr.changes.v1`), and tell every entry once, in the highest
major version that is not above the outlet's. So an older outlet goes on beside the newer one, until the day that is
named here (decision 0014).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from services.events.contracts.catalogue import EVENT_TYPES, TYPE_PREFIX, Event, EventType
from services.events.contracts.entries import Entry, Json
from services.events.contracts.vocabulary import View

OUTLET_MAJOR = 1
"""Major version of the outlets that there are."""
Conversion: TypeAlias = Callable[[Json], Json]


@dataclass(frozen=True, slots=True)
class OlderMajor:
    """A major version of the events about a kind of subject that has a successor and is still told."""

    subject_kind: str
    major: int
    until: date
    """The last day on which it is sure to be told."""
    schema: Json
    """Of the data, as it was published last: the models have moved on."""
    lowered: Conversion
    """Its data, made from the data in the next major version."""
    raised: Conversion
    """The data in the next major version, made from its own."""


class Catalogue:
    """The types of events in every major version that is told."""

    def __init__(self, present: Mapping[Event, EventType], older: Sequence[OlderMajor] = ()) -> None:
        """Raises ValueError where a major version is missing between an older one and the present one."""
        self.present = present
        self.older = {(one.subject_kind, one.major): one for one in older}
        self.types = (*present.values(), *(type_ for one in older for type_ in _types_of(one, present)))
        """Every published type, the present ones first."""
        self._majors = {
            kind: sorted({type_.major for type_ in self.types if type_.subject_kind == kind})
            for kind in dict.fromkeys(type_.subject_kind for type_ in self.types)
        }
        _check(self._majors, present, self.older)

    @property
    def outlets(self) -> range:
        """The major versions of outlets that can tell every entry."""
        every = self._majors.values()
        return range(max(majors[0] for majors in every), max(majors[-1] for majors in every) + 1)

    def major_of(self, subject_kind: str, outlet_major: int = OUTLET_MAJOR) -> int:
        """The major version in which such outlets tell events about that kind. Raises LookupError where they cannot.

        A kind that came later, which only a newer process knows, is told as the outlet is.
        """
        told = [major for major in self._majors.get(subject_kind, [outlet_major]) if major <= outlet_major]
        if not told:
            raise LookupError(f"outlets of major version {outlet_major} do not tell of {subject_kind}s any more")
        return told[-1]

    def data(self, entry: Entry, view: View, outlet_major: int = OUTLET_MAJOR) -> Json:
        """The data of the entry as outlets of that major version tell it."""
        data, kind = entry.data(view), entry.subject.kind
        if not self.older:
            return data  # as ever but in the time beside a successor, and asked for every entry
        for older in reversed(self._since(kind, self.major_of(kind, outlet_major))):
            data = older.lowered(data)
        return data

    def raised(self, name: str, data: Json) -> tuple[str, Json]:
        """The event of a CloudEvents type, and its data in the present major version.

        A type that came later passes as it is. Raises ValueError for a major version that is not known here.
        """
        event, _, major = name.removeprefix(f"{TYPE_PREFIX}.").rpartition(".v")
        kind = data["subject"]["kind"]
        if major not in {str(known) for known in self._majors.get(kind, {OUTLET_MAJOR})}:
            raise ValueError(f"event type {name!r} is of a major version that this reader does not know")
        for older in self._since(kind, int(major)):
            data = older.raised(data)
        return event, data

    def _since(self, kind: str, major: int) -> list[OlderMajor]:
        """The older major versions of a kind from that one on, in their order."""
        return [
            self.older[kind, one] for one in self._majors.get(kind, ()) if major <= one and (kind, one) in self.older
        ]


def _types_of(older: OlderMajor, present: Mapping[Event, EventType]) -> list[EventType]:
    """All types about that kind of subject: those that came later are told by older outlets too."""
    return [
        replace(type_, major=older.major, until=older.until)
        for type_ in present.values()
        if type_.subject_kind == older.subject_kind
    ]


def _check(
    majors: Mapping[str, Sequence[int]], present: Mapping[Event, EventType], older: Mapping[tuple[str, int], OlderMajor]
) -> None:
    for kind, found in majors.items():
        now = {type_.major for type_ in present.values() if type_.subject_kind == kind}
        unbroken = list(found) == list(range(found[0], found[-1] + 1))
        if not unbroken or now != {found[-1]} or (kind, found[-1]) in older:
            raise ValueError(f"{kind}: major versions {found} are no unbroken line to the present one, {now}")


CATALOGUE = Catalogue(EVENT_TYPES)
"""What is published."""
