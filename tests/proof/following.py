"""Everything that follows the registry while it fails."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from services.access.roles import Role
from services.events.client.registry import Registry
from services.events.contracts.vocabulary import View
from services.events.following.kafka import KafkaSource
from services.settings import Settings
from tests.proof.mirrors import Copy, Mirror
from tests.proof.partners import Partner
from tests.proof.read_model import ReadModel
from tests.proof.stream import Stream
from tests.proof.subscription import Subscription
from tests.proof.timeline import Follows
from tests.proof.webhooks import Receiver
from tests.proof.world import World


@dataclass(frozen=True)
class Outlets:
    """The followers that run meanwhile; what topics and pages tell is read in the end."""

    mirrors: Mapping[str, Mirror]
    stream: Stream
    subscription: Subscription
    read_model: ReadModel
    receiver: Receiver
    partners: Sequence[Partner]

    def follows(self) -> dict[str, Follows]:
        """As the timeline looks at them."""
        found = {name: Follows(mirror.position) for name, mirror in self.mirrors.items()}
        found |= {partner.name: Follows(partner.position) for partner in self.partners}
        return found | {
            "stream": Follows(self.stream.position),
            "graphql": Follows(self.read_model.position),
            "subscription": Follows(self.subscription.position, lambda line: line.shown),
            "webhooks": Follows(self.receiver.position, lambda line: line.followed),
        }


@contextmanager
def following(world: World) -> Iterator[Outlets]:
    """Follow on every outlet while the context is open."""
    with ExitStack() as stack:
        mirrors = {mirror.name: stack.enter_context(mirror) for mirror in _mirrors(world)}
        stream = stack.enter_context(Stream(world.network.address("stream>registry-2")))
        subscription = stack.enter_context(Subscription(world.network.address("subscriber>graphql")))
        read_model = stack.enter_context(ReadModel(world.addresses["graphql"]))
        yield Outlets(mirrors, stream, subscription, read_model, world.receiver, world.partners)


def _mirrors(world: World) -> Iterator[Mirror]:
    """The public view over HTTP, and over Kafka the internal one, which our own readers follow."""
    address = world.network.address("mirrors>registry-1")
    feed = Registry(address, "", View.PUBLIC)
    yield Mirror("mirror over HTTP", Copy(View.PUBLIC), feed, feed)
    snapshots = Registry(address, world.token("reader", Role.READER), View.INTERNAL)
    settings = Settings(kafka_bootstrap_servers=f"127.0.0.1:{world.network.port('mirrors>kafka')}")
    topic = KafkaSource(settings, View.INTERNAL, gap_seconds=_GAP_SECONDS)
    yield Mirror("mirror over Kafka", Copy(View.INTERNAL), snapshots, topic)


_GAP_SECONDS = 300.0
"""Longer than any gap lasts: what this mirror has, it has from the topic alone."""
