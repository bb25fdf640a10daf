"""The relay to Kafka."""

from services.composition.databases import log_engine
from services.composition.process import Process, Role
from services.events.relay.relay import Relay
from services.problems import InvalidInput


def add(process: Process) -> None:
    """Add it to the process, where there are brokers. Raises InvalidInput where it has nothing else to do."""
    if process.settings.kafka_bootstrap_servers:
        process.parts.append(Relay(process.settings, log_engine(process), process.signal))
    elif process.roles == {Role.RELAY}:
        raise InvalidInput("Name the brokers in DWR_KAFKA_BOOTSTRAP_SERVERS: the relay has nowhere to publish to.")
