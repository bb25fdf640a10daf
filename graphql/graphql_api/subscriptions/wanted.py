"""Which entries a subscriber asked for."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from graphql_api.subscriptions.steps import Step
from services.events.contracts.criteria import Criteria
from services.events.contracts.transitions import Transition


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscriber asked for."""

    criteria: Criteria
    restricted: bool
    """Whether the caller may read restricted figures: criteria then look at them, as those of a saved search do."""
    types: AbstractSet[str] | None = None

    def transition(self, step: Step) -> Transition | None:
        """What the step did to the organisation's place in the filter; none where the subscriber is not concerned."""
        if self.types is not None and step.entry.event not in self.types:
            return None
        # The day of the entry, not today: whoever comes back later is told the same.
        return step.transition(self.criteria, step.entry.published_at.date(), restricted=self.restricted)
