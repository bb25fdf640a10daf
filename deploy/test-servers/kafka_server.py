"""Apache Kafka for the tests: one node, broker and controller at once (KRaft)."""

import base64
import contextlib
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from containers import container, log_of
from machine import Environment, call, child, free_port, say, wait_until
from maven import fetched, java, version

VARIABLES = ("DWR_TEST_KAFKA_BOOTSTRAP_SERVERS",)
REMEDY = """\
  - set DWR_TEST_KAFKA_BOOTSTRAP_SERVERS to brokers of version 4, where topics may be created; or
  - start a Docker engine; or
  - install Java 17 or newer and Maven, as root: apt-get install default-jre-headless maven"""
VERSION = version("kafka")
IMAGE = f"apache/kafka:{VERSION}"
STARTED = "Kafka Server started"


def properties(port: int, *, listen: str) -> dict[str, str]:
    """Settings of a single node that clients on this machine reach at `port`."""
    controller = free_port()
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{listen}:{port},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
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


@contextlib.contextmanager
def in_container() -> Iterator[Environment]:
    """The official image."""
    port = free_port()
    settings = properties(port, listen="0.0.0.0")  # noqa: S104 - inside the container; published on loopback only
    variables = {"KAFKA_" + name.upper().replace(".", "_"): value for name, value in settings.items()}
    with container(IMAGE, port, variables) as identifier:
        wait_until(lambda: STARTED in log_of(identifier), "Kafka's container")
        say(f"Kafka in a container ({IMAGE}) on 127.0.0.1:{port}")
        yield {VARIABLES[0]: f"127.0.0.1:{port}"}


@contextlib.contextmanager
def installed_here() -> Iterator[Environment]:
    """Apache's published jars, with their data in a temporary folder."""
    port, program = free_port(), java()
    libraries = fetched(f"kafka-{VERSION}", "copy-dependencies", "-DincludeScope=runtime")
    with tempfile.TemporaryDirectory(prefix="dwr-kafka-") as folder:
        settings = properties(port, listen="127.0.0.1") | {"log.dirs": f"{folder}/data"}
        file = Path(folder, "server.properties")
        file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        # Short runs: a small heap, and no time for the optimising compiler to pay off.
        start = [program, "-Xms128m", "-Xmx384m", "-XX:TieredStopAtLevel=1", "-cp", f"{libraries}/*"]
        cluster = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        call([*start, "kafka.tools.StorageTool", "format", "--cluster-id", cluster, "--config", file])
        with child([*start, "kafka.Kafka", file], Path(folder, "log")) as read_log:
            wait_until(lambda: STARTED in read_log(), "Kafka")
            say(f"Kafka {VERSION}, started here on 127.0.0.1:{port}")
            yield {VARIABLES[0]: f"127.0.0.1:{port}"}
