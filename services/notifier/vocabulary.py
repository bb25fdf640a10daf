"""The closed word lists of the notifier."""

from enum import StrEnum


class SearchState(StrEnum):
    """Whether changes are matched with a saved search and delivered."""

    ACTIVE = "active"
    PAUSED = "paused"
    """The owner stopped it."""
    DISABLED = "disabled"
    """The notifier stopped it: `reason` says why. The owner makes it active again."""


class Transition(StrEnum):
    """What a change did to an organisation's place in a saved search."""

    ENTERED = "entered"
    """It did not match before, or was not public, and matches now."""
    CHANGED = "changed"
    """It matched before and still does, with other values."""
    LEFT = "left"
    """It matched before and does not now, or is not public any more."""
    TEST = "test"
    """Nothing happened: the owner asked for a message to try the receiver with."""


class DeliveryState(StrEnum):
    """What became of a delivery."""

    PENDING = "pending"
    """No attempt was made yet."""
    FAILED = "failed"
    """The last attempt failed and another one will follow."""
    DELIVERED = "delivered"
    """The receiver took it."""
    EXHAUSTED = "exhausted"
    """Every attempt of the schedule failed."""
    DISCARDED = "discarded"
    """The search was paused or disabled before the receiver took it."""


class DisabledReason(StrEnum):
    """Why the notifier stopped a search."""

    GONE = "the receiver answered 410 Gone"
    EXHAUSTED = "every attempt at a delivery failed"
