"""The matcher under the follower that every reader uses: nothing is missed and nothing comes twice over a restart."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from services.events.following.database import DatabaseSource
from services.events.following.follower import Follower
from services.settings import Settings
from tests.notifier.support.receiver import Receiver
from tests.notifier.support.world import World
from tests.support.waiting import eventually


@contextmanager
def _following(world: World) -> Iterator[None]:
    source = DatabaseSource(world.engine, world.ecosystem.signal, poll_seconds=0.1)
    follower = Follower(source, source, world.matcher, "notifier")
    follower.start()
    try:
        eventually(lambda: follower.state.caught_up)
        yield
    finally:
        follower.stop()


def test_changes_of_a_time_without_notifier_are_delivered_once_it_is_back(
    settings: Settings, engine: Engine, receiver: Receiver
) -> None:
    world = World(settings, engine)
    world.ecosystem.publish(1)
    with _following(world):
        search = world.save(receiver.url)
        world.ecosystem.publish(2)
        eventually(lambda: str(world.matcher.position) == "1-2")
    world.ecosystem.publish(3)
    again = World(settings, engine)
    with _following(again), again.delivering():
        eventually(lambda: str(again.matcher.position) == "1-3")
        messages = receiver.wait_for(2)
    assert [message.payload(search["secret"])["data"]["position"] for message in messages] == [2, 3]
