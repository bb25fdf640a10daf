"""Why a subscription is refused, or ends."""

from services.events.contracts.position import Position
from services.problems import Problem, TooManyRequests


class SlowSubscriber(Problem):
    """The subscriber did not take a message for `DWR_SUBSCRIPTION_SLOWEST_SECONDS`: go on from the position named."""

    status = 408
    title = "The subscriber is too slow"

    def __init__(self, delivered: Position, seconds: float) -> None:
        super().__init__(
            f"Nothing was taken from this subscription for {seconds:g} s, so it is ended. Subscribe again with "
            f'after: "{delivered}": nothing is missed.',
            position=str(delivered),
        )


class TooManySubscriptions(TooManyRequests):
    """The caller has as many subscriptions open as one may have at this process: `DWR_SUBSCRIPTIONS_PER_CALLER`."""

    title = "Too many subscriptions"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} subscriptions open here and may have no more: complete one first.")
