"""The connection goes to a validated address, and the certificate is still asked for the host's name."""

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from services.notifier.sending import Sender
from services.settings import Settings
from tests.notifier.support.receiver import Receiver, receiving


def _resolve(_host: str, _port: int) -> Iterable[str]:
    return ["127.0.0.1"]


def _certificate(folder: Path, host: str) -> Path:
    """A key and a certificate of that host name, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    return file


@contextmanager
def _secured(certificate: Path) -> Iterator[Receiver]:
    with receiving() as receiver:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        receiver.socket = context.wrap_socket(receiver.socket, server_side=True, do_handshake_on_connect=False)
        yield receiver


@pytest.fixture
def secured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    certificate = _certificate(tmp_path, "hook.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with _secured(certificate) as receiver:
        yield receiver


def test_a_receiver_that_proves_its_name_is_delivered_to(secured: Receiver) -> None:
    sender = Sender(Settings(webhook_allow_private_networks=True), _resolve)
    answer = sender.post(f"https://hook.example:{secured.server_port}/", {}, b"{}")
    assert (answer.status, answer.error) == (204, None)


def test_a_receiver_with_the_certificate_of_another_name_gets_nothing(secured: Receiver) -> None:
    sender = Sender(Settings(webhook_allow_private_networks=True), _resolve)
    answer = sender.post(f"https://other.example:{secured.server_port}/", {}, b"{}")
    assert answer.status is None
    assert "certificate" in (answer.error or "").lower()
    assert secured.received == []
