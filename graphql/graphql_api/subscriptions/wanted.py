"""Which entries a subscriber asked for, and what an entry did to the organisation's place in the filter."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from graphql_api.subscriptions.steps import Step
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.criteria import Criteria
from services.events.contracts.entries import Json
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


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscriber asked for."""

    criteria: Criteria
    restricted: bool
    """Whether the caller may read restricted figures: criteria then look at them, as those of a saved search do."""
    types: AbstractSet[str] | None = None

    def transition(self, step: Step) -> Transition | None:
        """What the step did to the organisation's place in the filter; none where the subscriber is not concerned."""
        entry = step.entry
        if entry.subject.kind != ORGANISATION or entry.visibility is Visibility.HIDDEN:
            return None
        if self.types is not None and entry.event not in self.types:
            return None
        # The day of the entry, not today: whoever comes back later is told the same.
        day = entry.published_at.date()
        before = self._matches(step.document_before, step.restricted_before, day)
        if self._matches(entry.document, entry.restricted, day):
            return Transition.CHANGED if before else Transition.ENTERED
        return Transition.LEFT if before or self._may_have_matched(step) else None

    def _matches(self, document: Json | None, restricted: Json | None, day: date) -> bool:
        readable = restricted if self.restricted else None
        return document is not None and matches(document, readable, self.criteria, day)

    def _may_have_matched(self, step: Step) -> bool:
        """Whether what the entry does not tell any more may have matched: better remove what is not there.

        A person who withdraws the consent to be shown is told without the values of before.
        """
        visibility, asked = step.entry.visibility, self.criteria
        if visibility is Visibility.LEFT:
            return step.document_before is None
        withheld = (asked.near, asked.box, asked.polygon, asked.enterprise_numbers, asked.export)
        asks = any(criterion is not None for criterion in withheld)
        return asks and visibility is Visibility.STAYED and _withholds(step.entry.document or {})


def _withholds(document: Json) -> bool:
    """Whether everything that is withheld of a person is absent from the document."""
    addresses = (place["address"] for place in document.get("establishments", ()))
    named = any(name in document for name in ("enterprise_numbers", "email", "phone"))
    return not named and not any("point" in address for address in addresses)
