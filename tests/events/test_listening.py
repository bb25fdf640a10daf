"""Wake-ups from other processes."""

import psycopg
from sqlalchemy import Engine, text

from services.database import open_engine
from services.events.contracts.position import Position
from services.events.listening import CHANNEL, Listener
from services.events.log.signal import LogSignal
from tests.support.waiting import eventually

LISTENING = "FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"


def notify(url: str, payload: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))


def test_a_notification_announces_its_position_and_nonsense_does_not(postgresql_url: str) -> None:
    engine, signal = open_engine(postgresql_url), LogSignal()
    listener = Listener(engine, signal)
    listener.start()

    def told(number: int) -> bool:
        notify(postgresql_url, f"1-{number}")
        return signal.is_beyond(Position(1, number - 1))

    eventually(lambda: told(57))
    notify(postgresql_url, "nonsense")
    eventually(lambda: told(58))
    listener.stop()
    engine.dispose()


def test_a_connection_that_breaks_is_made_again(postgresql_url: str) -> None:
    engine, signal = open_engine(postgresql_url), LogSignal()
    listener = Listener(engine, signal)
    listener.start()
    eventually(lambda: listening_processes(engine) == 1)
    with engine.connect() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend(pid) {LISTENING}"))

    def told() -> bool:
        notify(postgresql_url, "1-9")
        return signal.is_beyond(Position(1, 8))

    eventually(told)
    listener.stop()
    engine.dispose()


def listening_processes(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) {LISTENING}")).scalar_one())


def test_on_sqlite_there_is_nothing_to_listen_to(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    listener = Listener(engine, LogSignal())
    listener.start()
    listener.stop()
    engine.dispose()
