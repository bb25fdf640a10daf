"""The commands with kcat in docs/events.md do what they say."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.events.relay.relay import Relay
from services.events.topics import topics_of
from services.settings import Settings
from tests.events.entries import Ecosystem, organisation_id
from tests.events.kafka_reading import read_topic

GUIDE = (Path(__file__).parents[3] / "docs" / "events.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^kcat .+$", GUIDE, re.MULTILINE)


@pytest.fixture
def relayed(ecosystem: Ecosystem, kafka_bootstrap: str, topic_prefix: str) -> Iterator[tuple[str, str]]:
    """The broker and the prefix of topics that have thirteen entries."""
    if shutil.which("kcat") is None:
        pytest.skip("needs the program kcat, which Debian has as kcat")
    ecosystem.fill(12)
    ecosystem.archive(3)
    settings = Settings(kafka_bootstrap_servers=kafka_bootstrap, kafka_topic_prefix=topic_prefix)
    relay = Relay(settings, ecosystem.engine, ecosystem.signal)
    relay.start()
    read_topic(kafka_bootstrap, topics_of(settings).organisations.name, 13, 30)
    yield kafka_bootstrap, topic_prefix
    relay.stop()


def kcat(command: str, relayed: tuple[str, str]) -> list[str]:
    """The lines that the command prints."""
    broker, prefix = relayed
    command = command.replace("127.0.0.1:9092", broker).replace("-t dwr.", f"-t {prefix}dwr.")
    done = subprocess.run(shlex.split(command), capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.splitlines()


def test_the_last_changes_are_printed_with_their_headers(relayed: tuple[str, str]) -> None:
    lines = kcat(COMMANDS[0], relayed)
    assert len(lines) == 13
    assert any("ce_type=be.digitalwallonia.registry.organisation-archived.v1" in line for line in lines)
    assert all("generation=1,position=" in line for line in lines)


def test_the_state_of_every_organisation_is_printed(relayed: tuple[str, str]) -> None:
    (command,) = COMMANDS[1:]
    sizes = dict(line.split() for line in kcat(command, relayed))
    assert sizes.keys() == {organisation_id(number) for number in range(1, 13)}
    assert [name for name, size in sizes.items() if size == "-1"] == [organisation_id(3)]
