"""`servers.py run` as `make test` uses it, with servers that are named and with none to be had."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "deploy" / "test-servers" / "servers.py"
NAMED = {
    "DWR_TEST_DATABASE_URL": "postgresql://tests@db.example/tests",
    "DWR_TEST_KAFKA_BOOTSTRAP_SERVERS": "kafka.example:9092",
    "DWR_TEST_GRAPHQL_AUDIT": "audit",
    "DWR_TEST_CONTRACT_READERS": "readers",
    "DWR_TEST_NODE": "node",
}


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DWR_")}
    command = [sys.executable, str(PROGRAM), *arguments]
    return subprocess.run(command, env=clean | environment, capture_output=True, text=True, check=False)


def test_named_servers_are_used_and_nothing_is_started() -> None:
    done = run("run", "--", sys.executable, "-c", "import os; print(os.environ['DWR_TEST_DATABASE_URL'])", **NAMED)
    assert done.stdout.splitlines() == [
        "test servers: postgresql as named by DWR_TEST_DATABASE_URL",
        "test servers: kafka as named by DWR_TEST_KAFKA_BOOTSTRAP_SERVERS",
        "test servers: graphql-audit as named by DWR_TEST_GRAPHQL_AUDIT",
        "test servers: contract-readers as named by DWR_TEST_CONTRACT_READERS",
        NAMED["DWR_TEST_DATABASE_URL"],
    ]


@pytest.mark.parametrize("status", [0, 1, 5])
def test_the_exit_status_is_the_commands(status: int) -> None:
    assert run("run", "--", "sh", "-c", f"exit {status}", **NAMED).returncode == status


def test_a_command_that_was_killed_fails() -> None:
    assert run("run", "--", "sh", "-c", "kill -9 $$", **NAMED).returncode == 128 + 9


@pytest.mark.parametrize("server", ["kafka", "keycloak"])
def test_without_a_way_to_provide_a_server_the_message_says_what_helps(server: str, tmp_path: Path) -> None:
    done = run("run", server, "--", "echo", "never", PATH=str(tmp_path))
    assert done.returncode != 0
    assert "never" not in done.stdout
    for remedy in ("set DWR_TEST_", "start a Docker engine", "apt-get install", "make test-embedded"):
        assert remedy in done.stderr


@pytest.mark.parametrize("program", ["graphql-audit", "contract-readers"])
def test_without_node_the_message_says_what_to_install(program: str, tmp_path: Path) -> None:
    done = run("run", program, "--", "echo", "never", PATH=str(tmp_path))
    assert done.returncode != 0
    assert "never" not in done.stdout
    for remedy in ("set DWR_TEST_NODE", "apt-get install nodejs npm", "make test-embedded"):
        assert remedy in done.stderr


@pytest.mark.parametrize("arguments", [["run", "oracle", "--", "true"], ["run"], ["run", "--"], ["stop", "--", "true"]])
def test_a_call_that_makes_no_sense_is_refused(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "usage:" in done.stderr
