"""The suite's own tools do what the tests rely on."""

import socket
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient
from sqlalchemy import Engine, inspect

from tests.support.waiting import eventually


class TestEventually:
    def test_it_gives_the_first_true_value(self) -> None:
        values = iter(["", None, "here", "later"])
        assert eventually(lambda: next(values), every=0) == "here"

    def test_it_goes_on_after_an_exception(self) -> None:
        values = iter([0, 1])
        assert eventually(lambda: 1 / next(values), every=0) == 1

    def test_it_fails_at_the_deadline_with_the_last_value(self) -> None:
        with pytest.raises(AssertionError, match=r"not within 0\.0 s; at last there was \[\]"):
            eventually(list, deadline_seconds=0.0)

    def test_it_fails_at_the_deadline_with_the_last_exception_as_its_cause(self) -> None:
        with pytest.raises(AssertionError) as failure:
            eventually(lambda: 1 / 0, deadline_seconds=0.0)
        assert isinstance(failure.value.__cause__, ZeroDivisionError)


class TestBorders:
    @pytest.mark.parametrize("address", ["192.0.2.1", "registry.example"])
    def test_another_machine_is_not_reached(self, address: str) -> None:
        with socket.socket() as stray, pytest.raises(AssertionError, match=address):
            stray.connect((address, 80))

    def test_this_machine_is_reached(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
            client.connect(server.getsockname())


class TestDatabases:
    def test_a_fresh_one_has_the_newest_schema(self, engine: Engine) -> None:
        assert "alembic_version" in inspect(engine).get_table_names()

    def test_tests_do_not_see_each_others(self, tmp_path: Path, sqlite_url: str) -> None:
        assert str(tmp_path) in sqlite_url


def test_brokers_keep_what_they_are_sent(kafka_bootstrap: str, topic_prefix: str) -> None:
    topic = f"{topic_prefix}round-trip"
    with KafkaAdminClient(bootstrap_servers=kafka_bootstrap) as admin:
        admin.create_topics({topic: {"num_partitions": 1, "replication_factor": 1}})
    producer = KafkaProducer(bootstrap_servers=kafka_bootstrap)
    producer.send(topic, value=b"hello", key=b"org")
    producer.close()
    consumer = KafkaConsumer(topic, bootstrap_servers=kafka_bootstrap, auto_offset_reset="earliest")
    records = eventually(lambda: consumer.poll(timeout_ms=200))
    consumer.close()
    assert [record.value for batch in records.values() for record in batch] == [b"hello"]
