"""What an entry of the log did to an organisation's place among those that criteria mean.

The feed, saved searches and subscriptions tell changes by the same rule.
"""

from datetime import date
from enum import StrEnum
from functools import cached_property

from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.changes import document_before, rewind
from services.events.contracts.criteria import Criteria
from services.events.contracts.entries import Entry, Json
from services.events.contracts.matching import matches
from services.events.contracts.vocabulary import Visibility


class Transition(StrEnum):
    """What a change did to the organisation's place among those that the filter means.

    `entered`: it was not meant before, show it; `changed`: it is meant before and after, show it as it is now;
    `left`: it is not meant any more, remove it where it is shown. What left the filter may still be public.
    """

    ENTERED = "entered"
    CHANGED = "changed"
    LEFT = "left"


class Change:
    """An entry with the documents before and after it."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    @cached_property
    def document_before(self) -> Json | None:
        """The public document before; none when there was none, or what it was is not told any more."""
        return document_before(self.entry)

    @cached_property
    def restricted_before(self) -> Json | None:
        """The restricted part before."""
        if self.document_before is None:
            return None
        return rewind(self.entry.restricted, self.entry.restricted_changes)

    def transition(self, criteria: Criteria, day: date, *, restricted: bool) -> Transition | None:
        """What became of its place on that day; none where it was and is not meant, or is no organisation.

        `restricted` says whether criteria may look at restricted figures.
        """
        entry = self.entry
        if entry.subject.kind != ORGANISATION or entry.visibility is Visibility.HIDDEN:
            return None
        before = _match(self.document_before, self.restricted_before if restricted else None, criteria, day)
        if _match(entry.document, entry.restricted if restricted else None, criteria, day):
            return Transition.CHANGED if before else Transition.ENTERED
        return Transition.LEFT if before or self._may_have_matched(criteria) else None

    def _may_have_matched(self, asked: Criteria) -> bool:
        """Whether what the entry does not tell any more may have matched: better remove what is not there.

        A person who withdraws the consent to be shown is told without the values of before.
        """
        if self.entry.visibility is Visibility.LEFT:
            return self.document_before is None
        withheld = (asked.near, asked.box, asked.polygon, asked.enterprise_numbers, asked.export)
        asks = any(criterion is not None for criterion in withheld)
        return asks and self.entry.visibility is Visibility.STAYED and _withholds(self.entry.document or {})


def _match(document: Json | None, restricted: Json | None, criteria: Criteria, day: date) -> bool:
    return document is not None and matches(document, restricted, criteria, day)


def _withholds(document: Json) -> bool:
    """Whether everything that is withheld of a person is absent from the document."""
    addresses = (place["address"] for place in document.get("establishments", ()))
    named = any(name in document for name in ("enterprise_numbers", "email", "phone"))
    return not named and not any("point" in address for address in addresses)
