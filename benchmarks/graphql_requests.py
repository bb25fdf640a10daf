"""GraphQL requests per second over a real socket, as a ratio to a bare ASGI application that sends constant bytes.

    python -m benchmarks.graphql_requests
    python -m benchmarks.graphql_requests --organisations 1000000 --seconds 5 --rounds 5

One uvicorn process serves both applications, pinned to one core where there are two; this process asks over kept-open
connections. The six queries are those of `graphql/operations`, each with many sets of variables in turn. A round asks
every target once, so that the ratios of a round are made under the same load. Compare ratios: machines differ.
The access log is written as in production unless DWR_LOG_LEVEL says otherwise.
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from graphql_api.app import create_app
from graphql_api.examples import examples
from graphql_api.read_model.model import ReadModel
from services.access.authenticator import authenticator_for
from services.settings import Settings
from services.telemetry.logs import configure_logging
from tests.graphql_api.documents import COUNTRIES, SECTORS, entry, organisation, snapshot

_VARIABLE_SETS = 500
_CONSTANT = orjson.dumps({"data": {"constant": "x" * 1_600}})
_CHANGES = 5_000


@dataclass(frozen=True, slots=True)
class Target:
    """Something to ask, and the requests to ask it in turn."""

    name: str
    requests: Sequence[bytes]


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    if arguments.serve:
        _serve(arguments.organisations)
        return
    command = [sys.executable, "-m", "benchmarks.graphql_requests", "--serve"]
    command += ["--organisations", str(arguments.organisations)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            port = _port(server)
            _pin({1})
            _report(asyncio.run(_measure(port, arguments)), arguments)
        finally:
            server.terminate()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each target in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _serve(organisations: int) -> None:
    _pin({0})
    settings, model = Settings(), ReadModel()
    configure_logging(settings)
    sys.stdout.write(_loading(model, organisations))
    registry = httpx.AsyncClient(base_url="http://127.0.0.1:1")
    graphql = create_app(settings, model, registry, authenticator_for(settings))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        sys.stdout.write(f"PORT {listening.getsockname()[1]}\n")
        sys.stdout.flush()
        server = uvicorn.Server(uvicorn.Config(_both(graphql), log_config=None, access_log=False))
        server.run(sockets=[listening])


def _loading(model: ReadModel, organisations: int) -> str:
    """Fill the model, and tell how fast that and applying changes is."""
    current = [organisation(number) for number in range(organisations)]
    began = time.perf_counter()
    made = snapshot(0)
    model.load(type(made)(current[-1].position or made.position, made.published_ms, made.digest, current))
    loading = time.perf_counter() - began
    changes = [_confirmed(current, number, organisations) for number in range(min(_CHANGES, organisations))]
    began = time.perf_counter()
    model.apply(changes)
    applying = time.perf_counter() - began
    return (
        f"loaded {organisations:,} organisations in {loading:.1f} s ({organisations / loading:,.0f}/s), "
        f"applied {len(changes):,} entries at {len(changes) / applying:,.0f}/s\n"
    )


def _confirmed(current: list[Any], number: int, organisations: int) -> Any:
    before = current[number]
    document = {**before.document, "last_validated_on": "2026-11-25"}
    after = type(before)(before.subject, before.version + 1, document, before.restricted, before.position)
    return entry(organisations + number + 1, before, after)


def _both(graphql: ASGIApp) -> ASGIApp:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_CONSTANT))]

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        if scope["path"] == "/graphql":
            await graphql(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": _CONSTANT})

    return dispatch


def _port(server: "subprocess.Popen[str]") -> int:
    for line in server.stdout or ():
        if line.startswith("PORT "):
            return int(line.split()[1])
        print(line.rstrip())
    raise SystemExit("the server did not start")


def _pin(cores: set[int]) -> None:
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, cores)


def _targets(organisations: int) -> list[Target]:
    draw = random.Random(42)  # noqa: S311 - made up, not secret
    documents = {example.name: example.document for example in examples()}
    variables: dict[str, Callable[[], dict[str, Any]]] = {
        "OrganisationPage": lambda: {"slug": f"org-{draw.randrange(organisations)}"},
        "OrganisationsOfAFront": lambda: {"filter": _kind_and_province(draw)},
        "ExportSearch": lambda: {"filter": _exporters(draw)},
        "SearchByName": lambda: {"text": _slip(organisation(draw.randrange(organisations)).document["title"], draw)},
        "FacetsOfAFilter": lambda: {"filter": _kind_and_province(draw)},
        "PlacesNearAPoint": lambda: {"near": {"point": _point(draw), "radiusKm": 15.0}},
    }
    constant = Target("constant bytes", [b"GET /constant HTTP/1.1\r\nHost: localhost\r\n\r\n"])
    asked = [
        Target(name, [_post(documents[name], make()) for _ in range(_VARIABLE_SETS)])
        for name, make in variables.items()
    ]
    return [constant, *asked]


def _kind_and_province(draw: random.Random) -> dict[str, Any]:
    kinds = [draw.choice(("company", "start_up", "coworking", "epn"))]
    return {"kinds": kinds, "provinces": [draw.choice(("BE-WHT", "BE-WLG", "BE-WNA", "BE-WBR"))]}


def _exporters(draw: random.Random) -> dict[str, Any]:
    export = {
        "exports": ["yes"],
        "sharePercent": {"min": float(draw.randrange(5, 60))},
        "activeMarkets": draw.sample(COUNTRIES, 2),
    }
    return {"export": export, "categories": [[{"scheme": "markets", "code": code} for code in draw.sample(SECTORS, 2)]]}


def _slip(title: dict[str, str], draw: random.Random) -> str:
    """The name with one letter of its first word left out."""
    first, _, rest = next(iter(title.values())).partition(" ")
    place = draw.randrange(1, len(first))
    return f"{first[:place]}{first[place + 1 :]} {rest}"


def _point(draw: random.Random) -> dict[str, float]:
    return {"longitude": round(draw.uniform(3.2, 5.9), 4), "latitude": round(draw.uniform(49.8, 50.8), 4)}


def _post(document: str, variables: dict[str, Any]) -> bytes:
    body = orjson.dumps({"query": document, "variables": variables})
    head = f"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\nAccept: application/graphql-response+json\r\n\r\n".encode() + body


async def _measure(port: int, arguments: argparse.Namespace) -> dict[str, list[float]]:
    targets = _targets(arguments.organisations)
    await asyncio.gather(*(_once(port, target) for target in targets))
    rates: dict[str, list[float]] = {target.name: [] for target in targets}
    for _ in range(arguments.rounds):
        for target in targets:
            rates[target.name].append(await _rate(port, target, arguments))
    return rates


async def _once(port: int, target: Target) -> None:
    """Ask once and look at the answer: an error is fast too, and would be a fine figure."""
    async with asyncio.timeout(60):
        body = await anext(_answers(port, itertools.cycle(target.requests)))
    if b'"errors"' in body:
        raise SystemExit(f"{target.name} answers with an error: {body[:500]!r}")


async def _rate(port: int, target: Target, arguments: argparse.Namespace) -> float:
    """Requests per second over all connections."""
    requests, done = itertools.cycle(target.requests), 0
    deadline = time.perf_counter() + arguments.seconds

    async def ask() -> None:
        nonlocal done
        async for _ in _answers(port, requests):
            if time.perf_counter() > deadline:
                return
            done += 1

    began = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(arguments.connections)))
    return done / (time.perf_counter() - began)


async def _answers(port: int, requests: Iterator[bytes]) -> Any:
    """The bodies of the answers on one kept-open connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for request in requests:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            yield await reader.readexactly(length)
    finally:
        writer.close()


def _report(rates: dict[str, list[float]], arguments: argparse.Namespace) -> None:
    constant = rates["constant bytes"]
    print(f"{arguments.organisations:,} organisations, {arguments.connections} connections, {arguments.rounds} rounds")
    print(f"{'':24}{'requests/s':>12}{'of constant bytes':>20}")
    for name, found in rates.items():
        ratio = statistics.median(rate / least for rate, least in zip(found, constant, strict=True))
        print(f"{name:24}{statistics.median(found):12,.0f}{ratio:20.3f}")


if __name__ == "__main__":
    main()
