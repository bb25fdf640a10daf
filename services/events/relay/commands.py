"""What `dwr replay` and `dwr dead-letters` do."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine

from services.database import closing_engine, open_engine, require_schema
from services.events.relay.dead_letters import DeadLetter, DeadLetters
from services.events.relay.kafka import KafkaPublisher
from services.events.relay.outlet import Outlet
from services.events.relay.publisher import PublishingFailed
from services.events.relay.replaying import TOPICS, Range, Replay
from services.problems import InvalidInput, Unavailable
from services.settings import Settings


def replay(
    settings: Settings, wanted: Range, topics: Sequence[str] = TOPICS, progress: Callable[[int], None] = lambda _: None
) -> int:
    """Publish a range of the log again; gives how many entries that were. `progress` gets how many it are by now.

    Relays may run meanwhile. Raises InvalidInput, PositionAhead, PositionBeyondFork; Unavailable where the brokers or
    the database cannot be used.
    """
    done = 0
    with _replaying(settings) as (again, _):
        for count in again.entries(wanted, topics):
            done += count
            progress(done)
    return done


def dead_letters(settings: Settings) -> list[DeadLetter]:
    """Records that the brokers refused for good, in the order of the log."""
    with _engine(settings) as engine:
        return DeadLetters(engine, settings.relay_dead_letters).all()


def replay_dead_letters(settings: Settings) -> list[DeadLetter]:
    """Try each of them again; gives those that are refused as before. Raises Unavailable."""
    with _replaying(settings) as (again, engine):
        letters = DeadLetters(engine, settings.relay_dead_letters)
        for letter in letters.all():
            again.letter(letter, letters)
        return letters.all()


@contextmanager
def _replaying(settings: Settings) -> Iterator[tuple[Replay, Engine]]:
    if not settings.kafka_bootstrap_servers:
        raise InvalidInput("Name the brokers in DWR_KAFKA_BOOTSTRAP_SERVERS: there is nowhere to publish to.")
    with _engine(settings) as engine:
        outlet = Outlet(settings, engine, KafkaPublisher(settings), threading.Event())
        try:
            outlet.open()
            yield Replay(settings, engine, outlet), engine
        except PublishingFailed as failure:
            raise Unavailable(f"The brokers did not take everything: {failure}. Do it again when they do.") from failure
        finally:
            outlet.close()


@contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    require_schema(settings.effective_database_url)
    engine = open_engine(settings.effective_database_url)
    with closing_engine(engine):
        yield engine
