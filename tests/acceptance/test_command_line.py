"""What `dwr` says when it cannot do what was asked: one or two plain lines, status 2, no traceback and no secret."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from services.database import open_engine, reading
from services.events.log.reading import read_head
from services.settings import Settings
from tests.support.waiting import eventually

SECRET = "geheim"


def _dwr(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DWR_")}
    return subprocess.run(
        [sys.executable, "-m", "services.cli", *arguments],
        env=kept | {"DWR_DATA_DIR": str(folder / "data"), "DWR_PORT": "0"} | settings,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _is_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    said = done.stdout + done.stderr
    assert done.returncode == 2, said
    assert "Traceback" not in said
    assert SECRET not in said
    assert len(said.splitlines()) <= 2, said
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    ("setting", "value", "remedy"),
    [
        ("DWR_PORT", "many", "integer"),
        ("DWR_DATABASE_URL", "registry.sqlite", "sqlite:///file"),
        ("DWR_DATABASE_URL", f"mysql://dwr:{SECRET}@db.example.org/dwr", "postgresql://"),
        ("DWR_DATABASE_URL", f"postgresql://dwr:{SECRET}@db.example.org:port/dwr", "postgresql://"),
        ("DWR_KAFKA_BOOTSTRAP_SERVERS", "kafka.example.org", "host:port"),
        ("DWR_REGISTRY_URL", "dwr.example.org", "https://"),
        ("DWR_READER_TOKEN", f"{SECRET}\nx", "one line"),
        ("DWR_WEBHOOK_RETRY_SECONDS", "0,soon", "0,5,300"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(tmp_path: Path, setting: str, value: str, remedy: str) -> None:
    _is_refused(_dwr(tmp_path, "up", **{setting: value}), setting, remedy)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"SECURITY_PROTOCOL": "SASL_SSL", "SASL_PASSWORD": SECRET}, ["DWR_KAFKA_SASL_MECHANISM", "SCRAM-SHA-512"]),
        ({"SECURITY_PROTOCOL": "SSL", "SASL_PASSWORD": SECRET}, ["DWR_KAFKA_SASL_PASSWORD", "SASL_SSL"]),
        ({"SECURITY_PROTOCOL": "tls", "SASL_PASSWORD": SECRET}, ["DWR_KAFKA_SECURITY_PROTOCOL", "'SASL_SSL'"]),
        ({"SECURITY_PROTOCOL": "SSL", "SSL_CA_FILE": "nowhere.pem"}, ["DWR_KAFKA_SSL_CA_FILE", "nowhere.pem"]),
    ],
)
def test_settings_of_the_brokers_that_contradict_each_other_are_named(
    tmp_path: Path, settings: dict[str, str], words: list[str]
) -> None:
    variables = {f"DWR_KAFKA_{name}": value for name, value in settings.items()}
    _is_refused(_dwr(tmp_path, "relay", **variables), *words)


@pytest.mark.parametrize("command", ["up", "migrate", "demo"])
def test_a_file_that_is_no_database_is_named(tmp_path: Path, command: str) -> None:
    file = tmp_path / "data" / "registry.sqlite"
    file.parent.mkdir()
    file.write_bytes(b"this is a letter, and no database at all. " * 100)

    _is_refused(_dwr(tmp_path, command), str(file), "not a database")
    assert file.read_bytes().startswith(b"this is a letter")


@pytest.mark.parametrize("command", ["up", "migrate", "token"])
def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path, command: str) -> None:
    (tmp_path / "data").write_text("a file stands where the folder should")

    _is_refused(_dwr(tmp_path, command), str(tmp_path / "data"), "DWR_DATA_DIR")


def test_a_database_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    address = f"postgresql://dwr:{SECRET}@127.0.0.1:1/dwr"

    _is_refused(_dwr(tmp_path, "migrate", DWR_DATABASE_URL=address), "127.0.0.1", "DWR_DATABASE_URL")


@pytest.mark.parametrize("command", [("demo",), ("import", "organisations", "none.jsonl")])
def test_a_database_that_was_not_migrated_is_not_written_to(tmp_path: Path, command: tuple[str, ...]) -> None:
    _is_refused(_dwr(tmp_path, *command), "dwr migrate")


def test_a_demo_that_is_interrupted_says_what_is_left_and_is_finished_by_the_same_command(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DWR_")}
    environment = kept | {"DWR_DATA_DIR": str(tmp_path)}
    assert _dwr(tmp_path, "migrate", **environment).returncode == 0
    loading = subprocess.Popen(
        [sys.executable, "-m", "services.cli", "demo", "--organisations", "12000"],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    engine = open_engine(f"sqlite:///{tmp_path / 'registry.sqlite'}")
    eventually(lambda: _position(engine) > 0, deadline_seconds=30)
    loading.send_signal(signal.SIGINT)
    _, said = loading.communicate(timeout=30)

    assert loading.returncode == 2
    assert "Traceback" not in said
    assert "a part of the demo" in said.splitlines()[-1]
    assert "The same command" in said.splitlines()[-1]
    before = _position(engine)
    _is_refused(_dwr(tmp_path, "demo", **environment), "organisations", "DWR_DATA_DIR")
    assert _position(engine) == before
    assert _dwr(tmp_path, "demo", "--organisations", "12000", **environment).returncode == 0
    assert _position(engine) > before
    engine.dispose()


def _position(engine: Engine) -> int:
    with reading(engine) as connection:
        return read_head(connection).position.number


def test_a_token_is_for_somebody(tmp_path: Path) -> None:
    for subject in ("", "a\nb", "x" * 256):
        assert _dwr(tmp_path, "token", "--subject", subject).returncode == 2


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:///registry.sqlite",
        "sqlite:////var/lib/dwr/registry.sqlite",
        "postgresql://dwr:se%2Fcret@db.example.org/dwr",
        "postgresql+psycopg://dwr@[::1]:5433/dwr?sslmode=require",
        "postgresql:///dwr?host=/run/postgresql",
    ],
)
def test_every_usual_address_of_a_database_is_taken(address: str) -> None:
    assert Settings(database_url=address).effective_database_url == address
