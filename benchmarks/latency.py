"""Time from a commit to the outlets that tell of it, at a steady rate of writes.

    DWR_TEST_KAFKA_BOOTSTRAP_SERVERS=… python -m benchmarks.latency
    DWR_TEST_KAFKA_BOOTSTRAP_SERVERS=… python -m benchmarks.latency --rate 200 --seconds 10 --database-url postgresql://…

Each write is a transaction of its own; its clock starts when the commit has returned. An outlet is whatever tells when
it has seen a position (`Outlet`); to measure another one, add it to `OUTLETS`.
"""

import argparse
import asyncio
import itertools
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

from kafka import KafkaConsumer, TopicPartition
from sqlalchemy import Engine

from benchmarks.brokers import own_topics, publication
from graphql_api.read_model.model import ReadModel
from services.database import migrate, open_engine
from services.events.contracts.position import Position
from services.events.following.database import DatabaseSource
from services.events.following.follower import Follower
from services.events.log.append import LogWriter
from services.events.log.signal import LogSignal
from services.events.relay.relay import Relay
from services.events.topics import topics_of
from services.settings import Settings
from tests.support.waiting import eventually

Seen: TypeAlias = Callable[[int], None]
"""To be called when an outlet shows the entry at that position."""
Outlet: TypeAlias = Callable[[Settings, Engine, LogSignal, Seen], AbstractContextManager[None]]
"""Shows the log while the context is open."""


@contextmanager
def kafka(settings: Settings, engine: Engine, signal: LogSignal, seen: Seen) -> Iterator[None]:
    """The relay, and a consumer of the changes topic in a thread."""
    relay, topic, stop = Relay(settings, engine, signal), topics_of(settings).changes.name, threading.Event()
    relay.start()
    consumer = KafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers, auto_offset_reset="earliest")
    numbers = eventually(lambda: consumer.partitions_for_topic(topic), 30)
    consumer.assign([TopicPartition(topic, number) for number in numbers])

    def consume() -> None:
        while not stop.is_set():
            for records in consumer.poll(timeout_ms=100).values():
                for record in records:
                    seen(int(dict(record.headers)["position"]))

    thread = threading.Thread(target=consume)
    thread.start()
    yield
    stop.set()
    thread.join()
    consumer.close()
    relay.stop()


@contextmanager
def graphql(settings: Settings, engine: Engine, signal: LogSignal, seen: Seen) -> Iterator[None]:
    """The read model on an event loop of its own, and somebody there who waits for one position after the other."""
    model, loop = ReadModel(), asyncio.new_event_loop()
    source = DatabaseSource(engine, signal, poll_seconds=settings.poll_seconds)
    follower = Follower(source, source, model, "benchmark")

    async def watch() -> None:
        model.attach(loop)
        follower.start()
        for number in itertools.count(1):
            await model.waiting.wait_for(Position(1, number), 60)
            seen(number)

    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    watching = asyncio.run_coroutine_threadsafe(watch(), loop)
    yield
    watching.cancel()
    follower.stop()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


OUTLETS: dict[str, Outlet] = {"commit to a Kafka consumer": kafka, "commit to a GraphQL answer": graphql}


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    print(f"{arguments.rate} writes/s for {arguments.seconds:g} s, one organisation each")
    print(f"{'what':<30}{'p50 ms':>10}{'p99 ms':>10}{'worst ms':>10}{'writes':>10}")
    for name, outlet in OUTLETS.items():
        with tempfile.TemporaryDirectory() as folder, own_topics(_settings(arguments, folder)) as settings:
            migrate(settings.effective_database_url)
            engine = open_engine(settings.effective_database_url)
            delays = sorted(_measure(outlet, settings, engine, arguments))
            engine.dispose()
        figures = (delays[len(delays) // 2], delays[len(delays) * 99 // 100], delays[-1])
        print(f"{name:<30}{''.join(f'{figure * 1000:>10.1f}' for figure in figures)}{len(delays):>10}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database-url", default="", help="an empty database; none means a SQLite file")
    parser.add_argument("--rate", type=int, default=200, help="writes per second")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long is written")
    return parser.parse_args()


def _settings(arguments: argparse.Namespace, folder: str) -> Settings:
    return Settings(data_dir=Path(folder), database_url=arguments.database_url)


def _measure(outlet: Outlet, settings: Settings, engine: Engine, arguments: argparse.Namespace) -> list[float]:
    committed: dict[int, float] = {}
    arrived: dict[int, float] = {}
    signal = LogSignal()

    def seen(position: int) -> None:
        arrived.setdefault(position, time.perf_counter())

    with outlet(settings, engine, signal, seen):
        _write(engine, signal, committed, 10, arguments.rate)  # connections and metadata are made meanwhile
        eventually(lambda: arrived.keys() >= committed.keys(), 60)
        committed.clear()
        _write(engine, signal, committed, int(arguments.rate * arguments.seconds), arguments.rate)
        eventually(lambda: arrived.keys() >= committed.keys(), 60)
    return [max(0.0, arrived[position] - at) for position, at in committed.items()]


def _write(engine: Engine, signal: LogSignal, committed: dict[int, float], count: int, rate: int) -> None:
    began = time.perf_counter()
    for number in range(count):
        time.sleep(max(0.0, began + number / rate - time.perf_counter()))
        with engine.begin() as connection:
            writer = LogWriter(connection)
            position = writer.append(publication(number)).position
            writer.flush()
        committed[position.number] = time.perf_counter()
        signal.announce(position)


if __name__ == "__main__":
    main()
