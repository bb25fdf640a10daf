"""What a document costs before the first field is read: compiled anew, and found again.

    python -m benchmarks.compiling

The queries of `graphql/operations`, each with its example variables. Cold is parsing, validating and compiling; hot is
finding the plan by the document's text, with the types of the variables checked. Medians.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from typing import ParamSpec

from graphql import GraphQLSchema

from graphql_api.examples import Example, examples
from graphql_api.operations import Operations
from graphql_api.schema.schema import executable

P = ParamSpec("P")
_KEPT_BYTES = 1024 * 1024
_COLD_MS, _HOT_US = 10, 2
"""What was aimed at."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cold", type=int, default=20, help="how often each document is compiled")
    parser.add_argument("--hot", type=int, default=20_000, help="how often each plan is looked up")
    arguments = parser.parse_args()
    print(f"{'':24}{f'cold ms (≤ {_COLD_MS})':>20}{f'hot µs (≤ {_HOT_US})':>20}")
    schema = executable()
    for example in examples():
        operations = Operations(schema, _KEPT_BYTES)
        if not operations.find(example.document, None).is_query:
            continue  # the others are executed the ordinary way
        cold = _median(arguments.cold, _plan_anew, schema, example)
        hot = _median(arguments.hot, _plan, operations, example)
        print(f"{example.name:24}{cold * 1e3:20.2f}{hot * 1e6:20.2f}")


def _plan(operations: Operations, example: Example) -> None:
    plans = operations.find(example.document, None).plans
    plans.plan(plans.variables.read(example.variables))


def _plan_anew(schema: GraphQLSchema, example: Example) -> None:
    _plan(Operations(schema, _KEPT_BYTES), example)


def _median(times: int, call: Callable[P, None], *given: P.args, **named: P.kwargs) -> float:
    """Seconds that the call takes."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call(*given, **named)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
