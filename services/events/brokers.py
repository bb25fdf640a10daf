"""The way to the brokers: kafka-python hides why there is none, so it is tried first and the cause named."""

import socket
from typing import Any

from services.settings import Settings

CONNECT_SECONDS = 3.0
BOOTSTRAP_MS = 10_000


class BrokersUnreachable(Exception):  # noqa: N818 - the state of things, not a defect
    """No broker of `DWR_KAFKA_BOOTSTRAP_SERVERS` answers; the text has each one's cause."""


def connection_settings(settings: Settings) -> dict[str, Any]:
    """What every kafka-python client of ours is made with.

    Raises BrokersUnreachable unless a broker accepts a connection just now: made all the same, a client would block for
    its whole time limit and then say only that it could not bootstrap.
    """
    addresses = [part.strip() for part in settings.kafka_bootstrap_servers.split(",") if part.strip()]
    if not addresses:
        raise BrokersUnreachable("DWR_KAFKA_BOOTSTRAP_SERVERS names no broker")
    causes = []
    for address in addresses:
        if (cause := _why_not(address)) is None:
            return {"bootstrap_servers": addresses, "bootstrap_timeout_ms": BOOTSTRAP_MS}
        causes.append(f"{address}: {cause}")
    raise BrokersUnreachable("; ".join(causes))


def _why_not(address: str) -> str | None:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        return "not an address: write host:port"
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()
    except OSError as error:
        return error.strerror or str(error)
    return None
