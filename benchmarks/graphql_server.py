"""The GraphQL API by itself in a process, over the read model of a made-up ecosystem; constant bytes beside it.

    python -m benchmarks.graphql_server --organisations 10000

It says `PORT 12345` when it can be asked, `/graphql` and `/constant`. Its access log goes to standard error, as JSON.
"""

import argparse
import socket
import sys
import time

import httpx
import orjson
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from benchmarks.piped import snapshot
from graphql_api.app import app_of
from graphql_api.at_once import QueriesAtOnce
from graphql_api.endpoint import Endpoint
from graphql_api.read_model.model import ReadModel
from services.access.authenticator import authenticator_for
from services.garbage import pace_search
from services.http.at_once import Lane, protocol_with
from services.settings import Settings
from services.telemetry.logs import configure_logging

_LARGEST_BUDGET = 10**15
_CONSTANT = orjson.dumps({"data": {"constant": "x" * 1_600}})


ORDINARY_WAY = "--ordinary-way"
"""Option: answer nothing inside the server's protocol class."""


def command(organisations: int, *options: str) -> list[str]:
    """What starts it."""
    return [sys.executable, "-m", "benchmarks.graphql_server", "--organisations", str(organisations), *options]


def main() -> None:
    """Load, and serve until the process is ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisations", type=int, default=10_000)
    parser.add_argument(ORDINARY_WAY, action="store_true", help="answer nothing inside the server's protocol class")
    arguments = parser.parse_args()
    # One client asks more than a caller without a token may: its budget is the largest, and is kept all the same.
    settings, model = Settings(log_format="json", graphql_budget_per_minute=_LARGEST_BUDGET), ReadModel()
    configure_logging(settings)
    pace_search()
    began = time.perf_counter()
    with snapshot(arguments.organisations) as told:
        model.load(told)
    print(f"GraphQL: {len(model.state):,} organisations in {time.perf_counter() - began:.1f} s", flush=True)
    registry = httpx.AsyncClient(base_url="http://127.0.0.1:1")
    _serve(Endpoint(settings, model, registry, authenticator_for(settings)), ordinary_way=arguments.ordinary_way)


def _serve(endpoint: Endpoint, *, ordinary_way: bool) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1_024)
        print(f"PORT {listening.getsockname()[1]}", flush=True)
        app = _with_constant(app_of(endpoint))
        config = uvicorn.Config(app, lifespan="off", ws="none", log_config=None, access_log=False)
        if not ordinary_way:
            config.http = protocol_with(Lane(QueriesAtOnce(endpoint), lambda app: app))
        uvicorn.Server(config).run(sockets=[listening])


def _with_constant(graphql: ASGIApp) -> ASGIApp:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_CONSTANT))]

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/graphql":
            await graphql(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": _CONSTANT})

    return dispatch


if __name__ == "__main__":
    main()
