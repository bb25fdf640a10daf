"""A Kafka node that speaks TLS and asks who one is, beside a listener that does neither."""

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from certificates import Authority
from kafka_node import PROTOCOLS, Node, properties
from machine import free_port

ASTRAY = "ASTRAY"
"""A listener whose clients are sent on to a port where nobody listens."""
USER = "registry"
_MODULE = "org.apache.kafka.common.security"


@dataclass(frozen=True)
class Secured:
    """Where it is, and what opens it. `SSL` asks for a certificate, `SASL_PLAINTEXT` takes SCRAM-SHA-512 alone."""

    authority: Authority
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in (*PROTOCOLS, ASTRAY)})
    password: str = field(default_factory=lambda: secrets.token_hex(12))

    def address(self, listener: str) -> str:
        """What `bootstrap.servers` names for this listener."""
        return f"127.0.0.1:{self.ports[listener]}"


@contextlib.contextmanager
def secured_kafka(folder: Path) -> Iterator[Secured]:
    """Started until the block ends; `Unavailable` where none can be had."""
    secured = Secured(Authority(folder, "authority"))
    settings = properties(secured.ports, advertised={ASTRAY: free_port()}) | _security(secured, folder)
    node = Node(folder, settings, {USER: secured.password})
    with node.running():
        yield secured


def _security(secured: Secured, folder: Path) -> dict[str, str]:
    certificate, key = secured.authority.issue("broker", ["127.0.0.1"])
    store = folder / "keystore.pem"
    store.write_bytes(key.read_bytes() + certificate.read_bytes())
    plain = f'{_MODULE}.plain.PlainLoginModule required user_{USER}="{secured.password}";'
    scram = f"{_MODULE}.scram.ScramLoginModule required;"
    return {
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(store),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(secured.authority.file),
        "listener.name.ssl.ssl.client.auth": "required",
        "listener.name.sasl_ssl.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        "listener.name.sasl_ssl.plain.sasl.jaas.config": plain,
        "listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config": scram,
        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": scram,
        "listener.name.sasl_plaintext.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": scram,
    }
