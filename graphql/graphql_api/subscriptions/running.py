"""A subscription under way: each change becomes a result, executed the ordinary way."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import orjson
from graphql import ExecutionResult, execute
from graphql.execution import create_source_event_stream
from graphql.execution.execute import assume_not_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graphql_api.conduct.admission import price_of
from graphql_api.conduct.deadlines import Deadline
from graphql_api.errors import error_entry, problem_error
from graphql_api.operations import Operation, Refused
from graphql_api.requests import Request
from graphql_api.schema.context import Context
from graphql_api.subscriptions.following import Change, Following, Idle
from graphql_api.subscriptions.sharing import Asked
from services.events.contracts.position import Position
from services.problems import Problem

Errors = list[dict[str, Any]]


class Ended(Exception):  # noqa: N818 - an outcome, told as errors
    """The subscription could not begin, or cannot go on: `errors` says why, as GraphQL writes errors."""

    def __init__(self, errors: Errors) -> None:
        super().__init__("the subscription ended")
        self.errors = errors

    @classmethod
    def by(cls, problem: Problem) -> "Ended":
        """Ended by a problem of the whole subscription."""
        return cls([problem_error(problem)])


@dataclass(frozen=True, slots=True)
class Result:
    """One answer of a subscription."""

    body: bytes
    """JSON: `data`, `errors`, `extensions`."""
    position: Position


class Running:
    """The results of a subscription as they come; Idle when none came for a while."""

    def __init__(self, operation: Operation, request: Request, context: Context, changes: Following) -> None:
        assert context.subscriber is not None  # noqa: S101 - it opened the changes
        self._operation = operation
        self._request = request
        self._context = context
        self._changes = changes
        self._asked = Asked(operation, request, context)
        self._shared = context.subscriber.hub.results
        self.delivered = changes.position
        """Where the subscriber stands, as far as the transport has said that it took something."""

    @classmethod
    async def start(cls, operation: Operation, request: Request, context: Context) -> "Running":
        """Begin it. Raises Refused for variables that do not fit, and Ended where it cannot begin.

        It is charged once. Raises VariablesLimit, CostLimit and BudgetExhausted.
        """
        price_of(operation, request, context).pay()
        executor = StrawberryGraphQLCoreExecutionContext.build(
            operation.schema,
            operation.document,
            context_value=context,
            raw_variable_values=request.variables,
            operation_name=request.operation_name,
        )
        if isinstance(executor, list):
            raise Refused("VARIABLES_INVALID", executor)
        source = create_source_event_stream(executor)
        if not isinstance(source, ExecutionResult | Following):
            source = await source  # type: ignore[misc] # what is no result yet is to be awaited
        if isinstance(source, Following):
            return cls(operation, request, context, source)
        assert isinstance(source, ExecutionResult)  # noqa: S101 - the field `changes` gives nothing else
        raise Ended([error_entry(error, "VARIABLES_INVALID", context.request_id) for error in source.errors or ()])

    def __aiter__(self) -> "Running":
        return self

    async def __anext__(self) -> Result | Idle:
        """The next result. Raises Ended where there will be none, and StopAsyncIteration when the process ends."""
        try:
            change = await anext(self._changes)
        except Problem as problem:
            raise Ended.by(problem) from problem
        return change if isinstance(change, Idle) else self._result(change)

    async def aclose(self) -> None:
        """End it, whoever wants that."""
        await self._changes.aclose()

    def _result(self, change: Change) -> Result:
        # A subscription outlives the day that it began on, and each of its results has a time of its own.
        deadline = Deadline(self._context.settings.graphql_seconds)
        context = replace(self._context, today=datetime.now(UTC).date(), deadline=deadline)
        key = self._asked.key(change, context)
        body: bytes | None = self._shared.get(key)
        if body is None:
            body, is_everybodys = self._execute(change, context)
            if is_everybodys:
                self._shared.put(key, body)
        return Result(body, change.position)

    def _execute(self, change: Change, context: Context) -> tuple[bytes, bool]:
        """The JSON of the result, and whether it is the same for everybody who asks the same."""
        result = execute(
            self._operation.schema,
            self._operation.document,
            root_value=change,
            context_value=context,
            variable_values=self._request.variables,
            operation_name=self._request.operation_name,
            executor_class=StrawberryGraphQLCoreExecutionContext,
            is_awaitable=assume_not_awaitable,
        )
        assert isinstance(result, ExecutionResult)  # noqa: S101 - no resolver below a change awaits
        body: dict[str, Any] = {"data": result.data, "extensions": {"position": str(change.position)}}
        if result.errors:
            body["errors"] = [error_entry(error, "VARIABLES_INVALID", context.request_id) for error in result.errors]
        return orjson.dumps(body), not result.errors
