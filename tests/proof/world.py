"""The installation under proof: which processes there are, and the link that each connection leads through."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
from kafka_node import Node, properties
from postgresql_cluster import Cluster

from services.access.local_issuer import issue
from services.access.roles import Role
from services.settings import Settings
from tests.acceptance.processes import START_SECONDS, Installation
from tests.proof.faults import Targets
from tests.proof.lives import FOLLOWED
from tests.proof.network import Network
from tests.proof.partners import Partner
from tests.proof.ports import lasting_ports
from tests.proof.victims import Broker, Database, OwnProcess, Victim
from tests.proof.webhooks import Receiver
from tests.support.waiting import eventually

OWN = ("registry-1", "registry-2", "relay-1", "relay-2", "graphql", "notifier")
LINKS = (
    "writers>registry-1",
    "writers>registry-2",
    "registry-1>postgresql",
    "registry-2>postgresql",
    "relay-1>postgresql",
    "relay-2>postgresql",
    "relay-1>kafka",
    "relay-2>kafka",
    "graphql>kafka",
    "graphql>registry-1",
    "notifier>postgresql",
    "notifier>kafka",
    "notifier>registry-2",
    "notifier>receiver",
    "stream>registry-2",
    "subscriber>graphql",
    "mirrors>kafka",
    "mirrors>registry-1",
    "partner-1>registry-1",
    "partner-2>registry-2",
    "partner-2>kafka",
)
PARTNERS = ("partner-1", "partner-2")
"""Mirrors with the client, over HTTP and over Kafka."""
TARGETS = Targets((*OWN, *PARTNERS, "postgresql", "kafka"), LINKS)
_SETTINGS = {
    "DWR_LOG_FORMAT": "json",
    "DWR_POLL_SECONDS": "1",
    "DWR_WEBHOOK_ALLOW_PRIVATE_NETWORKS": "true",
    "DWR_WEBHOOK_TIMEOUT_SECONDS": "4",
    "DWR_WEBHOOK_LEASE_SECONDS": "8",
    # A receiver that is cut off often within minutes: it must not be given up.
    "DWR_WEBHOOK_RETRY_SECONDS": ",".join(["0", "0.5", *["2"] * 60]),
}


@dataclass(frozen=True)
class World:
    """Everything that runs."""

    installation: Installation
    network: Network
    database_url: str
    """The database itself, by no link."""
    bootstrap: str
    """The broker itself, by no link."""
    victims: dict[str, Victim]
    addresses: Mapping[str, str]
    """Our processes by name, by no link."""
    receiver: Receiver

    def start(self) -> None:
        """Start our processes and wait until they are ready."""
        for name in OWN:
            self.victims[name].start()
        if late := self.not_ready(START_SECONDS):
            raise RuntimeError("; ".join(late))
        for partner in self.partners:
            self.victims[partner.name].start()
        for partner in self.partners:
            eventually(partner.has_begun, START_SECONDS)

    @property
    def partners(self) -> list[Partner]:
        """Their mirrors."""
        return [Partner(name, self.installation.folder / f"{name}.sqlite") for name in PARTNERS]

    def kill(self) -> None:
        """End all processes at once."""
        for victim in self.victims.values():
            victim.kill()

    def token(self, subject: str, *roles: Role) -> str:
        """An access token of the local issuer."""
        settings = Settings(data_dir=self.installation.folder / "data")
        return issue(settings, subject, roles)

    def headers(self, subject: str, *roles: Role) -> dict[str, str]:
        """The same as a request's headers."""
        return {"Authorization": f"Bearer {self.token(subject, *roles)}"}

    def not_ready(self, seconds: float) -> list[str]:
        """Wait until every process answers and has caught up; the names of those that have not by then, and why."""
        waiting = dict(self.addresses)

        def all_ready() -> bool:
            for name in [name for name, address in waiting.items() if _is_ready(address)]:
                del waiting[name]
            return not waiting

        with suppress(AssertionError):
            eventually(all_ready, seconds, every=0.1)
        return [f"{name}: not ready after {seconds:.0f} s: {_why_not(address)}" for name, address in waiting.items()]


@contextmanager
def running_world(folder: Path) -> Iterator[World]:
    """Start everything; `Unavailable` where PostgreSQL or Kafka cannot be had. In the end everything is killed."""
    with ExitStack() as stack:
        receiver = stack.enter_context(Receiver())
        ports = lasting_ports([*TARGETS.processes, "controller", *LINKS, *map(_listener, LINKS)])
        ports["receiver"] = receiver.server_port
        network = stack.enter_context(Network(ports, {link: _target(link, ports) for link in LINKS}))
        cluster = stack.enter_context(_cluster(folder, ports["postgresql"]))
        world = World(
            installation=Installation(folder, _SETTINGS | {"DWR_DATABASE_URL": cluster.url}),
            network=network,
            database_url=cluster.url,
            bootstrap=f"127.0.0.1:{ports['kafka']}",
            victims={"postgresql": Database(cluster), "kafka": Broker(_node(folder / "kafka", ports))},
            addresses={name: f"http://127.0.0.1:{ports[name]}" for name in OWN},
            receiver=receiver,
        )
        stack.callback(world.kill)
        _start(world, cluster, ports)
        yield world


@contextmanager
def _cluster(folder: Path, port: int) -> Iterator[Cluster]:
    """A cluster whose data goes in the end; its log stays in the folder."""
    # The server may be another account's, which enters no folder of a test.
    with tempfile.TemporaryDirectory(prefix="dwr-proof-") as own:
        yield Cluster(Path(own), _OPTIONS, port)
        shutil.copy(Path(own, "log"), folder / "postgresql.log")


def _node(folder: Path, ports: Mapping[str, int]) -> Node:
    folder.mkdir()
    return Node(folder, _broker_properties(ports))


def _start(world: World, cluster: Cluster, ports: Mapping[str, int]) -> None:
    for server in world.victims.values():
        server.start()
    world.installation.run("migrate")
    _add_own(world, cluster, ports)
    _add_partners(world, cluster)
    world.start()
    _save_search(world)


_OPTIONS = ("-cmax_connections=200",)
"""The disk is waited for, as in production."""


def _target(link: str, ports: Mapping[str, int]) -> int:
    """Kafka tells each client where to go on, so it has a listener of its own for each link."""
    to = link.partition(">")[2]
    return ports[_listener(link)] if to == "kafka" else ports[to]


def _listener(link: str) -> str:
    return f"listener of {link}"


def _broker_properties(ports: Mapping[str, int]) -> dict[str, str]:
    links = {link.partition(">")[0].replace("-", "_").upper(): link for link in LINKS if link.endswith(">kafka")}
    listeners = {name: ports[_listener(link)] for name, link in links.items()}
    advertised = {name: ports[link] for name, link in links.items()}
    at = {"PLAINTEXT": ports["kafka"], **listeners}
    return properties(at, advertised=advertised, controller=ports["controller"])


def _add_own(world: World, cluster: Cluster, ports: Mapping[str, int]) -> None:
    reader = world.token("reader", Role.READER)
    for name in OWN:
        variables = {**_connections(name, cluster, world.network), "DWR_READER_TOKEN": reader}
        environment = world.installation.environment(DWR_PORT=str(ports[name]), **variables)
        words = ["services.cli", name.partition("-")[0]]  # `relay-1` runs `dwr relay`
        world.victims[name] = OwnProcess(name, world.installation.folder / f"{name}.log", words, environment)


def _add_partners(world: World, cluster: Cluster) -> None:
    """They know where the registry and the brokers are, and nothing of the installation."""
    folder = world.installation.folder
    for name in PARTNERS:
        where = _connections(name, cluster, world.network)
        brokers = [where["DWR_KAFKA_BOOTSTRAP_SERVERS"]] if "DWR_KAFKA_BOOTSTRAP_SERVERS" in where else []
        words = ["tests.proof.partner", str(folder / f"{name}.sqlite"), where["DWR_REGISTRY_URL"], *brokers]
        world.victims[name] = OwnProcess(name, folder / f"{name}.log", words, os.environ)


def _connections(name: str, cluster: Cluster, network: Network) -> dict[str, str]:
    """Where a process finds the others: at the beginning of its links."""
    found = {}
    for link in LINKS:
        process, _, to = link.partition(">")
        if process != name:
            continue
        if to == "postgresql":
            found["DWR_DATABASE_URL"] = cluster.url_at(network.port(link))
        elif to == "kafka":
            found["DWR_KAFKA_BOOTSTRAP_SERVERS"] = f"127.0.0.1:{network.port(link)}"
        elif to.startswith("registry"):
            found["DWR_REGISTRY_URL"] = network.address(link)
    return found


def _is_ready(address: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{address}/health/ready").status_code == HTTPStatus.OK
    return False


def _why_not(address: str) -> str:
    try:
        return httpx.get(f"{address}/health/ready").text[:300]
    except httpx.TransportError as error:
        return f"{type(error).__name__}: {error}"


def _save_search(world: World) -> None:
    search = {"name": "Proof", "criteria": FOLLOWED, "url": f"{world.network.address('notifier>receiver')}/hook"}
    answer = httpx.post(
        f"{world.addresses['notifier']}/notifier/v1/searches", headers=world.headers("partner"), json=search
    )
    world.receiver.secret = answer.raise_for_status().json()["secret"]
