"""Apache Kafka for the tests."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from containers import container, log_of
from kafka_node import STARTED, VERSION, Node, properties
from machine import Environment, free_port, say, wait_until

VARIABLES = ("DWR_TEST_KAFKA_BOOTSTRAP_SERVERS",)
REMEDY = """\
  - set DWR_TEST_KAFKA_BOOTSTRAP_SERVERS to brokers of version 4, where topics may be created; or
  - start a Docker engine; or
  - install Java 17 or newer and Maven, as root: apt-get install default-jre-headless maven"""
IMAGE = f"apache/kafka:{VERSION}"


@contextlib.contextmanager
def in_container() -> Iterator[Environment]:
    """The official image."""
    port = free_port()
    settings = properties({"PLAINTEXT": port}, listen="0.0.0.0")  # noqa: S104 - inside the container; published on loopback only
    variables = {"KAFKA_" + name.upper().replace(".", "_"): value for name, value in settings.items()}
    with container(IMAGE, port, variables) as identifier:
        wait_until(lambda: STARTED in log_of(identifier), "Kafka's container")
        say(f"Kafka in a container ({IMAGE}) on 127.0.0.1:{port}")
        yield {VARIABLES[0]: f"127.0.0.1:{port}"}


@contextlib.contextmanager
def installed_here() -> Iterator[Environment]:
    """Apache's published jars, with their data in a temporary folder."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="dwr-kafka-") as folder:
        node = Node(Path(folder), properties({"PLAINTEXT": port}))
        with node.running():
            say(f"Kafka {VERSION}, started here on 127.0.0.1:{port}")
            yield {VARIABLES[0]: f"127.0.0.1:{port}"}
