"""The public audit suite of GraphQL over HTTP (npm: graphql-http) against the application behind a real socket."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from graphql_api.read_model.model import ReadModel
from tests.graphql_api.door import Door
from tests.support.servers import required
from tests.support.serving import serving

PROGRAM = Path(__file__).with_name("audit.mjs")
LOCK = Path(__file__).with_name("package-lock.json")
CHECKS = 61
"""How many the pinned version has."""

Result = dict[str, Any]


def test_the_lock_pins_digests_and_names_no_host() -> None:
    lock = json.loads(LOCK.read_text())["packages"]
    installed = {name: package for name, package in lock.items() if name}
    assert installed
    assert all(package["integrity"].startswith("sha512-") for package in installed.values())
    assert not any("resolved" in package for package in installed.values())


@pytest.fixture(scope="session")
def graphql_audit(model: ReadModel) -> list[Result]:
    """What the suite found."""
    words = [required("DWR_TEST_NODE"), str(PROGRAM), required("DWR_TEST_GRAPHQL_AUDIT")]
    with serving(Door(model).app) as address:
        done = subprocess.run([*words, f"{address}/graphql"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found: list[Result] = json.loads(done.stdout)
    return found


def test_every_check_was_made(graphql_audit: list[Result]) -> None:
    assert len({result["id"] for result in graphql_audit}) == CHECKS


def test_every_check_passes(graphql_audit: list[Result]) -> None:
    assert [result for result in graphql_audit if result["status"] != "ok"] == []
