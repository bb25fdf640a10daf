"""Settings of the way to the Kafka brokers: who they are, and who we are to them."""

import ssl
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, SecretStr, field_validator, model_validator

_SIGN_IN = {
    "kafka_sasl_mechanism": "write PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512",
    "kafka_sasl_username": "write the name that the brokers know us by",
    "kafka_sasl_password": "write the password of DWR_KAFKA_SASL_USERNAME",
}
_TLS_FILES = ("kafka_ssl_ca_file", "kafka_ssl_certificate_file", "kafka_ssl_key_file")


class BrokerSecurity(BaseModel):
    """TLS and signing in, a part of `services.settings.Settings`. Refuses what contradicts itself."""

    environment: Literal["development", "production"] = "development"

    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    """How the brokers are spoken to: those with `SSL` over TLS, those with `SASL` after signing in by a password."""
    kafka_sasl_mechanism: Literal["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = ""
    """How the password is shown: as it is (`PLAIN`, over TLS only in production), or by a proof of knowing it."""
    kafka_sasl_username: str = ""
    """Who we are to the brokers."""
    kafka_sasl_password: SecretStr = SecretStr("")
    """Never printed or logged; `get_secret_value` gives it."""
    kafka_ssl_ca_file: Path | None = None
    """PEM file: authorities that sign the brokers' certificates. None means those that this machine trusts."""
    kafka_ssl_certificate_file: Path | None = None
    """PEM file: our own certificate, for brokers that ask clients for one; the chain up to the authority with it."""
    kafka_ssl_key_file: Path | None = None
    """PEM file: the private key of our certificate, not encrypted; None means that it is in the certificate's file."""

    @field_validator("kafka_sasl_username", "kafka_sasl_password")
    @classmethod
    def _is_one_line(cls, value: str | SecretStr) -> str | SecretStr:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not text.isprintable():
            raise ValueError("write it alone, on one line")
        return value

    @field_validator(*_TLS_FILES, mode="before")
    @classmethod
    def _is_file(cls, value: str | Path | None) -> Path | None:
        if not value:
            return None
        try:
            Path(value).open("rb").close()
        except OSError as error:
            raise ValueError(f"{value} cannot be read: {error.strerror}. Write the path of a PEM file") from None
        return Path(value)

    @model_validator(mode="after")
    def _kafka_sign_in_is_whole(self) -> Self:
        protocol = f"DWR_KAFKA_SECURITY_PROTOCOL={self.kafka_security_protocol}"
        for name, remedy in _SIGN_IN.items():
            variable, given = f"DWR_{name.upper()}", bool(getattr(self, name))
            if self.kafka_signs_in and not given:
                raise ValueError(f"{variable} is needed with {protocol}: {remedy}")
            if given and not self.kafka_signs_in:
                raise ValueError(f"{variable} has no use with {protocol}: set that to SASL_SSL, or leave this out")
        if self.kafka_sasl_mechanism.startswith("SCRAM") and set(self.kafka_sasl_username) & set(",="):
            raise ValueError("DWR_KAFKA_SASL_USERNAME must be a name without comma and equals sign for SCRAM")
        return self

    @model_validator(mode="after")
    def _kafka_password_is_not_shown(self) -> Self:
        shown = (self.kafka_security_protocol, self.kafka_sasl_mechanism) == ("SASL_PLAINTEXT", "PLAIN")
        if shown and self.environment == "production":
            raise ValueError(
                "DWR_KAFKA_SASL_MECHANISM=PLAIN sends the password in clear over SASL_PLAINTEXT: in production set "
                "DWR_KAFKA_SECURITY_PROTOCOL=SASL_SSL, or a SCRAM mechanism"
            )
        return self

    @model_validator(mode="after")
    def _kafka_files_are_of_use(self) -> Self:
        for name in _TLS_FILES:
            if getattr(self, name) and not self.kafka_speaks_tls:
                raise ValueError(
                    f"DWR_{name.upper()} has no use with DWR_KAFKA_SECURITY_PROTOCOL={self.kafka_security_protocol}: "
                    "set that to SSL or SASL_SSL, or leave this out"
                )
        if self.kafka_ssl_key_file and not self.kafka_ssl_certificate_file:
            raise ValueError("DWR_KAFKA_SSL_KEY_FILE needs its certificate in DWR_KAFKA_SSL_CERTIFICATE_FILE")
        if self.kafka_speaks_tls:
            self.kafka_tls()
        return self

    @property
    def kafka_speaks_tls(self) -> bool:
        """Whether the way to the brokers is encrypted."""
        return self.kafka_security_protocol in {"SSL", "SASL_SSL"}

    @property
    def kafka_signs_in(self) -> bool:
        """Whether the brokers are shown a name and a password."""
        return self.kafka_security_protocol.startswith("SASL_")

    def kafka_tls(self) -> ssl.SSLContext:
        """What TLS to the brokers is made with, read from the files anew. Raises ValueError for one of no use."""
        try:
            context = ssl.create_default_context(cafile=self.kafka_ssl_ca_file)
        except OSError as error:
            raise ValueError(f"DWR_KAFKA_SSL_CA_FILE has no certificate in PEM form ({_reason(error)})") from None
        try:
            if self.kafka_ssl_certificate_file:
                # A password is never asked for: nobody sits at the terminal of a service.
                context.load_cert_chain(self.kafka_ssl_certificate_file, self.kafka_ssl_key_file, password=str)
        except (OSError, ValueError) as error:
            raise ValueError(
                "DWR_KAFKA_SSL_CERTIFICATE_FILE and DWR_KAFKA_SSL_KEY_FILE are no certificate with its unencrypted "
                f"private key in PEM form ({_reason(error)})"
            ) from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.lower().replace("_", " ")
    return getattr(error, "strerror", None) or str(error)
