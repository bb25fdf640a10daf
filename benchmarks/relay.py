"""Records per second that the relay brings from the log to Kafka, as a ratio to a bare kafka-python producer.

    DWR_TEST_KAFKA_BOOTSTRAP_SERVERS=… python -m benchmarks.relay
    DWR_TEST_KAFKA_BOOTSTRAP_SERVERS=… python -m benchmarks.relay --entries 50000 --database-url postgresql://…

"bare" sends ready-made records, of the size that the relay's have, and waits for their acknowledgement at the end: no
log, no order to keep when something fails, no mark. The relay makes three records of each of these entries. Its clock
starts with its first acknowledged batch, as that of the bare one does when it is connected. "reading back" is the relay
as it runs by default, with what looks after it: another part of the same process reads two topics meanwhile.

Each round measures all of them in turn; the ratios are medians of the ratios within a round.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from sqlalchemy import Engine, delete

from benchmarks.brokers import fill_log, own_topics
from services.database import migrate, open_engine, reading
from services.events.log.reading import entries_after
from services.events.log.signal import LogSignal
from services.events.relay.late_states import LateStates
from services.events.relay.read_back import ReadBack
from services.events.relay.record import Record
from services.events.relay.records import records_of
from services.events.relay.relay import Relay
from services.events.relay.standstill import Standstill
from services.events.tables import relay_slot
from services.events.topics import topics_of
from services.settings import Settings
from services.telemetry.metrics import RELAY_POSITION

_RECORDS_AN_ENTRY = 3


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder, own_topics(_settings(arguments, folder)) as settings:
        migrate(settings.effective_database_url)
        engine = open_engine(settings.effective_database_url)
        fill_log(engine, arguments.entries)
        rounds = [_round(settings, engine, arguments.entries, number) for number in range(arguments.rounds)]
        engine.dispose()
    print(f"{'what':<20}{'entries/s':>12}{'records/s':>12}{'ratio to bare':>15}")
    for name in rounds[0]:
        rate, ratio = (median(figures) for figures in zip(*_figures(rounds, name), strict=True))
        print(f"{name:<20}{rate / _RECORDS_AN_ENTRY:>12,.0f}{rate:>12,.0f}{ratio:>15.2f}")


def _round(settings: Settings, engine: Engine, entries: int, number: int) -> dict[str, float]:
    """Records a second of each, on topics of the round's own."""
    own = settings.model_copy(update={"kafka_topic_prefix": f"{settings.kafka_topic_prefix}{number}-"})
    bare = _bare(own, engine, entries)
    relayed = _relayed(own, engine, entries, read_back=False)
    other = own.model_copy(update={"kafka_topic_prefix": f"{own.kafka_topic_prefix}read-"})
    return {"bare": bare, "relay": relayed, "relay, reading back": _relayed(other, engine, entries, read_back=True)}


def _figures(rounds: list[dict[str, float]], name: str) -> Iterator[tuple[float, float]]:
    return ((found[name], found[name] / found["bare"]) for found in rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database-url", default="", help="an empty database; none means a SQLite file")
    parser.add_argument("--entries", type=int, default=20_000, help="how many are published")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def _settings(arguments: argparse.Namespace, folder: str) -> Settings:
    return Settings(data_dir=Path(folder), database_url=arguments.database_url)


def _bare(settings: Settings, engine: Engine, entries: int) -> float:
    topic = f"{settings.kafka_topic_prefix}bare"
    with KafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers) as admin:
        admin.create_topics({topic: {"num_partitions": settings.kafka_partitions}}, wait_for_metadata=True)
    records = _ready_made(settings, engine, entries)
    producer = KafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, linger_ms=5, batch_size=128 * 1024)
    began = time.perf_counter()
    for record in records:
        producer.send(topic, key=record.key, value=record.value, headers=record.headers)
    producer.flush()
    seconds = time.perf_counter() - began
    producer.close()
    return len(records) / seconds


def _ready_made(settings: Settings, engine: Engine, entries: int) -> list[Record]:
    topics, url = topics_of(settings), settings.effective_public_url
    with reading(engine) as connection:
        found = entries_after(connection, 0, entries)
    return [record for entry in found for record in records_of(entry, topics, url)]


def _relayed(settings: Settings, engine: Engine, entries: int, *, read_back: bool) -> float:
    with engine.begin() as connection:
        connection.execute(delete(relay_slot))
    RELAY_POSITION.set(0)
    relay = Relay(settings, engine, LogSignal())
    parts = [relay, *_looking_after(relay, settings, engine)] if read_back else [relay]
    for part in parts:
        part.start()
    first = _wait_beyond(0)
    began = time.perf_counter()
    _wait_beyond(entries - 1)
    seconds = time.perf_counter() - began
    for part in reversed(parts):
        part.stop()
    return (entries - first) * _RECORDS_AN_ENTRY / seconds


def _looking_after(relay: Relay, settings: Settings, engine: Engine) -> Iterator[ReadBack | LateStates | Standstill]:
    yield Standstill(settings, engine)
    for part in (ReadBack, LateStates):
        yield part(settings, engine, lambda: 0 in relay.slots, lambda: relay.is_catching_up)


def _wait_beyond(number: float) -> float:
    while (position := _position()) <= number:
        time.sleep(0.01)
    return position


def _position() -> float:
    """Up to where the broker has the log: the relay itself knows before it writes its marks."""
    ((sample,),) = (metric.samples for metric in RELAY_POSITION.collect())
    return sample.value


if __name__ == "__main__":
    main()
