"""One connection to a broker, made as kafka-python's clients make theirs, that tells what stands in the way."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

from kafka import errors
from kafka.net.sasl import SASL_MECHANISMS
from kafka.protocol.broker_version_data import BrokerVersionData
from kafka.protocol.metadata import ApiVersionsRequest, MetadataRequest
from kafka.protocol.parser import KafkaProtocol
from kafka.protocol.sasl import SaslAuthenticateRequest, SaslHandshakeRequest

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 5.0
_LONGEST_ANSWER = 10_000_000
_UNKNOWN_AUTHORITY = frozenset({18, 19, 20, 21})
"""OpenSSL's codes of a chain that ends at nobody who is trusted."""
_OTHER_NAME = frozenset({62, 63, 64})
_PROTOCOL = "DWR_KAFKA_SECURITY_PROTOCOL"
_CERTIFICATE = "DWR_KAFKA_SSL_CERTIFICATE_FILE"


class Unusable(Exception):  # noqa: N818 - the state of things, not a defect
    """A broker cannot be used; the text says why, and which setting may be wrong."""


def try_broker(address: str, security: Mapping[str, Any]) -> list[str]:
    """Connect, speak TLS, sign in and ask for metadata, with the security settings of kafka-python's clients.

    Gives the addresses of the cluster's brokers, as this one knows them. Raises Unusable with the cause, within a few
    seconds for each step.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise Unusable("not an address: write host:port")
    trial = _Trial(host.strip("[]"), int(port), security)
    with closing(trial.dial()) as connection:
        return [f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in trial.converse(connection)]


class _Trial:
    def __init__(self, host: str, port: int, security: Mapping[str, Any]) -> None:
        self._address = (host, port)
        self._security = security
        self._tls: ssl.SSLContext | None = security.get("ssl_context")

    def dial(self) -> socket.socket:
        """A connection, encrypted if it is to be."""
        connection = self._connect()
        return self._encrypt(connection, self._tls) if self._tls else connection

    def converse(self, connection: socket.socket) -> list[tuple[str, int]]:
        """Ask what every client asks first; gives hosts and ports of the brokers."""
        talk = _Talk(connection)
        certificate = f"; if it asks for a certificate, is {_CERTIFICATE} right?" if self._tls else ""
        with self._explained(f"does not answer as a Kafka broker does{certificate}"):
            versions = talk.ask(ApiVersionsRequest(version=0))
        if "sasl_mechanism" in self._security:
            self._sign_in(talk)
        known = {key.api_key: (key.min_version, key.max_version) for key in versions.api_keys}
        with self._explained(f"hangs up at the first request: if it asks for a password, set {_PROTOCOL} to SASL_…"):
            version = BrokerVersionData(api_versions=known).api_version(MetadataRequest)
            metadata = talk.ask(MetadataRequest(topics=[], version=version))
        return [(broker.host, broker.port) for broker in metadata.brokers]

    def _connect(self) -> socket.socket:
        try:
            connection = socket.create_connection(self._address, CONNECT_SECONDS)
        except OSError as error:
            raise Unusable(error.strerror or str(error)) from error
        connection.settimeout(ANSWER_SECONDS)
        return connection

    def _encrypt(self, connection: socket.socket, context: ssl.SSLContext) -> socket.socket:
        try:
            return context.wrap_socket(connection, server_hostname=self._address[0])
        except ssl.SSLCertVerificationError as error:
            raise Unusable(f"its certificate is not accepted: {_certificate_problem(error)}") from error
        except OSError as error:
            cause = _tls_problem(error) or f"does not speak TLS ({_reason(error)}): is {_PROTOCOL} right?"
            raise Unusable(cause) from error
        finally:
            # Left to the encrypted socket where there is one.
            connection.close()

    def _sign_in(self, talk: "_Talk") -> None:
        name = self._security["sasl_mechanism"]
        with self._explained("hangs up at the sign-in"):
            offer = talk.ask(SaslHandshakeRequest(mechanism=name, version=1))
        if offer.error_code == errors.IllegalSaslStateError.errno:
            raise Unusable(f"asks for no password at this port: set {_PROTOCOL} without SASL_, or name another port")
        if offer.error_code:
            offered = ", ".join(sorted(offer.mechanisms)) or "nothing"
            raise Unusable(f"does not take DWR_KAFKA_SASL_MECHANISM={name}; it takes {offered}")
        mechanism = SASL_MECHANISMS[name](host=self._address[0], **self._security)
        with self._explained("hangs up at the sign-in"):
            self._prove(talk, mechanism)

    def _prove(self, talk: "_Talk", mechanism: Any) -> None:
        while not mechanism.is_done():
            answer = talk.ask(SaslAuthenticateRequest(mechanism.auth_bytes(), version=1))
            if answer.error_code:
                raise Unusable(
                    f"refuses the sign-in ({answer.error_message or answer.error_code}): "
                    "are DWR_KAFKA_SASL_USERNAME, DWR_KAFKA_SASL_PASSWORD and DWR_KAFKA_SASL_MECHANISM right?"
                )
            try:
                mechanism.receive(answer.auth_bytes)
            except (ValueError, KeyError) as error:
                raise Unusable("does not prove that it knows our password: it is not the broker it says") from error

    @contextmanager
    def _explained(self, otherwise: str) -> Iterator[None]:
        """Turn the end of a conversation into its cause."""
        try:
            yield
        except TimeoutError as error:
            raise Unusable(f"no answer within {ANSWER_SECONDS:g} s") from error
        except (OSError, errors.KafkaError) as error:
            raise Unusable(self._cause(error) or f"{otherwise} ({_reason(error)})") from error

    def _cause(self, error: Exception) -> str | None:
        if self._tls:
            return _tls_problem(error)
        return f"speaks TLS at this port: set {_PROTOCOL} to SSL or SASL_SSL" if self._speaks_tls() else None

    def _speaks_tls(self) -> bool:
        """Whether another connection gets on with TLS; whom it belongs to does not matter, nothing is sent."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            with closing(self._connect()) as connection, context.wrap_socket(connection):
                return True
        except ssl.SSLError as error:
            return _is_alert(error)
        except (OSError, Unusable):
            return False


class _Talk:
    """Requests and answers over one connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._protocol = KafkaProtocol(client_id="dwr", receive_message_max_bytes=_LONGEST_ANSWER)

    def ask(self, request: Any) -> Any:
        """The answer. Raises OSError or KafkaError when there is none."""
        self._protocol.send_request(request)
        self._connection.sendall(self._protocol.send_bytes())
        while True:
            received = self._connection.recv(65_536)
            if not received:
                raise ConnectionResetError("connection closed")
            for _, answer in self._protocol.receive_bytes(received):
                return answer


def _certificate_problem(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in _UNKNOWN_AUTHORITY:
        return f"{error.verify_message}. Name the authority that signed it in DWR_KAFKA_SSL_CA_FILE"
    if error.verify_code in _OTHER_NAME:
        return f"{error.verify_message} Name the broker in DWR_KAFKA_BOOTSTRAP_SERVERS as its certificate does"
    return error.verify_message


def _tls_problem(error: Exception) -> str | None:
    """What an alert of the broker means."""
    if not isinstance(error, ssl.SSLError) or not _is_alert(error):
        return None
    return f"does not accept us over TLS ({_reason(error)}): if it asks for a certificate, is {_CERTIFICATE} right?"


def _is_alert(error: ssl.SSLError) -> bool:
    return "ALERT" in (error.reason or "")


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.lower().replace("_", " ")
    return getattr(error, "strerror", None) or str(error)
