"""Which snapshots are kept, and what is offered when the process that makes one cannot finish."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from services.events.snapshots.apart import KeepingFailed, ProcessApart
from services.events.snapshots.keeper import SnapshotKeeper
from services.events.snapshots.keeping import Policy
from services.settings import Settings
from services.telemetry.metrics import REGISTRY
from tests.events.entries import Ecosystem
from tests.events.http.snapshots import INDEX, keep, kept_offers
from tests.events.service import Service, events_service
from tests.support.waiting import eventually

MOST_BYTES = 256 * 1024
_COMMAND = (sys.executable, "-m", "services.cli", "snapshot")


def positions(client: httpx.Client) -> list[str]:
    return [f"{offer['generation']}-{offer['position']}" for offer in kept_offers(client)]


def test_the_newest_are_kept_and_older_ones_go(client: httpx.Client, ecosystem: Ecosystem, tmp_path: Path) -> None:
    service = events_service(ecosystem, tmp_path, snapshots_kept=2)
    for number in range(1, 5):
        ecosystem.publish(number)
        keep(service, ecosystem)
    assert positions(client) == ["1-4", "1-3"]
    assert client.get(f"{INDEX}/1-2/public.ndjson.gz").status_code == 404
    assert sorted(folder.name for folder in service.settings.effective_snapshots_dir.iterdir()) == [
        ".lock",
        "1-3",
        "1-4",
    ]


def test_only_their_owner_can_read_the_files(service: Service, ecosystem: Ecosystem) -> None:
    ecosystem.publish(1)
    folder = service.settings.effective_snapshots_dir / str(keep(service, ecosystem).at)
    assert folder.stat().st_mode & 0o077 == 0


def test_none_is_made_again_while_the_log_stands_still(service: Service, ecosystem: Ecosystem) -> None:
    ecosystem.publish(1)
    assert keep(service, ecosystem) == keep(service, ecosystem)


def test_those_beyond_the_fork_of_a_restore_are_offered_no_more(
    client: httpx.Client, service: Service, ecosystem: Ecosystem
) -> None:
    ecosystem.fill(3)
    keep(service, ecosystem)
    with ecosystem.restored_to_now():
        ecosystem.publish(8)
        keep(service, ecosystem)
        assert positions(client) == ["1-4", "1-3"]
    assert positions(client) == ["1-3"]
    assert client.get(f"{INDEX}/1-4/public.ndjson.gz").status_code == 404
    ecosystem.publish(9)
    ecosystem.publish(9)
    assert positions(client) == ["1-3"]
    keep(service, ecosystem)
    assert positions(client) == ["2-5", "1-3"]
    assert not (service.settings.effective_snapshots_dir / "1-4").exists()
    assert client.get("/events/v1/feed", params={"after": "1-3"}).json()["position"] == 5


def test_a_registry_that_shall_keeps_them_by_itself(client: httpx.Client, ecosystem: Ecosystem, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, snapshot_hours=0.0001, database_url=_url(ecosystem))
    ecosystem.publish(1)
    left = settings.effective_snapshots_dir / ".unfinished-0"
    left.mkdir(parents=True)
    with _running(settings, ecosystem), _running(settings, ecosystem):
        eventually(lambda: positions(client) == ["1-1"], 30)
        assert not left.exists()
        ecosystem.publish(2)
        eventually(lambda: positions(client) == ["1-2", "1-1"], 30)


def test_a_registry_whose_disk_fails_tries_again(client: httpx.Client, ecosystem: Ecosystem, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, snapshot_hours=0.0001, database_url=_url(ecosystem))
    ecosystem.publish(1)
    settings.effective_snapshots_dir.write_text("not a folder")
    before = _failures()
    with _running(settings, ecosystem):
        eventually(lambda: _failures() > before)
        settings.effective_snapshots_dir.unlink()
        eventually(lambda: positions(client) == ["1-1"], 30)


def _failures() -> float:
    return REGISTRY.get_sample_value("dwr_snapshot_failures_total") or 0.0


@contextmanager
def _running(settings: Settings, ecosystem: Ecosystem) -> Iterator[None]:
    keeper = SnapshotKeeper(settings, ecosystem.engine)
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


def test_a_keeper_that_is_stopped_ends_what_is_under_way(ecosystem: Ecosystem, tmp_path: Path) -> None:
    ecosystem.publish(1)
    settings = Settings(data_dir=tmp_path, database_url=_url(ecosystem))
    process = ProcessApart(settings)
    process.end()
    with pytest.raises(KeepingFailed):
        process.run()
    assert Policy.of(settings).shelf.kept() == []


def test_a_full_disk_leaves_what_was_kept(client: httpx.Client, service: Service, ecosystem: Ecosystem) -> None:
    ecosystem.fill(3)
    keep(service, ecosystem)
    ecosystem.fill(2_000, first=10)
    done = _snapshot(service, _small_disk)
    assert done.returncode == 2
    assert "File too large" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert positions(client) == ["1-3"]
    assert sorted(folder.name for folder in service.settings.effective_snapshots_dir.iterdir()) == [".lock", "1-3"]
    assert _snapshot(service).returncode == 0
    assert positions(client) == ["1-2003", "1-3"]


def _url(ecosystem: Ecosystem) -> str:
    return ecosystem.engine.url.render_as_string(hide_password=False)


def _snapshot(service: Service, limit: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    """Run `dwr snapshot`."""
    return subprocess.run(
        _COMMAND,
        env=_environment(service),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=limit,
    )


def _environment(service: Service) -> dict[str, str]:
    return os.environ | {"DWR_DATA_DIR": str(service.settings.data_dir), "DWR_SNAPSHOT_FORMATS": "plain,gzip"}


def _small_disk() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))


def test_one_whose_process_is_killed_is_not_offered(
    client: httpx.Client, service: Service, ecosystem: Ecosystem
) -> None:
    ecosystem.fill(5_000)
    process = _stopped_while_it_writes(service, ecosystem)
    before = positions(client)
    ecosystem.publish(1, size_class="micro")  # nobody who writes waits for it
    busy = _snapshot(service)
    assert busy.returncode == 2
    assert "Another process" in busy.stdout + busy.stderr
    process.kill()
    process.wait()
    assert positions(client) == before
    done = _snapshot(service)
    assert done.returncode == 0
    made = client.get("/events/v1/digest").headers["DWR-Position"]
    assert made in done.stdout + done.stderr
    assert positions(client) == [made, *before]
    folders = sorted(folder.name for folder in service.settings.effective_snapshots_dir.iterdir())
    assert folders == sorted([".lock", made, *before])


def _stopped_while_it_writes(service: Service, ecosystem: Ecosystem) -> subprocess.Popen[bytes]:
    """A process in the middle of it; where it was quicker than this test, another one."""
    while True:
        ecosystem.publish(1)
        process = subprocess.Popen(_COMMAND, env=_environment(service), stderr=subprocess.DEVNULL)
        if _is_stopped(process, service.settings.effective_snapshots_dir):
            return process
        process.send_signal(signal.SIGCONT)
        assert process.wait() == 0


def _is_stopped(process: subprocess.Popen[bytes], folder: Path) -> bool:
    unfinished = partial(folder.glob, ".unfinished-*/public.ndjson")
    eventually(lambda: process.poll() is not None or list(unfinished()), 30, every=0.001)
    process.send_signal(signal.SIGSTOP)
    return bool(list(unfinished()))
