"""Running a process: its socket, its parts, its HTTP server."""

import socket
from collections.abc import Callable

from services.composition import Role, compose
from services.problems import Conflict
from services.serving import serve
from services.settings import Settings
from services.telemetry.logs import configure_logging


def run(
    settings: Settings,
    roles: frozenset[Role],
    *,
    prepare: Callable[[], None] = lambda: None,
    when_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve these roles until the process is asked to end.

    `prepare` is called once the address is taken, and before anything of the process is made.
    """
    configure_logging(settings)
    with bind(settings) as listening:
        prepare()
        serve(compose(settings, roles), listening, when_ready)


def bind(settings: Settings) -> socket.socket:
    """The socket to serve on. Raises Conflict, before anything else is done, when something listens there already."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        raise Conflict(
            f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}): name another DWR_PORT or DWR_HOST."
        ) from error
    return listening
