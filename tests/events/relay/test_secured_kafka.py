"""Brokers that speak TLS and ask for a password: the log goes through, and what stands in the way is named."""

import secrets
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from certificates import Authority
from kafka.admin import KafkaAdminClient, ScramMechanism, UserScramCredentialUpsertion
from kafka_secured import ASTRAY, USER, Secured, secured_kafka

from services.database import open_engine
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from services.events.following.kafka import KafkaSource
from services.events.following.protocol import SourceUnavailable
from services.events.relay.kafka import KafkaPublisher
from services.events.relay.publisher import PublishingFailed
from services.events.relay.relay import Relay
from services.settings import Settings
from tests.acceptance.processes import Installation
from tests.events.entries import Ecosystem
from tests.events.following.contract import digest_of, following
from tests.events.following.model import Mirror
from tests.events.ports import free_port
from tests.events.relay.marks import mark
from tests.support.own_broker import own_broker
from tests.support.waiting import eventually

pytestmark = pytest.mark.kafka
MakeSettings = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kafka")


@pytest.fixture(scope="module")
def secured(folder: Path) -> Iterator[Secured]:
    with own_broker(secured_kafka(folder)) as started:
        yield started


@pytest.fixture(scope="module")
def stranger(folder: Path) -> Authority:
    """An authority that the brokers do not know."""
    return Authority(folder, "stranger")


@pytest.fixture
def ecosystem(sqlite_url: str) -> Iterator[Ecosystem]:
    engine = open_engine(sqlite_url)
    yield Ecosystem(engine)
    engine.dispose()


@pytest.fixture
def way(secured: Secured) -> MakeSettings:
    """Settings that are right for a protocol, unless others are given; `at` is the listener if it is another one."""

    def make(protocol: str, at: str | None = None, **others: Any) -> dict[str, Any]:
        settings = {"bootstrap_servers": secured.address(at or protocol), "security_protocol": protocol}
        if protocol.startswith("SASL"):
            settings |= {"sasl_mechanism": "SCRAM-SHA-512", "sasl_username": USER, "sasl_password": secured.password}
        if protocol.endswith("SSL"):
            settings |= {"ssl_ca_file": str(secured.authority.file)}
        if protocol == "SSL":
            certificate, key = secured.authority.issue("client")
            settings |= {"ssl_certificate_file": str(certificate), "ssl_key_file": str(key)}
        return {f"kafka_{name}": value for name, value in (settings | others).items()}

    return make


@pytest.mark.parametrize(
    ("protocol", "others"),
    [
        ("SASL_SSL", {"sasl_mechanism": "PLAIN"}),
        ("SASL_SSL", {"sasl_mechanism": "SCRAM-SHA-256"}),
        ("SASL_SSL", {"sasl_mechanism": "SCRAM-SHA-512"}),
        ("SASL_PLAINTEXT", {}),
        ("SSL", {}),
    ],
)
def test_the_log_reaches_a_follower(
    ecosystem: Ecosystem, way: MakeSettings, protocol: str, others: dict[str, str]
) -> None:
    prefix = f"test-{secrets.token_hex(4)}-"
    settings = Settings(**way(protocol, topic_prefix=prefix, **others), poll_seconds=0.2)
    mirror = Mirror(View.INTERNAL)
    mirror.position = Position(1, 0)
    snapshots = DatabaseSource(ecosystem.engine, ecosystem.signal, view=View.INTERNAL)
    relay = Relay(settings, ecosystem.engine, ecosystem.signal)
    relay.start()
    ecosystem.fill(50)
    with following(snapshots, KafkaSource(settings), mirror):
        ecosystem.publish(7, size_class="micro")
        eventually(lambda: mirror.position == Position(1, 51), 30)
    relay.stop()
    assert mirror.snapshots == 0
    assert mirror.digest == digest_of(ecosystem, View.INTERNAL)


class TestWhatStandsInTheWay:
    @pytest.fixture(params=["relay", "follower"])
    def cause(self, request: pytest.FixtureRequest, secured: Secured) -> Callable[..., str]:
        """What a client says that cannot be opened with the settings."""

        def told(**settings: Any) -> str:
            opened, failure = _OPEN[request.param]
            with pytest.raises(failure) as raised:
                opened(Settings(**settings))
            assert secured.password not in str(raised.value)
            return str(raised.value)

        return told

    @pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
    def test_a_wrong_password_is_named(self, way: MakeSettings, cause: Callable[..., str], mechanism: str) -> None:
        said = cause(**way("SASL_SSL", sasl_mechanism=mechanism, sasl_password="wrong"))
        assert "refuses the sign-in (Authentication failed" in said
        assert "DWR_KAFKA_SASL_PASSWORD" in said
        assert "wrong" not in said

    def test_an_unknown_user_is_named(self, way: MakeSettings, cause: Callable[..., str]) -> None:
        assert "DWR_KAFKA_SASL_USERNAME" in cause(**way("SASL_SSL", sasl_username="nobody"))

    def test_a_mechanism_that_is_not_offered_is_named_with_those_that_are(
        self, way: MakeSettings, cause: Callable[..., str]
    ) -> None:
        said = cause(**way("SASL_PLAINTEXT", sasl_mechanism="SCRAM-SHA-256"))
        assert "does not take DWR_KAFKA_SASL_MECHANISM=SCRAM-SHA-256; it takes SCRAM-SHA-512" in said

    def test_an_unknown_authority_is_named(
        self, way: MakeSettings, cause: Callable[..., str], stranger: Authority
    ) -> None:
        for file in (str(stranger.file), None):
            said = cause(**way("SASL_SSL", ssl_ca_file=file))
            assert "its certificate is not accepted: unable to get local issuer certificate" in said
            assert "DWR_KAFKA_SSL_CA_FILE" in said

    def test_a_certificate_for_another_name_is_named(
        self, way: MakeSettings, cause: Callable[..., str], secured: Secured
    ) -> None:
        said = cause(**way("SASL_SSL", bootstrap_servers=f"localhost:{secured.ports['SASL_SSL']}"))
        assert "not valid for 'localhost'" in said

    def test_a_missing_or_foreign_client_certificate_is_named(
        self, way: MakeSettings, cause: Callable[..., str], stranger: Authority
    ) -> None:
        certificate, key = stranger.issue("foreign")
        for files in ((None, None), (certificate, key)):
            said = cause(**way("SSL", ssl_certificate_file=files[0], ssl_key_file=files[1]))
            assert "is DWR_KAFKA_SSL_CERTIFICATE_FILE right?" in said

    @pytest.mark.parametrize(
        ("protocol", "at", "words"),
        [
            ("PLAINTEXT", "SASL_SSL", "speaks TLS at this port: set DWR_KAFKA_SECURITY_PROTOCOL to SSL or SASL_SSL"),
            ("PLAINTEXT", "SSL", "speaks TLS at this port"),
            ("SASL_PLAINTEXT", "SASL_SSL", "speaks TLS at this port"),
            ("SSL", "PLAINTEXT", "does not speak TLS"),
            ("SASL_SSL", "SASL_PLAINTEXT", "does not speak TLS"),
            ("PLAINTEXT", "SASL_PLAINTEXT", "set DWR_KAFKA_SECURITY_PROTOCOL to SASL_…"),
            ("SSL", "SASL_SSL", "set DWR_KAFKA_SECURITY_PROTOCOL to SASL_…"),
            ("SASL_PLAINTEXT", "PLAINTEXT", "asks for no password at this port"),
            ("PLAINTEXT", ASTRAY, r"leads to no broker that can be used (127.0.0.1:"),
        ],
    )
    def test_another_protocol_is_named(
        self, way: MakeSettings, cause: Callable[..., str], protocol: str, at: str, words: str
    ) -> None:
        assert words in cause(**way(protocol, at))

    def test_the_cause_of_each_broker_is_given_and_one_that_works_is_enough(
        self, way: MakeSettings, cause: Callable[..., str], secured: Secured
    ) -> None:
        tls, plain = secured.address("SASL_SSL"), secured.address("PLAINTEXT")
        said = cause(**way("SASL_SSL", bootstrap_servers=f"{tls},{plain}", sasl_password="wrong"))
        assert f"{tls}: refuses the sign-in" in said
        assert f"; {plain}: does not speak TLS" in said
        _open_relay(Settings(**way("SASL_SSL", bootstrap_servers=f"127.0.0.1:{free_port()},{tls}")))

    def test_a_file_that_was_exchanged_for_a_wrong_one_is_named(self, way: MakeSettings, tmp_path: Path) -> None:
        values = way("SASL_SSL")
        file = tmp_path / "authority.pem"
        file.write_text(Path(values["kafka_ssl_ca_file"]).read_text())
        settings = Settings(**values | {"kafka_ssl_ca_file": str(file)})
        file.write_text("nothing of use")
        with pytest.raises(PublishingFailed, match="DWR_KAFKA_SSL_CA_FILE has no certificate"):
            _open_relay(settings)


def _open_relay(settings: Settings) -> None:
    publisher = KafkaPublisher(settings)
    try:
        publisher.open()
    finally:
        publisher.close()


def _open_follower(settings: Settings) -> None:
    next(KafkaSource(settings).follow(Position(1, 0), 0, threading.Event()))


_OPEN: dict[str, tuple[Callable[[Settings], None], type[Exception]]] = {
    "relay": (_open_relay, PublishingFailed),
    "follower": (_open_follower, SourceUnavailable),
}


def test_a_relay_that_is_refused_says_why_goes_on_trying_and_needs_no_restart(
    ecosystem: Ecosystem, way: MakeSettings, secured: Secured, sqlite_url: str, tmp_path: Path
) -> None:
    password = secrets.token_hex(12)
    values = way("SASL_SSL", sasl_username="late", sasl_password=password, topic_prefix="late-")
    environment = {f"DWR_{name.upper()}": value for name, value in values.items()}
    installation = Installation(tmp_path, environment | {"DWR_DATABASE_URL": sqlite_url, "DWR_LOG_LEVEL": "debug"})
    ecosystem.fill(10)
    running = installation.start("relay")
    try:
        eventually(lambda: running.log.read_text().count("refuses the sign-in (Authentication failed") > 1, 20)
        create_user(secured, "late", password)
        eventually(lambda: mark(ecosystem.engine) == 10, 20)
    finally:
        running.stop()
    said = running.log.read_text()
    assert "Traceback" not in said
    assert password not in said


def create_user(secured: Secured, name: str, password: str) -> None:
    with KafkaAdminClient(bootstrap_servers=secured.address("PLAINTEXT")) as admin:
        user = UserScramCredentialUpsertion(name, ScramMechanism.SCRAM_SHA_512, password=password, iterations=4096)
        assert admin.alter_user_scram_credentials([user]) == {name: None}
