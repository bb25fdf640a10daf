"""The guide for partners is true: its examples run as they stand, against a registry that goes on."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.events.client import MirrorFile, Position, Registry
from services.events.relay.relay import Relay
from services.events.topics import topics_of
from services.settings import Settings
from tests.events.entries import Ecosystem, organisation_id
from tests.events.kafka_reading import topic_names
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^## ([^\n]+)\n(?:(?!^## ).)*?^```python\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE))


class Examples:
    """Runs the guide's examples in one folder, with the address of the test's registry."""

    def __init__(self, folder: Path, address: str, brokers: str = "") -> None:
        self.folder = folder
        self._addresses = {"http://127.0.0.1:8000": address, "127.0.0.1:9092": brokers}

    @contextmanager
    def start(self, title: str) -> Iterator[subprocess.Popen[str]]:
        """Start an example; it is killed in the end."""
        code = EXAMPLES[title]
        for told, true in self._addresses.items():
            code = code.replace(told, true)
        command = [sys.executable, "-c", code]
        with subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)}
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(self, title: str) -> str:
        """What an example prints that ends by itself."""
        with self.start(title) as process:
            printed, _ = process.communicate(timeout=60)
            assert process.returncode == 0
        return printed

    def lines(self, title: str, count: int) -> list[str]:
        """The first lines that an endless example prints."""
        with self.start(title) as process:
            assert process.stdout is not None
            return [process.stdout.readline().strip() for _ in range(count)]


@pytest.fixture
def examples(ecosystem: Ecosystem, address: str, tmp_path: Path) -> Examples:
    ecosystem.fill(3)
    folder = tmp_path / "partner"
    folder.mkdir()
    return Examples(folder, address)


def test_every_example_is_tested() -> None:
    assert list(EXAMPLES) == [
        "A mirror in five lines",
        "What is in it",
        "Proving it",
        "Doing something at least once",
        "Reading what was just written",
        "Without a file",
        "Over Kafka",
        "A large registry over a bad line",
    ]
    assert len(re.findall("^```python", GUIDE, re.MULTILINE)) == len(EXAMPLES)


def test_a_mirror_in_five_lines_is_read_and_proved(examples: Examples, ecosystem: Ecosystem) -> None:
    assert len(EXAMPLES["A mirror in five lines"].splitlines()) == 5
    assert examples.lines("A mirror in five lines", 3)[0] == f"1-3 entered {organisation_id(1)}"
    ecosystem.publish(2, size_class="micro")
    assert examples.lines("A mirror in five lines", 1) == [f"1-4 stayed {organisation_id(2)}"]
    position, *organisations = examples.run("What is in it").splitlines()
    assert position.startswith("1-4 ")
    assert len(organisations) == 3
    ecosystem.archive(1)
    assert examples.run("Proving it").startswith("Equal: the mirror mirror.sqlite, public view at 1-5, 2 subjects")
    assert examples.run("Reading what was just written") == ""
    assert examples.run("A large registry over a bad line") == ""


def test_it_reads_without_a_file(examples: Examples, registry: Registry) -> None:
    first, second, event = examples.lines("Without a file", 3)
    assert first.startswith(f"1-3 {registry.digest().digest} ")
    assert second == "1-3 3"
    assert event == f"1-1 profile-published {organisation_id(1)}"


def test_changes_are_forwarded(examples: Examples) -> None:
    assert examples.lines("Doing something at least once", 1) == [f"to the other system: {organisation_id(1)}"]


def test_it_follows_over_kafka(
    ecosystem: Ecosystem, address: str, kafka_bootstrap: str, tmp_path: Path, topic_prefix: str
) -> None:
    ecosystem.fill(3)
    settings = Settings(kafka_bootstrap_servers=kafka_bootstrap, kafka_topic_prefix=topic_prefix)
    relay = Relay(settings, ecosystem.engine, ecosystem.signal)
    relay.start()
    eventually(lambda: topics_of(settings).organisations.name in topic_names(kafka_bootstrap), 30)
    try:
        assert Examples(tmp_path, address, kafka_bootstrap).run("Over Kafka").startswith("Equal: ")
    finally:
        relay.stop()


def test_sql_reads_the_mirror(examples: Examples) -> None:
    examples.run("Proving it")
    (query,) = re.findall(r'^sqlite3 -readonly mirror.sqlite "(.+)"$', GUIDE, re.MULTILINE)
    with MirrorFile(examples.folder / "mirror.sqlite").reading() as connection:
        assert connection.execute(query).fetchone() == (organisation_id(1), "Organisation 1")


def test_the_position_of_the_file_is_read(examples: Examples) -> None:
    examples.run("Proving it")
    assert MirrorFile(examples.folder / "mirror.sqlite").position == Position(1, 3)
