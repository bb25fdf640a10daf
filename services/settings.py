"""Every setting of every process, read once from the environment (`DWR_…`) and passed down from there."""

import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from services.broker_security import BrokerSecurity

_DATABASE = re.compile(
    r"sqlite(\+pysqlite)?://(/.+)?|postgresql(\+psycopg)?://([^/?#]*@)?(\[[0-9A-Fa-f:.]+\]|[^/@?#:\[\]]*)(:\d+)?/.+"
)
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
_BROKER = re.compile(r"([\w.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}")


class Settings(BrokerSecurity, BaseSettings):
    """Settings of the registry; each field is the environment variable `DWR_` + its name in capitals.

    Without any variable set this is the embedded default: a SQLite file in `data_dir`, no broker, a local token issuer.
    """

    # Refused input may be a password.
    model_config = SettingsConfigDict(env_prefix="DWR_", frozen=True, extra="ignore", hide_input_in_errors=True)

    environment: Literal["development", "production"] = "development"
    data_dir: Path = Path("data")
    database_url: str = ""
    """SQLAlchemy URL; empty means the SQLite file `registry.sqlite` in `data_dir`."""
    notifier_database_url: str = ""
    """Where the notifier keeps its own tables; empty means `database_url`."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = ""
    """Address that others reach this system by: used in schema addresses and links."""

    cors_origins: Annotated[tuple[str, ...], NoDecode] = ("*",)
    """Origins whose pages may call from a browser, comma-separated. Any may: rights come from tokens, never cookies."""

    kafka_bootstrap_servers: str = ""
    """Comma-separated brokers; empty means no broker: readers follow the log or the HTTP feed instead."""
    kafka_topic_prefix: str = ""
    """Put before every topic name, so that several systems share one cluster."""
    kafka_partitions: int = Field(default=3, ge=1)
    kafka_replication_factor: int = Field(default=1, ge=1)
    kafka_changes_retention_hours: int = Field(default=24 * 7, ge=1)
    relay_in_flight: int = Field(default=4_000, ge=1)
    """Records sent and not yet acknowledged; kafka-python itself has no bound (see docs/dependencies.md)."""
    relay_slots: int = Field(default=8, ge=1, le=256)
    """Into how many slots relays divide the log by subject: so many of them have something to do at most. The same for
    all of them; another number is begun with at the lowest mark, which repeats records and loses none."""
    relay_dead_letters: int = Field(default=1_000, ge=1)
    """Records that the brokers refuse for good and that the relay sets aside; with so many of them it stops instead."""
    relay_alarm_seconds: float = Field(default=60.0, gt=0)
    """How long Kafka may stand still while the log goes on, and an entry that it acknowledged may not be read back."""
    relay_read_back: bool = True
    """Read topics back: see that no position is missing in `dwr.changes.v1`, and put in order what came late to
    `dwr.organisations.v1`. Costs about a tenth of the relay's throughput."""
    poll_seconds: float = Field(default=2.0, gt=0)
    """Safety poll of every reader of the log: what it waits at most when a wake-up was lost."""
    heartbeat_seconds: float = Field(default=0.0, ge=0)
    """After so long without an entry the registry writes one that says that it lives, so that silence on an outlet can
    be told from an outlet that is broken. 0: never."""

    digest_entries_back: int = Field(default=10_000, ge=0)
    """How many entries back the digest and the hashes of an older position are told: a request costs by them, about a
    quarter of a second for 10,000."""

    streams: int = Field(default=1_000, ge=1)
    """Streams of the feed (server-sent events) that one process keeps open; further ones are answered 503."""

    log_kept_days: int = Field(default=0, ge=0)
    """Days that an entry of the log is kept at least when a newer one of its subject replaced it; 0 for ever. It stays
    while a kept snapshot or Kafka needs it."""
    snapshot_hours: float = Field(default=0, ge=0, allow_inf_nan=False)
    """How often a registry keeps a snapshot as files; 0 for never: then `dwr snapshot` does."""
    snapshots_kept: int = Field(default=7, ge=1)
    """How many kept snapshots there are at most; the oldest one goes when another is made."""
    snapshots_dir: Path | None = None
    """Folder of the kept snapshots, restricted parts included; `snapshots` in `data_dir` unless set. Registries that
    share an address share this folder too."""
    snapshot_formats: Annotated[tuple[Literal["plain", "gzip", "zstd"], ...], NoDecode] = ("gzip", "zstd")
    """What each is kept as, comma-separated: not compressed, gzip, Zstandard."""

    subscriptions: int = Field(default=1_000, ge=1)
    """Subscriptions, and WebSockets, that one process of the GraphQL API serves at once; further ones are refused."""
    subscriptions_per_caller: int = Field(default=100, ge=1)
    """How many of them may be one caller's; callers without a token are told apart by their address."""
    subscription_recent_entries: int = Field(default=1_000, ge=1)
    """Newest entries of the log kept in memory for subscribers; who stands further back is served from the log."""
    subscription_slowest_seconds: float = Field(default=30.0, gt=0)
    """How long a subscriber may take for one message; a slower one is ended, with the position to go on from."""
    socket_init_seconds: float = Field(default=10.0, gt=0)
    """How long a WebSocket may be open before its `connection_init` comes."""

    registry_url: str = ""
    """Base address of the registry for processes that run apart from it (`dwr graphql`, `dwr notifier`)."""
    reader_token: str = ""
    """Access token with the role `reader`, sent by processes that follow the internal feed of `registry_url`."""
    read_your_writes_seconds: float = Field(default=5.0, gt=0)
    """How long a read waits for the position it was asked to be at least at."""
    answer_at_once: bool = True
    """Answer GraphQL queries that wait for nothing inside the server's protocol class, in a third of the time."""
    graphql_kept_bytes: int = Field(default=128 * 1024 * 1024, ge=1024 * 1024)
    """Memory in which a process keeps encoded parts of organisations for the answers that show them again."""

    graphql_records_dir: Path | None = None
    """Folder of the file of organisations that the GraphQL processes of a machine share; `graphql` in `data_dir` unless
    set. It may be deleted while none runs. Where it cannot be written to, each process has a file of its own."""

    graphql_cost_limit: int = Field(default=50_000, ge=1)
    """Points that one GraphQL request may cost: about the values in its answer (docs/graphql.md)."""
    graphql_budget_per_minute: int = Field(default=1_000_000, ge=0)
    """Points that one caller may spend a minute at each process of the GraphQL API; 0 for no bound."""
    graphql_seconds: float = Field(default=2.0, gt=0)
    """How long the answer to one GraphQL query may take."""

    oidc_issuer: str | None = None
    oidc_audience: str = "digital-wallonia-registry"
    oidc_roles_claim: str = "roles"
    """Where the roles are in the access token; a dot descends: `realm_access.roles`."""
    oidc_token_types: Annotated[tuple[str, ...], NoDecode] = ("at+jwt",)
    """Accepted `typ` headers, RFC 9068; some issuers send `JWT` unless configured: name both then, comma-separated."""

    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    max_body_bytes: int = Field(default=1024 * 1024, ge=1024)

    webhook_allow_private_networks: bool = False
    """Deliver to loopback and private addresses too: for a demonstration on one machine, never on a server."""
    webhook_timeout_seconds: float = Field(default=15.0, gt=0)
    webhook_retry_seconds: Annotated[tuple[float, ...], NoDecode] = (
        0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
    )  # fmt: skip
    """Waits before each attempt, the schedule of Standard Webhooks 1.0.0 (ten attempts in 76 hours)."""
    webhook_workers: int = Field(default=4, ge=1)
    """Threads that deliver; each works for one saved search at a time."""
    webhook_lease_seconds: float = Field(default=60.0, gt=0)
    """How long a saved search waits for a deliverer that died; longer than an attempt with a slow resolver takes."""
    searches_per_owner: int = Field(default=100, ge=1)
    """Saved searches that one caller may have: every change is matched with each of them."""

    writer_batch_commands: int = Field(default=256, ge=1)
    """Commands that share one commit at most: more of them wait longer for a commit that is not cheaper a command."""
    writer_waiting_commands: int = Field(default=5_000, ge=1)
    """Commands that wait to be written at most; further ones are answered 503 at once instead of late."""
    stale_after_months: int = Field(default=12, ge=1)
    """How long a profile counts as true after its last validation; then `dwr mark-stale` marks it."""

    duplicate_name_distance: float = Field(default=0.15, ge=0, le=1)
    """Share of letters in which the names of two organisations of one commune may differ and still look alike."""

    @field_validator("oidc_token_types", "cors_origins", "snapshot_formats", mode="before")
    @classmethod
    def _split_names(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("webhook_retry_seconds", mode="before")
    @classmethod
    def _split_numbers(cls, value: object) -> object:
        try:
            return tuple(float(part) for part in value.split(",")) if isinstance(value, str) else value
        except ValueError:
            raise ValueError("write seconds with commas between: 0,5,300") from None

    @field_validator("database_url", "notifier_database_url")
    @classmethod
    def _is_database(cls, value: str) -> str:
        if value and not _DATABASE.fullmatch(value):
            raise ValueError("write the address of a database: postgresql://user:password@host/name or sqlite:///file")
        return value

    @field_validator("registry_url", "public_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if value and not _WEB_ADDRESS.fullmatch(value):
            raise ValueError("write a whole web address: https://dwr.example.org")
        return value

    @field_validator("kafka_bootstrap_servers")
    @classmethod
    def _is_brokers(cls, value: str) -> str:
        if value and not all(_BROKER.fullmatch(part.strip()) for part in value.split(",")):
            raise ValueError("write host:port, several with commas: kafka-1.example.org:9092,kafka-2.example.org:9092")
        return value

    @field_validator("snapshot_formats")
    @classmethod
    def _are_formats(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or len(set(value)) < len(value):
            raise ValueError("name at least one of plain, gzip, zstd, and each once")
        return value

    @field_validator("reader_token")
    @classmethod
    def _is_token(cls, value: str) -> str:
        if not value.isascii() or not value.isprintable() or " " in value:
            raise ValueError("write the access token alone, on one line")
        return value

    @model_validator(mode="after")
    def _lease_outlives_an_attempt(self) -> Self:
        if self.webhook_lease_seconds <= self.webhook_timeout_seconds:
            raise ValueError("DWR_WEBHOOK_LEASE_SECONDS must be more than DWR_WEBHOOK_TIMEOUT_SECONDS")
        return self

    @model_validator(mode="after")
    def _budget_allows_a_request(self) -> Self:
        if 0 < self.graphql_budget_per_minute < self.graphql_cost_limit:
            raise ValueError("DWR_GRAPHQL_BUDGET_PER_MINUTE must be 0 or at least DWR_GRAPHQL_COST_LIMIT")
        return self

    @model_validator(mode="after")
    def _production_needs_an_issuer(self) -> Self:
        if self.environment == "production" and not self.oidc_issuer:
            raise ValueError("DWR_OIDC_ISSUER is needed in production: the local issuer is for development only")
        return self

    @property
    def effective_database_url(self) -> str:
        """The database of the registry and the log."""
        return self.database_url or f"sqlite:///{self.data_dir / 'registry.sqlite'}"

    @property
    def effective_notifier_database_url(self) -> str:
        """The database of the notifier's own tables."""
        return self.notifier_database_url or self.effective_database_url

    @property
    def effective_graphql_records_dir(self) -> Path:
        """The folder of the file that the GraphQL processes of a machine share."""
        return self.graphql_records_dir or self.data_dir / "graphql"

    @property
    def effective_snapshots_dir(self) -> Path:
        """The folder of the kept snapshots."""
        return self.snapshots_dir or self.data_dir / "snapshots"

    @property
    def effective_public_url(self) -> str:
        """The address that links and schema addresses start with."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")
