"""A mirror's process is killed at any moment, or its disk is full: the file is whole, and the next one goes on."""

import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.events.client import Mirror, MirrorFile, Position, Registry
from tests.events.client import mirror_process
from tests.events.entries import Ecosystem
from tests.support.waiting import eventually

KILLS = 6


@contextmanager
def mirroring(file: Path, address: str, *, batch: int = 50, most_bytes: int = 0) -> Iterator[subprocess.Popen[str]]:
    """A partner's process, killed in the end."""
    arguments = [str(file), address, str(batch), str(most_bytes)]
    command = [sys.executable, "-m", mirror_process.__name__, *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def write(ecosystem: Ecosystem, chance: random.Random, over: threading.Event) -> None:
    while not over.is_set():
        ecosystem.publish(chance.randrange(60), size_class=chance.choice(["micro", "small", "large"]))
        if known := [number for number in ecosystem.states if ecosystem.states[number].public]:
            ecosystem.archive(chance.choice(known))
        over.wait(0.002)


def whole(file: Path) -> Position | None:
    """The mirror's position. Fails unless its documents have its digest."""
    if not file.is_file() or MirrorFile(file).position is None:
        return None
    with MirrorFile(file).held() as holding:
        total = sum(int(held.hash, 16) for held in holding.subjects) % 2**256
    assert f"{total:064x}" == holding.digest
    return holding.position


def test_it_is_whole_after_each_kill_and_complete_in_the_end(
    ecosystem: Ecosystem, registry: Registry, address: str, file: Path
) -> None:
    chance, over = random.Random(6), threading.Event()  # noqa: S311 - draws changes, guards nothing
    ecosystem.fill(400, first=1_000)
    writing = threading.Thread(target=write, args=(ecosystem, chance, over))
    writing.start()
    try:
        reached = [Position(1, 0)]
        for _ in range(KILLS):
            with mirroring(file, address, batch=chance.choice([1, 3, 50])):
                before = reached[-1]
                eventually(lambda before=before: (whole(file) or before) > before, 30)  # type: ignore[misc]
                over.wait(chance.uniform(0, 0.3))
            reached.append(whole(file) or before)
    finally:
        over.set()
        writing.join()
    assert reached == sorted(set(reached))
    with Mirror(file, registry) as mirror:
        mirror.catch_up()
        assert mirror.verify().equal


def test_one_that_is_killed_in_its_snapshot_begins_again(
    ecosystem: Ecosystem, registry: Registry, address: str, file: Path
) -> None:
    ecosystem.fill(5_000)
    beside = file.with_name(f"{file.name}-wal")
    with mirroring(file, address):
        eventually(lambda: beside.is_file() and beside.stat().st_size > 1_000_000, 30)
    assert whole(file) is None
    with Mirror(file, registry) as mirror:
        mirror.catch_up()
        assert mirror.verify().equal


def test_a_full_disk_ends_it_with_what_to_do_and_nothing_is_lost(
    ecosystem: Ecosystem, registry: Registry, address: str, file: Path
) -> None:
    ecosystem.fill(50)
    with Mirror(file, registry) as mirror:
        mirror.catch_up()
    ecosystem.fill(2_000, first=100)
    with mirroring(file, address, most_bytes=400_000) as process:
        _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "cannot be used" in told
    assert "goes on from where it stood" in told
    stood = whole(file)
    assert stood is not None
    assert Position(1, 50) <= stood < Position(1, 2_050)
    with Mirror(file, registry) as mirror:
        assert mirror.position == stood
        mirror.catch_up()
        assert mirror.verify().equal
