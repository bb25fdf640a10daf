"""The relay to Kafka."""

from services.composition.databases import log_engine
from services.composition.process import Process, Role
from services.events.relay.late_states import LateStates
from services.events.relay.read_back import ReadBack
from services.events.relay.relay import Relay
from services.events.relay.standstill import Standstill
from services.problems import InvalidInput


def add(process: Process) -> None:
    """Add it to the process, where there are brokers. Raises InvalidInput where it has nothing else to do."""
    if process.settings.kafka_bootstrap_servers:
        _add_relay(process)
    elif process.roles == {Role.RELAY}:
        raise InvalidInput("Name the brokers in DWR_KAFKA_BOOTSTRAP_SERVERS: the relay has nowhere to publish to.")


def _add_relay(process: Process) -> None:
    """The relay, and those who say so when it does not do its work."""
    settings, engine = process.settings, log_engine(process)
    relay = Relay(settings, engine, process.signal)
    standstill = Standstill(settings, engine)
    process.parts += [relay, standstill]
    process.health.alarm("kafka", standstill.complaint)
    if settings.relay_read_back:
        when = (lambda: 0 in relay.slots, lambda: relay.is_catching_up)
        read_back = ReadBack(settings, engine, *when)
        process.parts += [read_back, LateStates(settings, engine, *when)]
        process.health.alarm("changes_topic", read_back.complaint)
