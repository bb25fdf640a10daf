"""The registry and the change feed."""

from services.composition.databases import log_engine
from services.composition.process import Process
from services.events.app import create_app as create_events_app
from services.events.snapshots.keeper import SnapshotKeeper
from services.registry.app import create_app as create_registry_app
from services.registry.heartbeat import Heartbeat
from services.registry.writer import Writer


def add(process: Process) -> None:
    """Add it to the process."""
    engine = log_engine(process)
    writer = Writer(process.settings, engine, process.signal)
    process.parts.append(writer)
    if process.settings.heartbeat_seconds:
        process.parts.append(Heartbeat(writer, process.settings.heartbeat_seconds))
    process.health.register("history", lambda: writer.trouble, needs_restart=True)
    if process.settings.snapshot_hours:
        process.parts.append(SnapshotKeeper(process.settings, engine))
    process.routes["/registry"] = create_registry_app(process.settings, engine, writer, process.authenticator)
    process.routes["/events"] = create_events_app(process.settings, engine, process.signal, process.authenticator)
