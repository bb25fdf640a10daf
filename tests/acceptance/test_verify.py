"""`dwr verify` on a running installation: every copy is equal to the log, and a damaged one is named."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.events.client import Mirror, MirrorFile, Registry
from tests.acceptance.processes import Installation

ROOT = Path(__file__).parents[2]


@dataclass
class Copies:
    """A registry with the demo, and copies of its state."""

    installation: Installation
    registry: str
    graphql: str
    reader: str

    def verify(self, *arguments: object) -> tuple[int, list[dict[str, Any]], str]:
        """The exit status of `dwr verify … --json`, its reports, and what it complains of."""
        command = [sys.executable, "-m", "services.cli", "verify", *map(str, arguments), "--json"]
        environment = self.installation.environment(DWR_READER_TOKEN=self.reader)
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def mirror(self, view: str) -> Path:
        file = self.installation.folder / f"{view}.sqlite"
        with Mirror(file, Registry(self.registry, self.reader if view == "internal" else "", view)) as mirror:
            mirror.catch_up()
        return file


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    installation = Installation(tmp_path_factory.mktemp("verify"), {})
    installation.run("migrate")
    installation.run("demo", "--organisations", "150")
    reader = installation.run("token", "--role", "reader").strip()
    with installation.serving("registry") as registry:
        apart = {"DWR_REGISTRY_URL": registry, "DWR_READER_TOKEN": reader}
        with installation.serving("graphql", **apart) as graphql:
            yield Copies(installation, registry, graphql, reader)


def test_the_tables_the_read_model_and_a_snapshot_are_equal(copies: Copies) -> None:
    snapshot = copies.installation.folder / "snapshot.ndjson"
    snapshot.write_bytes(httpx.get(f"{copies.registry}/events/v1/snapshots/current").content)
    for arguments in (("log",), ("read-model", copies.graphql), ("snapshot", snapshot)):
        status, reports, complaint = copies.verify(*arguments)
        assert (status, complaint) == (0, ""), arguments
        assert all(report["equal"] for report in reports)


@pytest.mark.parametrize("view", ["public", "internal"])
def test_a_mirror_is_equal_and_a_damaged_one_is_named(copies: Copies, view: str) -> None:
    file = copies.mirror(view)
    assert copies.verify("mirror", file)[0] == 0
    first = next(MirrorFile(file).organisations()).id
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("DELETE FROM subject WHERE id = ?", (first,))
    connection.close()
    for over in ((), ("--registry", copies.registry)):
        status, (report,), _ = copies.verify("mirror", file, *over)
        assert (status, report["differing"]) == (1, 1)
        assert report["differences"][0]["subject"]["id"] == first


def test_what_cannot_be_compared_is_told_in_a_sentence(copies: Copies) -> None:
    status, reports, complaint = copies.verify("snapshot", ROOT / "README.md")
    assert (status, reports) == (2, [])
    assert complaint.startswith("Not available at the moment: This cannot be compared with the log")
    assert "Traceback" not in complaint


def test_the_script_with_curl_proves_itself(copies: Copies) -> None:
    folder = copies.installation.folder / "by-curl"
    command: list[str | Path] = [ROOT / "deploy" / "examples" / "mirror.sh", copies.registry, folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("complete at 1-")
