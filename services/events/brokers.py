"""The way to the brokers: kafka-python hides why there is none, so it is tried first and the cause named."""

from typing import Any

from services.events.broker_trial import Unusable, try_broker
from services.settings import Settings

BOOTSTRAP_MS = 10_000


class BrokersUnreachable(Exception):  # noqa: N818 - the state of things, not a defect
    """No broker of `DWR_KAFKA_BOOTSTRAP_SERVERS` can be used; the text has each one's cause."""


def connection_settings(settings: Settings) -> dict[str, Any]:
    """What every kafka-python client of ours is made with. It holds the password: never to be logged.

    Raises BrokersUnreachable unless a broker answers just now, to who we say we are: made all the same, a client would
    block for its whole time limit and then say only that it could not bootstrap.
    """
    addresses = [part.strip() for part in settings.kafka_bootstrap_servers.split(",") if part.strip()]
    if not addresses:
        raise BrokersUnreachable("DWR_KAFKA_BOOTSTRAP_SERVERS names no broker")
    security = _security(settings)
    causes = []
    for address in addresses:
        try:
            _try_cluster(address, security)
        except Unusable as cause:
            causes.append(f"{address}: {cause}")
        else:
            return {"bootstrap_servers": addresses, "bootstrap_timeout_ms": BOOTSTRAP_MS, **security}
    raise BrokersUnreachable("; ".join(causes))


def _try_cluster(address: str, security: dict[str, Any]) -> None:
    """Go on, as a client does, from the broker at the address to one that it names. Raises Unusable."""
    causes = []
    if address in (brokers := try_broker(address, security)):
        return
    for broker in brokers:
        try:
            try_broker(broker, security)
        except Unusable as cause:
            causes.append(f"{broker}: {cause}")
        else:
            return
    raise Unusable(f"answers, but leads to no broker that can be used ({'; '.join(causes) or 'it names none'})")


def _security(settings: Settings) -> dict[str, Any]:
    security: dict[str, Any] = {"security_protocol": settings.kafka_security_protocol}
    if settings.kafka_speaks_tls:
        try:
            security["ssl_context"] = settings.kafka_tls()
        except ValueError as error:  # the files were exchanged meanwhile
            raise BrokersUnreachable(str(error)) from error
    if settings.kafka_signs_in:
        security["sasl_mechanism"] = settings.kafka_sasl_mechanism
        security["sasl_plain_username"] = settings.kafka_sasl_username
        security["sasl_plain_password"] = settings.kafka_sasl_password.get_secret_value()
    return security
