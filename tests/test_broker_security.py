"""Settings of the way to the brokers: contradictions are refused at the start, and the password is never told."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from certificates import Authority
from cryptography.hazmat.primitives import serialization
from pydantic import ValidationError

from services.settings import Settings

SECRET = "geheim"
SIGN_IN = {"SASL_MECHANISM": "SCRAM-SHA-512", "SASL_USERNAME": "registry", "SASL_PASSWORD": SECRET}


def settings(monkeypatch: pytest.MonkeyPatch, **variables: Any) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(f"DWR_KAFKA_{name}", str(value))
    return Settings()


def refusal(monkeypatch: pytest.MonkeyPatch, **variables: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        settings(monkeypatch, **variables)
    assert SECRET not in str(refused.value)
    (error,) = refused.value.errors()
    return f"{'_'.join(map(str, error['loc'])).upper()} {error['msg']}"


def test_nothing_set_means_neither_tls_nor_password(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings(monkeypatch, SECURITY_PROTOCOL="PLAINTEXT", SASL_MECHANISM="", SSL_CA_FILE="", SASL_PASSWORD="")
    assert not made.kafka_speaks_tls
    assert not made.kafka_signs_in
    assert made.kafka_ssl_ca_file is None


def test_the_password_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings(monkeypatch, SECURITY_PROTOCOL="SASL_SSL", **SIGN_IN)
    assert SECRET not in f"{made!r} {made} {made.model_dump()} {made.model_dump_json()}"
    assert made.kafka_sasl_password.get_secret_value() == SECRET


@pytest.mark.parametrize("missing", SIGN_IN)
@pytest.mark.parametrize("protocol", ["SASL_SSL", "SASL_PLAINTEXT"])
def test_signing_in_needs_mechanism_name_and_password(
    monkeypatch: pytest.MonkeyPatch, protocol: str, missing: str
) -> None:
    variables = {**SIGN_IN, missing: ""}
    assert f"DWR_KAFKA_{missing} is needed with DWR_KAFKA_SECURITY_PROTOCOL={protocol}: write" in refusal(
        monkeypatch, SECURITY_PROTOCOL=protocol, **variables
    )


@pytest.mark.parametrize("stray", SIGN_IN)
@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL"])
def test_what_signs_in_is_refused_where_nobody_does(monkeypatch: pytest.MonkeyPatch, protocol: str, stray: str) -> None:
    said = refusal(monkeypatch, SECURITY_PROTOCOL=protocol, **{stray: SIGN_IN[stray]})
    assert f"DWR_KAFKA_{stray} has no use with DWR_KAFKA_SECURITY_PROTOCOL={protocol}: set that to SASL_SSL" in said


@pytest.mark.parametrize("name", ["SSL_CA_FILE", "SSL_CERTIFICATE_FILE", "SSL_KEY_FILE"])
def test_certificates_are_refused_where_no_tls_is_spoken(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    said = refusal(monkeypatch, **{name: __file__})
    assert f"DWR_KAFKA_{name} has no use with DWR_KAFKA_SECURITY_PROTOCOL=PLAINTEXT: set that to SSL" in said


@pytest.mark.parametrize("name", ["SSL_CA_FILE", "SSL_CERTIFICATE_FILE", "SSL_KEY_FILE"])
def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    said = refusal(monkeypatch, SECURITY_PROTOCOL="SSL", **{name: tmp_path / "none.pem"})
    assert f"KAFKA_{name}" in said
    assert "none.pem cannot be read: No such file or directory" in said


@pytest.mark.parametrize("name", ["SSL_CA_FILE", "SSL_CERTIFICATE_FILE"])
def test_a_file_that_holds_no_certificate_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert f"DWR_KAFKA_{name}" in refusal(monkeypatch, SECURITY_PROTOCOL="SSL", **{name: __file__})


class TestClientCertificates:
    def test_one_may_have_its_key_in_the_same_file(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        certificate, key = Authority(tmp_path, "authority").issue("client")
        certificate.write_bytes(certificate.read_bytes() + key.read_bytes())
        made = settings(monkeypatch, SECURITY_PROTOCOL="SSL", SSL_CERTIFICATE_FILE=certificate)
        assert made.kafka_tls().verify_mode is ssl.CERT_REQUIRED

    def test_a_key_needs_its_certificate(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        _, key = Authority(tmp_path, "authority").issue("client")
        said = refusal(monkeypatch, SECURITY_PROTOCOL="SSL", SSL_KEY_FILE=key)
        assert "DWR_KAFKA_SSL_KEY_FILE needs its certificate in DWR_KAFKA_SSL_CERTIFICATE_FILE" in said

    def test_the_key_of_another_one_is_refused(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        authority = Authority(tmp_path, "authority")
        files = {"SSL_CERTIFICATE_FILE": authority.issue("one")[0], "SSL_KEY_FILE": authority.issue("other")[1]}
        assert "key values mismatch" in refusal(monkeypatch, SECURITY_PROTOCOL="SSL", **files)

    def test_an_encrypted_key_is_refused_and_its_password_not_asked_for(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        certificate, key = Authority(tmp_path, "authority").issue("client")
        private = serialization.load_pem_private_key(key.read_bytes(), None)
        encryption = serialization.BestAvailableEncryption(b"secret")
        key.write_bytes(
            private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
        )
        files = {"SSL_CERTIFICATE_FILE": certificate, "SSL_KEY_FILE": key}
        assert "unencrypted private key" in refusal(monkeypatch, SECURITY_PROTOCOL="SSL", **files)


class TestPasswordsInClear:
    @pytest.fixture(autouse=True)
    def _production(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DWR_ENVIRONMENT", "production")
        monkeypatch.setenv("DWR_OIDC_ISSUER", "https://login.example.org")

    def test_they_are_refused_in_production(self, monkeypatch: pytest.MonkeyPatch) -> None:
        plain = {**SIGN_IN, "SASL_MECHANISM": "PLAIN"}
        said = refusal(monkeypatch, SECURITY_PROTOCOL="SASL_PLAINTEXT", **plain)
        assert "in production set DWR_KAFKA_SECURITY_PROTOCOL=SASL_SSL" in said

    @pytest.mark.parametrize(("protocol", "mechanism"), [("SASL_SSL", "PLAIN"), ("SASL_PLAINTEXT", "SCRAM-SHA-256")])
    def test_what_does_not_show_them_is_accepted(
        self, monkeypatch: pytest.MonkeyPatch, protocol: str, mechanism: str
    ) -> None:
        made = settings(monkeypatch, SECURITY_PROTOCOL=protocol, **{**SIGN_IN, "SASL_MECHANISM": mechanism})
        assert made.kafka_signs_in


@pytest.mark.parametrize(
    ("name", "value"), [("SASL_PASSWORD", f"{SECRET}\n"), ("SASL_USERNAME", "a\tb"), ("SASL_USERNAME", "a,b=c")]
)
def test_what_cannot_be_sent_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert f"KAFKA_{name}" in refusal(monkeypatch, SECURITY_PROTOCOL="SASL_SSL", **{**SIGN_IN, name: value})
