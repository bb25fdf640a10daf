"""From a request to its answer: wait for the position asked for, execute, tell the position."""

from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import orjson
from graphql import ExecutionResult, execute
from graphql.execution.execute import assume_not_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graphql_api.errors import error_entry, problem_error, refusal_entry
from graphql_api.operations import Operation, Operations, Refused
from graphql_api.requests import Request
from graphql_api.schema.context import Context
from graphql_api.schema.subscription import ONLY_STREAMED
from services.events.contracts.position import Position
from services.problems import MethodNotAllowed, NotAcceptable, Problem

_BEFORE_EXECUTION = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """A GraphQL answer: its JSON, the status that goes with it, and the position it was made from."""

    body: bytes
    status: int = 200
    position: Position | None = None
    well_formed: bool = True
    """Whether it was a GraphQL request at all: the old media type answers those with 200 whatever the outcome."""
    headers: tuple[tuple[str, str], ...] = ()


async def answer(operations: Operations, request: Request, context: Context) -> Answer:
    """Execute the request. Raises MethodNotAllowed for a mutation sent by GET; every other failure is an answer.

    A subscription has more than one answer: it is refused as NOT_ACCEPTABLE here.
    """
    try:
        operation = operations.find(request.query, request.operation_name)
        if operation.is_subscription:
            raise NotAcceptable(ONLY_STREAMED)
        _check_method(request, operation)
        if (position := operation.at_least(request.variables)) is not None:
            await context.model.waiting.wait_for(position, context.settings.read_your_writes_seconds)
        return await _execute(operation, request, context)
    except Refused as refused:
        errors = [refusal_entry(error, refused.code) for error in refused.errors]
        return Answer(_encoded({"errors": errors}), _BEFORE_EXECUTION, context.model.position)
    except MethodNotAllowed:
        raise
    except Problem as problem:
        return Answer(refusal(problem), problem.status, context.model.position)


def _check_method(request: Request, operation: Operation) -> None:
    if request.is_get and not operation.is_query:
        raise MethodNotAllowed("Mutations are sent by POST.", headers={"Allow": "POST"})


def refusal(problem: Problem) -> bytes:
    """The JSON of an answer that is a problem of the whole request."""
    return _encoded({"errors": [problem_error(problem)]})


async def _execute(operation: Operation, request: Request, context: Context) -> Answer:
    # A query never awaits: between here and its result the state cannot change, so one position answers all of it.
    state = context.state
    if operation.is_query and (data := operation.plans.data(context, request.variables)) is not None:
        extensions = _encoded(_extensions(state.position))
        return Answer(b'{"data":%b,"extensions":%b}' % (data, extensions), 200, state.position)
    result = execute(
        operation.schema,
        operation.document,
        context_value=context,
        variable_values=request.variables,
        operation_name=request.operation_name,
        executor_class=StrawberryGraphQLCoreExecutionContext,
        is_awaitable=assume_not_awaitable if operation.is_query else None,
    )
    if isawaitable(result):
        result = await result
        state = context.state
    return _answer(result, max([state.position, *context.written]), context.request_id)


def _answer(result: ExecutionResult, position: Position, request_id: str | None) -> Answer:
    body: dict[str, Any] = {}
    if result.errors:
        body["errors"] = [error_entry(error, "VARIABLES_INVALID", request_id) for error in result.errors]
    began = result.data is not None or any(error.path for error in result.errors or ())
    if began:
        body["data"] = result.data
    body["extensions"] = _extensions(position)
    return Answer(_encoded(body), 200 if began else _BEFORE_EXECUTION, position)


def _extensions(position: Position) -> dict[str, Any]:
    return {"position": str(position)}


def _encoded(body: dict[str, Any]) -> bytes:
    return orjson.dumps(body)
