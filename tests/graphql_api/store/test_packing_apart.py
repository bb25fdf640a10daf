"""Records of a large snapshot are packed by another process: it tells the same, and nothing is left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphql_api.read_model.model import ReadModel
from graphql_api.read_model.store.folder import RecordFolder
from services.events.contracts.entries import Current
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.protocol import Snapshot, SnapshotIncomplete
from tests.graphql_api.documents import now_ms, organisations
from tests.graphql_api.store.processes import working_for
from tests.support.waiting import eventually

_COUNT = 1_200
_APART_FROM = 100
_PACKING = b"graphql_api.read_model.store.packing_apart"


@pytest.fixture(scope="module")
def states() -> list[Current]:
    return list(organisations(_COUNT))


def _load(path: Path, states: Iterator[Current], apart_from: int = _APART_FROM) -> ReadModel:
    model = ReadModel(View.INTERNAL, RecordFolder(path, apart_from=apart_from))
    model.load(Snapshot(Position(1, _COUNT), now_ms(), None, states))
    return model


def _content(path: Path) -> bytes:
    (file,) = path.iterdir()
    return file.read_bytes()


def _packing(parent: int) -> list[int]:
    """The processes that pack for this one."""
    return working_for(parent, _PACKING)


def test_the_file_tells_what_the_process_itself_would_have_written(tmp_path: Path, states: list[Current]) -> None:
    apart = _load(tmp_path / "apart", iter(states)).state
    alone = _load(tmp_path / "alone", iter(states), apart_from=_COUNT + 1).state
    for ordinal in range(_COUNT):
        one, other = apart.record(ordinal), alone.record(ordinal)
        assert (one.facts, one.content, one.restricted) == (other.facts, other.content, other.restricted)
    assert not _packing(os.getpid())


def test_the_next_process_takes_the_whole_file(tmp_path: Path, states: list[Current]) -> None:
    _load(tmp_path, iter(states))
    written = _content(tmp_path)
    _load(tmp_path, iter(states))
    assert _content(tmp_path) == written


def test_a_snapshot_that_breaks_off_ends_the_process_and_leaves_no_file(tmp_path: Path, states: list[Current]) -> None:
    def breaking() -> Iterator[Current]:
        yield from states[: 2 * _APART_FROM]
        assert len(_packing(os.getpid())) == 1
        raise SnapshotIncomplete("it broke off")

    with pytest.raises(SnapshotIncomplete):
        _load(tmp_path, breaking())
    assert not _packing(os.getpid())
    assert not list(tmp_path.iterdir())


def test_a_process_that_is_killed_fails_the_load_and_the_next_one_succeeds(
    tmp_path: Path, states: list[Current]
) -> None:
    def killing() -> Iterator[Current]:
        yield from states[: 2 * _APART_FROM]
        os.kill(_packing(os.getpid())[0], signal.SIGKILL)
        yield from states[2 * _APART_FROM :]

    with pytest.raises(OSError, match=r"process|pipe"):
        _load(tmp_path, killing())
    assert not list(tmp_path.iterdir())
    assert len(_load(tmp_path, iter(states)).state) == _COUNT


def test_records_are_packed_within_where_no_process_can_be_started(
    tmp_path: Path, states: list[Current], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    without = _load(tmp_path / "without", iter(states)).state
    monkeypatch.undo()
    written = _content(tmp_path / "without")
    _load(tmp_path / "without", iter(states))
    assert _content(tmp_path / "without") == written, "the next process did not take the whole file"
    alone = _load(tmp_path / "alone", iter(states), apart_from=_COUNT + 1).state
    for ordinal in range(_COUNT):
        assert without.record(ordinal).content == alone.record(ordinal).content


_LOADING = """
import sys, time
from pathlib import Path
from tests.graphql_api.documents import organisations
from tests.graphql_api.store.test_packing_apart import _load

def slowly():
    yield from organisations(200)
    print("packing", flush=True)
    time.sleep(60)

_load(Path(sys.argv[1]), slowly())
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_the_process_that_it_packs_for(tmp_path: Path, end: signal.Signals) -> None:
    loading = [sys.executable, "-c", _LOADING, str(tmp_path)]
    with subprocess.Popen(loading, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        assert process.stdout.readline() == b"packing\n"
        (packing,) = _packing(process.pid)
        process.send_signal(end)
    eventually(lambda: not Path(f"/proc/{packing}").exists())
