"""One Kafka node on this machine, from Apache's published jars: broker and controller at once (KRaft)."""

import contextlib
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from machine import Child, call, child, free_port, wait_until
from maven import fetched, java, version

VERSION = version("kafka")
STARTED = "Kafka Server started"
CONTROLLER = "CONTROLLER"
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")


def properties(
    listeners: Mapping[str, int],
    *,
    listen: str = "127.0.0.1",
    advertised: Mapping[str, int] | None = None,
    controller: int | None = None,
) -> dict[str, str]:
    """Settings of a single node that clients on this machine reach at these ports, or at those advertised instead.

    The controller has a free port unless one is named. A listener has the name of its security protocol, any other name
    means PLAINTEXT; the first one is the broker's own.
    """
    controller = controller or free_port()
    told = {**listeners, **(advertised or {})}
    protocols = {name: name if name in PROTOCOLS else "PLAINTEXT" for name in (*listeners, CONTROLLER)}
    bound = {name: f"{name}://{listen}:{port}" for name, port in listeners.items()}
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "controller.listener.names": CONTROLLER,
        "listeners": ",".join([*bound.values(), f"{CONTROLLER}://127.0.0.1:{controller}"]),
        "advertised.listeners": ",".join(f"{name}://127.0.0.1:{port}" for name, port in told.items()),
        "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in protocols.items()),
        "inter.broker.listener.name": next(iter(listeners)),
        "auto.create.topics.enable": "false",
        # One node holds every copy.
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        # A group starts at once, and a killed broker is back in seconds: the defaults are made for a network.
        "group.initial.rebalance.delay.ms": "0",
        "broker.session.timeout.ms": "2000",
        "broker.heartbeat.interval.ms": "500",
        "controller.quorum.election.timeout.ms": "500",
        "controller.quorum.fetch.timeout.ms": "1000",
    }


class Node:
    """A node whose data outlives its process. `Unavailable` where none can be had."""

    def __init__(self, folder: Path, settings: Mapping[str, str], scram: Mapping[str, str] | None = None) -> None:
        """Format the folder; `scram` has the passwords of users that exist from the start."""
        program, libraries = java(), fetched(f"kafka-{VERSION}", "copy-dependencies", "-DincludeScope=runtime")
        self._file, self._log = folder / "server.properties", folder / "log"
        all_settings = {**settings, "log.dirs": f"{folder}/data"}
        self._file.write_text("".join(f"{name}={value}\n" for name, value in all_settings.items()))
        # Short runs: a small heap, and no time for the optimising compiler to pay off.
        self._java = [program, "-Xms128m", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-cp", f"{libraries}/*"]
        # The tool takes an id that begins with a minus for an option; 22 letters and digits are an id too.
        cluster = f"{secrets.randbits(64):016x}dwrtst"
        users = [
            f"--add-scram={name}=[{user}]" for name in ("SCRAM-SHA-256", "SCRAM-SHA-512") for user in _users(scram)
        ]
        call(
            [*self._java, "kafka.tools.StorageTool", "format", "--cluster-id", cluster, "--config", self._file, *users]
        )

    @contextlib.contextmanager
    def running(self) -> Iterator[Child]:
        """Let it run until the block ends; then it dies of SIGKILL, and can run again with what it had."""
        with child([*self._java, "kafka.Kafka", self._file], self._log) as started:
            wait_until(lambda: STARTED in started.said(), "Kafka")
            yield started


def _users(scram: Mapping[str, str] | None) -> Iterator[str]:
    for name, password in (scram or {}).items():
        yield f"name={name},password={password}"
