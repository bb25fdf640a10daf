"""Records per second that the relay brings from the log to Kafka, as a ratio to a bare kafka-python producer.

    DWR_TEST_KAFKA_BOOTSTRAP_SERVERS=… python -m benchmarks.relay
    DWR_TEST_KAFKA_BOOTSTRAP_SERVERS=… python -m benchmarks.relay --entries 50000 --database-url postgresql://…

"bare" sends ready-made records, of the size that the relay's have, and waits for their acknowledgement at the end: no
log, no order to keep when something fails, no mark. The relay makes three records of each of these entries.
"""

import argparse
import tempfile
import time
from pathlib import Path

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from sqlalchemy import Engine

from benchmarks.brokers import fill_log, own_topics
from services.database import migrate, open_engine, reading
from services.events.log.reading import entries_after
from services.events.log.signal import LogSignal
from services.events.relay.record import Record
from services.events.relay.records import records_of
from services.events.relay.relay import Relay
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
        bare = _bare(settings, engine, arguments.entries)
        relayed = _relayed(settings, engine, arguments.entries)
        engine.dispose()
    print(f"{'what':<10}{'entries/s':>12}{'records/s':>12}{'ratio to bare':>15}")
    print(f"{'bare':<10}{'':>12}{bare:>12,.0f}{1:>15.2f}")
    print(f"{'relay':<10}{relayed / _RECORDS_AN_ENTRY:>12,.0f}{relayed:>12,.0f}{relayed / bare:>15.2f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database-url", default="", help="an empty database; none means a SQLite file")
    parser.add_argument("--entries", type=int, default=20_000, help="how many are published")
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


def _relayed(settings: Settings, engine: Engine, entries: int) -> float:
    relay = Relay(settings, engine, LogSignal())
    began = time.perf_counter()
    relay.start()
    while _position() < entries:
        time.sleep(0.02)
    seconds = time.perf_counter() - began
    relay.stop()
    return entries * _RECORDS_AN_ENTRY / seconds


def _position() -> float:
    """Up to where the broker has the log: the relay itself knows before it writes its marks."""
    ((sample,),) = (metric.samples for metric in RELAY_POSITION.collect())
    return sample.value


if __name__ == "__main__":
    main()
