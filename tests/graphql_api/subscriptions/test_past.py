"""Old entries: where they come from, and what is said when they cannot be had."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from graphql_api.subscriptions.past import LogSource, Past
from graphql_api.subscriptions.window import Window
from services.access.authenticator import authenticator_for
from services.access.local_issuer import issue
from services.access.roles import Role
from services.database import open_engine
from services.events.app import create_app
from services.events.client.registry import Registry
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from services.events.log.cutting import cut_before
from services.events.log.signal import LogSignal
from services.settings import Settings
from tests.events.entries import Ecosystem
from tests.graphql_api.subscriptions.stage import Stage, stage
from tests.support.serving import serving


def nobody() -> LogSource:
    """A feed that does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return Registry(f"http://127.0.0.1:{port}", "")


def test_they_come_over_the_feed_to_a_process_apart(sqlite_url: str, tmp_path: Path) -> None:
    settings, engine = Settings(data_dir=tmp_path), open_engine(sqlite_url)
    events = create_app(settings, engine, LogSignal(), authenticator_for(settings))
    with serving(events) as address:
        feed = Registry(address, issue(settings, "reader", [Role.READER]), View.INTERNAL, wait_seconds=0, batch=7)
        with stage(sqlite_url, tmp_path, past=feed, subscription_recent_entries=1) as world:
            world.ecosystem.fill(50)
            world.caught_up()
            with world.client() as client:
                client.subscribe(after="1-0")
                assert [client.change()["position"] for _ in range(50)] == [f"1-{number}" for number in range(1, 51)]
                client.subscribe(name="ahead", after="1-99")
                assert client.refusal("ahead")["code"] == "POSITION_AHEAD"
    engine.dispose()


@pytest.mark.parametrize("broken", ["feed", "database"])
def test_a_source_that_does_not_answer_is_a_typed_error_and_the_window_is_served_all_the_same(
    sqlite_url: str, empty_sqlite_url: str, tmp_path: Path, broken: str
) -> None:
    empty = open_engine(empty_sqlite_url)
    past = nobody() if broken == "feed" else DatabaseSource(empty, LogSignal())
    with stage(sqlite_url, tmp_path, past=past, subscription_recent_entries=5) as world:
        world.ecosystem.fill(20)
        world.caught_up()
        with world.client() as client:
            client.subscribe(after="1-1")
            refusal = client.refusal()
            assert (refusal["code"], refusal["status"]) == ("UNAVAILABLE", 503)
            client.subscribe(after="1-18")
            assert [client.change()["position"] for _ in range(2)] == ["1-19", "1-20"]
    empty.dispose()


class Hurried(DatabaseSource):
    """The log goes on just when it is asked where it stands."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def head(self) -> Position:
        self.meanwhile()
        return super().head()


def test_an_entry_written_while_the_end_is_looked_for_is_not_passed_over(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    ecosystem = Ecosystem(engine)
    last = ecosystem.fill(3)[-1]
    source = Hurried(engine, ecosystem.signal, poll_seconds=0.01)
    source.meanwhile = lambda: ecosystem.publish(7)
    found = asyncio.run(Past(Window(10), source).after(last.position))
    assert not isinstance(found, Position)
    assert [step.position for step in found] == [Position(1, 4)]
    source.meanwhile = lambda: None
    assert asyncio.run(Past(Window(10), source).after(Position(1, 4))) == Position(1, 4)
    engine.dispose()


def test_who_stands_before_what_is_kept_of_the_log_is_told_so_and_who_does_not_goes_on(
    sqlite_url: str, tmp_path: Path
) -> None:
    with stage(sqlite_url, tmp_path, subscription_recent_entries=1) as world:
        world.ecosystem.fill(10)
        world.ecosystem.fill(10)
        world.caught_up()
        cut_before(world.ecosystem.engine, 15)
        assert refused(world, "1-13") == ("POSITION_EXPIRED", 410)
        with world.client() as client:
            client.subscribe(after="1-14")
            assert [client.change()["position"] for _ in range(6)] == [f"1-{number}" for number in range(15, 21)]


def test_without_a_source_what_is_not_in_memory_is_expired(sqlite_url: str, tmp_path: Path) -> None:
    with stage(sqlite_url, tmp_path, past=None, subscription_recent_entries=5) as world:
        world.ecosystem.fill(20)
        world.caught_up()
        assert refused(world, "1-1") == ("POSITION_EXPIRED", 410)
        assert refused(world, "1-21") == ("POSITION_AHEAD", 409)
        with world.ecosystem.restored_to_now():
            pass
        world.ecosystem.publish(30)
        world.caught_up()
        assert refused(world, "1-22") == ("POSITION_BEYOND_FORK", 410)


def refused(world: Stage, after: str) -> tuple[str, int]:
    with world.client() as client:
        client.subscribe(after=after)
        refusal = client.refusal()
        return refusal["code"], refusal["status"]
