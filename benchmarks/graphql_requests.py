"""GraphQL requests per second over a real socket, as a ratio to a bare ASGI application that sends constant bytes.

    python -m benchmarks.graphql_requests
    python -m benchmarks.graphql_requests --organisations 1000000 --seconds 5 --rounds 5

One uvicorn process serves both applications, on a core of its own where there are two. The six queries are those of
`graphql/operations`, each with 500 sets of variables in turn. A round asks every target once, so that the ratios of a
round are made under the same load. Compare ratios: machines differ. Beside other servers: `benchmarks.peers`.
"""

import argparse
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from benchmarks.graphql_server import ORDINARY_WAY, command
from benchmarks.load import measure
from benchmarks.peers.variables import variables
from benchmarks.processes import OTHERS_CORE, pin, prefer, started
from graphql_api.examples import examples

_CONSTANT = b"GET /constant HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Target:
    """Something to ask, and the requests to ask it in turn."""

    name: str
    requests: Sequence[bytes]


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    options = [ORDINARY_WAY] if arguments.ordinary_way else []
    with started(command(arguments.organisations, *options)) as server:
        pin(OTHERS_CORE)
        prefer(server.process.pid)
        prefer()
        targets = _targets(arguments.organisations, server.port)
        rates: dict[str, list[float]] = {target.name: [] for target in targets}
        for _ in range(arguments.rounds):
            for target in targets:
                load = measure(server.port, target.requests, arguments.seconds, arguments.connections)
                rates[target.name].append(load.per_second)
        _report(rates, arguments)
        print(f"memory of the server (PSS): {server.memory_bytes / 1024**2:,.0f} MiB")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each target in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument(ORDINARY_WAY, action="store_true", help="answer nothing inside the server's protocol class")
    return parser.parse_args()


Asked = dict[str, Any]
_OPERATIONS: dict[str, tuple[str, Callable[[Asked], Asked]]] = {
    "OrganisationPage": ("one", lambda asked: asked),
    "OrganisationsOfAFront": ("list", lambda asked: {"filter": _kind_and_province(asked)}),
    "ExportSearch": ("export", lambda asked: {"filter": _exporters(asked)}),
    "SearchByName": ("text", lambda asked: asked),
    "FacetsOfAFilter": ("facets", lambda asked: {"filter": _kind_and_province(asked)}),
    "PlacesNearAPoint": ("radius", lambda asked: {"near": _near(asked)}),
}
"""The operations, and what is asked of each: the variables of a question to the peers, in the operation's form."""


def _kind_and_province(asked: Asked) -> Asked:
    return {"kinds": [asked["kind"]], "provinces": [asked["province"]]}


def _exporters(asked: Asked) -> Asked:
    export = {"exports": ["yes"], "sharePercent": {"min": asked["minShare"]}, "activeMarkets": asked["countries"]}
    sectors = [{"scheme": "markets", "code": asked[name]} for name in ("sector", "otherSector")]
    return {"export": export, "categories": [sectors]}


def _near(asked: Asked) -> Asked:
    point = {"longitude": asked["longitude"], "latitude": asked["latitude"]}
    return {"point": point, "radiusKm": asked["radiusKm"]}


def _targets(organisations: int, port: int) -> list[Target]:
    asked = variables(organisations)
    documents = {example.name: example.document for example in examples()}
    targets = [Target("constant bytes", [_CONSTANT])]
    for name, (question, form) in _OPERATIONS.items():
        bodies = [{"query": documents[name], "variables": form(one.variables)} for one in asked[question]]
        _try(port, bodies[0])
        targets.append(Target(name, [_post(body) for body in bodies]))
    return targets


def _try(port: int, body: Asked) -> None:
    """Look at one answer: an error is fast too, and would be a fine figure."""
    answer = httpx.post(f"http://127.0.0.1:{port}/graphql", json=body, timeout=60)
    if not answer.is_success or "errors" in answer.json():
        raise SystemExit(f"{body['variables']} is answered with an error: {answer.text[:500]}")


def _post(content: Asked) -> bytes:
    body = orjson.dumps(content)
    head = f"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\nAccept: application/graphql-response+json\r\n\r\n".encode() + body


def _report(rates: dict[str, list[float]], arguments: argparse.Namespace) -> None:
    constant = rates["constant bytes"]
    print(f"{arguments.organisations:,} organisations, {arguments.connections} connections, {arguments.rounds} rounds")
    print(f"{'':24}{'requests/s':>12}{'of constant bytes':>20}")
    for name, found in rates.items():
        ratio = statistics.median(rate / least for rate, least in zip(found, constant, strict=True))
        print(f"{name:24}{statistics.median(found):12,.0f}{ratio:20.3f}")


if __name__ == "__main__":
    main()
