"""How readers of a process follow the log: in its database where that is at hand, else by Kafka or the feed."""

import structlog

from services.composition.process import Process, Role
from services.events.client.registry import Registry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.bridged import BRIDGE_SECONDS, BridgedSource
from services.events.following.follower import Follower
from services.events.following.protocol import EntrySource, Reader, SnapshotSource
from services.problems import InvalidInput
from services.settings import Settings

log = structlog.get_logger(__name__)


def follow(process: Process, reader: Reader, role: Role) -> Follower:
    """Keep the reader in step with the internal view: both readers answer questions about restricted figures."""
    snapshots, entries = _sources(process, View.INTERNAL)
    follower = Follower(snapshots, entries, reader, role)
    process.parts.append(follower)
    process.health.register(role, lambda: _not_caught_up(follower))
    return follower


def registry_url(settings: Settings) -> str:
    """Where the registry is. Raises InvalidInput."""
    if not settings.registry_url:
        raise InvalidInput("Write the address of the registry in DWR_REGISTRY_URL: this process runs apart from it.")
    return settings.registry_url.rstrip("/")


def _sources(process: Process, view: View) -> tuple[SnapshotSource, EntrySource]:
    settings = process.settings
    if process.has_log_database:
        from services.composition import log_database  # noqa: PLC0415 - a process without it does not load it

        source = log_database.source(process, view)
        return source, source
    feed = Registry(registry_url(settings), settings.reader_token, view=view)
    if not settings.kafka_bootstrap_servers:
        return feed, feed
    from services.events.following.kafka import KafkaSource  # noqa: PLC0415 - the same

    topic = KafkaSource(settings, view, gap_seconds=BRIDGE_SECONDS, elsewhere=feed)
    return feed, _Bridged(topic, feed)


class _Bridged(BridgedSource):
    def gap(self, after: Position, known: Position) -> None:
        log.warning("gap_is_read_elsewhere", after=str(after), known=str(known))


def _not_caught_up(follower: Follower) -> str | None:
    state = follower.state
    if state.caught_up:
        return None
    return state.error or f"at {state.position or 'the start'} of {state.head or 'a log not yet seen'}"
