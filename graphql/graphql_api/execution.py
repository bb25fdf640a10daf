"""From a request to its answer: wait for the position asked for, charge, execute, tell position and cost."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from inspect import isawaitable
from types import MappingProxyType
from typing import Any, NamedTuple, TypeGuard

import orjson
from graphql import ExecutionResult, execute
from graphql.execution import AbortedGraphQLExecutionError
from graphql.execution.execute import assume_not_awaitable
from graphql.pyutils import AwaitableOrValue

from graphql_api.conduct.admission import Price, price_of
from graphql_api.conduct.deadlines import TimedExecutor
from graphql_api.conduct.problems import TimeLimit
from graphql_api.conduct.tags import Condition, caching, tag_of
from graphql_api.errors import error_entry, problem_error, refusal_entry
from graphql_api.operations import Operation, Operations, Refused
from graphql_api.requests import Request
from graphql_api.schema.context import Context
from graphql_api.schema.subscription import ONLY_STREAMED
from services.events.contracts.position import Position
from services.problems import MethodNotAllowed, NotAcceptable, Problem
from services.telemetry.metrics import GRAPHQL_QUERIES

_BEFORE_EXECUTION = 400
_NOT_MODIFIED = 304
_COMPILED, _ORDINARY = GRAPHQL_QUERIES.labels("compiled"), GRAPHQL_QUERIES.labels("ordinary")

_IsAwaitable = Callable[[Any], TypeGuard[Awaitable[Any]]]

Cost = bytes
"""What the answer tells of its cost, as JSON."""


class Answer(NamedTuple):
    """A GraphQL answer: its JSON, the status that goes with it, and the position it was made from."""

    body: bytes
    status: int = 200
    position: Position | None = None
    well_formed: bool = True
    """Whether it was a GraphQL request at all: the old media type answers those with 200 whatever the outcome."""
    headers: Mapping[str, str] = MappingProxyType({})
    whole: bool = False
    """Whether it is the data asked for, without errors."""


async def answer(
    operations: Operations, request: Request, context: Context, condition: Condition | None = None
) -> Answer:
    """Execute the request. Raises MethodNotAllowed for a mutation sent by GET; every other failure is an answer.

    A subscription has more than one answer: it is refused as NOT_ACCEPTABLE here. `condition` comes with GET.
    """
    try:
        operation = operations.find(request.query, request.operation_name)
        if operation.is_subscription:
            raise NotAcceptable(ONLY_STREAMED)
        _check_method(request, operation)
        price = price_of(operation, request, context)
        if (position := operation.at_least(request.variables)) is not None:
            await context.model.waiting.wait_for(position, context.settings.read_your_writes_seconds)
        if operation.is_query:
            return _answer_query(operation, request, context, condition, price)
        return await _carry_out(operation, request, context, price)
    except MethodNotAllowed:
        raise
    except (Refused, Problem) as error:
        return _refused(error, context)


def answer_at_once(
    operation: Operation, request: Request, context: Context, condition: Condition | None = None
) -> Answer | None:
    """The same for a query that waits for nothing; none for everything else, and then nothing was done or charged."""
    try:
        if not operation.is_query or _has_to_wait(operation, request, context):
            return None
        return _answer_query(operation, request, context, condition, price_of(operation, request, context))
    except (Refused, Problem) as error:
        return _refused(error, context)


def _has_to_wait(operation: Operation, request: Request, context: Context) -> bool:
    position = operation.at_least(request.variables)
    return position is not None and not context.model.waiting.has_reached(position)


def _check_method(request: Request, operation: Operation) -> None:
    if request.is_get and not operation.is_query:
        raise MethodNotAllowed("Mutations are sent by POST.", headers={"Allow": "POST"})


def refusal(problem: Problem) -> bytes:
    """The JSON of an answer that is a problem of the whole request."""
    return _encoded({"errors": [problem_error(problem)]})


def _refused(error: Refused | Problem, context: Context) -> Answer:
    if isinstance(error, Refused):
        errors = [refusal_entry(one, error.code) for one in error.errors]
        return Answer(_encoded({"errors": errors}), _BEFORE_EXECUTION, context.model.position)
    return Answer(refusal(error), error.status, context.model.position, headers=error.headers)


def _answer_query(
    operation: Operation, request: Request, context: Context, condition: Condition | None, price: Price
) -> Answer:
    # A query never awaits: between here and its result the state cannot change, so one position answers all of it.
    if condition is None:
        return _read(operation, request, context, price.pay().as_json())
    tag = None
    if operation.is_repeatable:
        asked = request.query, request.operation_name, request.variables
        tag = tag_of(asked, condition.media_type, context)
        if condition.is_met_by(tag):
            told = {**caching(tag, context.caller), **price.pay_for_no_answer().headers()}
            return Answer(b"", _NOT_MODIFIED, context.state.position, headers=told)
    charge = price.pay()
    given = _read(operation, request, context, charge.repeatable_json())
    kept = caching(tag, context.caller) if given.whole and tag else {}
    return given._replace(headers={**kept, **charge.headers()})


def _read(operation: Operation, request: Request, context: Context, cost: Cost) -> Answer:
    position = context.state.position
    made = operation.plans.answer(context, request.variables)
    (_ORDINARY if made is None else _COMPILED).inc()
    if isinstance(made, bytes):
        body = b'{"data":%b,"extensions":%b}' % (made, _extensions(position, cost))
        return Answer(body, 200, position, whole=True)
    result = _executed(operation, request, context, is_awaitable=assume_not_awaitable) if made is None else made
    assert isinstance(result, ExecutionResult), "no resolver of a query awaits"  # noqa: S101
    return _answer(result, position, cost, context.request_id)


async def _carry_out(operation: Operation, request: Request, context: Context, price: Price) -> Answer:
    cost = price.pay().as_json()
    # What was written is told, however long the registry took.
    result = _executed(operation, request, replace(context, deadline=None))
    if isawaitable(result):
        result = await result
    return _answer(result, max([context.state.position, *context.written]), cost, context.request_id)


def _executed(
    operation: Operation, request: Request, context: Context, is_awaitable: _IsAwaitable | None = None
) -> AwaitableOrValue[ExecutionResult]:
    """The result of the ordinary execution. Raises TimeLimit."""
    try:
        return execute(
            operation.schema,
            operation.document,
            context_value=context,
            variable_values=request.variables,
            operation_name=request.operation_name,
            executor_class=TimedExecutor,
            abort_signal=context.deadline,  # type: ignore[arg-type] # it is asked for `aborted` and `reason` alone
            is_awaitable=is_awaitable,
        )
    except AbortedGraphQLExecutionError as aborted:
        raise TimeLimit(context.settings.graphql_seconds) from aborted


def _answer(result: ExecutionResult, position: Position, cost: Cost, request_id: str | None) -> Answer:
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = [error_entry(error, "VARIABLES_INVALID", request_id) for error in result.errors]
    began = result.data is not None or any(error.path for error in result.errors or ())
    if began:
        body["data"] = result.data
    body["extensions"] = orjson.Fragment(_extensions(position, cost))
    return Answer(_encoded(body), 200 if began else _BEFORE_EXECUTION, position, whole=not result.errors)


def _extensions(position: Position, cost: Cost) -> bytes:
    return b'{"position":"%b","cost":%b}' % (str(position).encode(), cost)


def _encoded(body: dict[str, Any]) -> bytes:
    return orjson.dumps(body)
