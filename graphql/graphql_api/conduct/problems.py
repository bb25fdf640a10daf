"""Why an operation is not executed, or not to its end, though it is right."""

from math import ceil

from services.problems import InvalidInput, TooManyRequests


class CostLimit(InvalidInput):
    """The operation costs more points than one request may: `DWR_GRAPHQL_COST_LIMIT`."""

    title = "The operation costs too much"

    def __init__(self, requested: int, limit: int) -> None:
        super().__init__(
            f"The operation costs {requested} points, and one request may cost {limit}: ask for smaller pages or fewer "
            "fields, in several requests.",
            requested=requested,
            limit=limit,
        )


class VariablesLimit(InvalidInput):
    """The variables of a query are longer than any filter that can be honoured."""

    title = "The variables are too long"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"The variables have {size} bytes as JSON, and those of a query may have {limit}: send fewer values.",
            limit=limit,
        )


class BudgetExhausted(TooManyRequests):
    """The caller has used up the points of this minute: `DWR_GRAPHQL_BUDGET_PER_MINUTE`."""

    title = "The budget of this minute is used up"

    def __init__(self, requested: int, limit: int, remaining: int, wait_seconds: float) -> None:
        wait = max(1, ceil(wait_seconds))
        super().__init__(
            f"The request costs {requested} points, and {remaining} of {limit} a minute are left. Send it again in "
            f"{wait} s.",
            headers={"Retry-After": str(wait)},
            requested=requested,
            limit=limit,
            remaining=remaining,
        )


class TimeLimit(InvalidInput):
    """Answering took longer than `DWR_GRAPHQL_SECONDS`: what there was of the answer is not given."""

    title = "The operation takes too long"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Answering took longer than {seconds:g} s. Ask for less in one request.")
