"""Whether an operation is executed for a caller: its cost, what one request may cost, what the caller has left."""

from typing import Any, NamedTuple

import orjson

from graphql_api.conduct.budgets import SECONDS, Account, Left
from graphql_api.conduct.problems import CostLimit, VariablesLimit
from graphql_api.conduct.weights import BODY, FREE_BODY_BYTES, FREE_VARIABLES_BYTES, READING, VARIABLES
from graphql_api.limits import LONGEST, MOST_VARIABLES_BYTES
from graphql_api.operations import Operation, Operations
from graphql_api.persisted import is_persisted
from graphql_api.requests import Request
from graphql_api.schema.context import Context
from services.access.roles import Role


class Charge(NamedTuple):
    """What a request was charged, as answers tell it in `extensions.cost`."""

    requested: int
    left: Left | None
    """None for who has no limits."""

    def as_json(self) -> bytes:
        """All of it, as JSON."""
        left = self.left
        if left is None:
            return b'{"requested":%d,"limit":null,"remaining":null,"resetsInSeconds":null}' % self.requested
        return b'{"requested":%d,"limit":%d,"remaining":%d,"resetsInSeconds":%d}' % (self.requested, *left)

    def repeatable_json(self) -> bytes:
        """What is the same whenever the answer is."""
        return b'{"requested":%d}' % self.requested

    def headers(self) -> dict[str, str]:
        """What is left, in the fields of draft-ietf-httpapi-ratelimit-headers.

        Answers to GET tell it here: a body with it would be another one at every request, and could not have a tag.
        """
        left = self.left
        if left is None:
            return {}
        return {
            "RateLimit-Policy": f'"points";q={left.limit};w={SECONDS:.0f}',
            "RateLimit": f'"points";r={left.remaining};t={left.resets_in_seconds}',
        }


def pay_for_body(size: int, context: Context) -> None:
    """Charge a body for being read as JSON, which comes before anything is known of it. Raises BudgetExhausted."""
    if context.account is not None and size > FREE_BODY_BYTES:
        context.account.take(min(int(BODY * size), context.settings.graphql_budget_per_minute))


def pay_for_reading(operations: Operations, request: Request, context: Context) -> None:
    """Charge a document that this process does not know: reading one is work, whatever it says.

    Raises BudgetExhausted.
    """
    text = request.query
    if context.account is None or operations.knows(text) or is_persisted(text) or len(text) > LONGEST:
        return  # what is longer is refused unread
    context.account.take(min(READING * len(text), context.settings.graphql_budget_per_minute))


class Price(NamedTuple):
    """What an operation costs, and who pays."""

    requested: int
    account: Account | None
    """None for who has no limits."""

    def pay(self) -> Charge:
        """Charge the caller for the answer. Raises BudgetExhausted."""
        return Charge(self.requested, self.account.take(self.requested) if self.account else None)

    def pay_for_no_answer(self) -> Charge:
        """Charge a request that needs none, because the client has it. Raises BudgetExhausted."""
        return Charge(1, self.account.take(1) if self.account else None)


def price_of(operation: Operation, request: Request, context: Context) -> Price:
    """The price for this caller, before anything reads the variables. Raises VariablesLimit and CostLimit."""
    requested = operation.cost.of(request.variables)
    if request.variables and operation.reads:
        requested += _size_in_points(request.variables)
    if context.account is None or (Role.FRONT in context.caller.roles and is_persisted(request.query)):
        return Price(requested, None)
    if requested > context.settings.graphql_cost_limit:
        raise CostLimit(requested, context.settings.graphql_cost_limit)
    return Price(requested, context.account)


def _size_in_points(variables: dict[str, Any]) -> int:
    # What mutations carry is read by the registry, which has limits of its own.
    size = len(orjson.dumps(variables))
    if size > MOST_VARIABLES_BYTES:
        raise VariablesLimit(size, MOST_VARIABLES_BYTES)
    return VARIABLES * max(0, size - FREE_VARIABLES_BYTES)
