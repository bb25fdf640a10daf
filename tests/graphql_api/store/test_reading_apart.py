"""Lines of a large snapshot are read by another process: it tells the same, and nothing is left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from graphql_api.read_model.facts import Dimension
from graphql_api.read_model.model import ReadModel
from graphql_api.read_model.store.folder import RecordFolder
from services.events.client.ndjson import read_current
from services.events.contracts.entries import Current, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.protocol import Lines, Snapshot, SnapshotIncomplete
from services.events.log.digest import EMPTY, hash_of, replaced
from tests.graphql_api.documents import now_ms, organisations
from tests.graphql_api.store.processes import working_for
from tests.support.waiting import eventually

_COUNT = 1_200
_APART_FROM = 100
_READING = b"graphql_api.read_model.reading_apart"


@pytest.fixture(scope="module")
def states() -> list[Current]:
    other = Current(Subject("measure", "m-1"), 1, {"title": {"fr": "Un chèque"}}, None, Position(1, _COUNT + 1))
    return [*organisations(_COUNT), other]


@pytest.fixture(scope="module")
def lines(states: list[Current]) -> list[bytes]:
    return list(map(_line, states))


def _line(current: Current) -> bytes:
    assert current.position
    told = {"subject": {"kind": current.subject.kind, "id": current.subject.id}, "version": current.version}
    place = {"generation": current.position.generation, "position": current.position.number}
    return orjson.dumps(told | place | {"document": current.document, "restricted": current.restricted})


def _load(
    path: Path, lines: Iterator[bytes], view: View = View.INTERNAL, digest: str | None = None, apart_from: int = 100
) -> ReadModel:
    model = ReadModel(view, RecordFolder(path, apart_from=apart_from))
    model.load(Snapshot(Position(1, _COUNT + 1), now_ms(), digest, Lines(lines, read_current)))
    return model


def _told(model: ReadModel) -> list[object]:
    records = map(model.state.record, model.state.everything)
    return [(one.facts, one.content, one.restricted, one.version, one.position, one.hash) for one in records]


@pytest.mark.parametrize("view", list(View))
def test_the_model_tells_what_it_would_have_made_itself(
    tmp_path: Path, states: list[Current], lines: list[bytes], view: View
) -> None:
    digest = EMPTY
    for current in states:
        documents = (current.document, current.restricted) if view is View.INTERNAL else (current.document,)
        digest = replaced(digest, None, hash_of(current.subject, *documents))
    apart = _load(tmp_path / "apart", iter(lines), view, digest)
    alone = _load(tmp_path / "alone", iter(lines), view, digest, apart_from=2 * _COUNT)
    assert _told(apart) == _told(alone)
    for dimension in Dimension:
        assert apart.state.sets.values(dimension) == alone.state.sets.values(dimension)
    assert not working_for(os.getpid(), _READING)


def test_a_snapshot_that_breaks_off_ends_the_process(tmp_path: Path, lines: list[bytes]) -> None:
    def breaking() -> Iterator[bytes]:
        yield from lines[: 8 * _APART_FROM]
        assert len(working_for(os.getpid(), _READING)) == 1
        raise SnapshotIncomplete("it broke off")

    with pytest.raises(SnapshotIncomplete):
        _load(tmp_path, breaking())
    assert not working_for(os.getpid(), _READING)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("place", [10, _COUNT - 10])
def test_a_line_that_is_no_record_is_told_wherever_it_is_read(tmp_path: Path, lines: list[bytes], place: int) -> None:
    bad = [*lines[:place], b'{"subject": ', *lines[place:]]
    with pytest.raises(SnapshotIncomplete, match="no record"):
        _load(tmp_path, iter(bad))
    assert not working_for(os.getpid(), _READING)
    assert len(_load(tmp_path, iter(lines)).state) == _COUNT


def test_a_process_that_is_killed_fails_the_load_and_the_next_one_succeeds(tmp_path: Path, lines: list[bytes]) -> None:
    def killing() -> Iterator[bytes]:
        yield from lines[: 8 * _APART_FROM]
        os.kill(working_for(os.getpid(), _READING)[0], signal.SIGKILL)
        yield from lines[8 * _APART_FROM :]

    with pytest.raises(OSError, match=r"process|pipe"):
        _load(tmp_path, killing())
    assert len(_load(tmp_path, iter(lines)).state) == _COUNT


def test_lines_are_read_within_where_no_process_can_be_started(
    tmp_path: Path, lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    without = _load(tmp_path / "without", iter(lines))
    monkeypatch.undo()
    assert _told(without) == _told(_load(tmp_path / "with", iter(lines)))


_LOADING = """
import sys, time
from pathlib import Path
from tests.graphql_api.documents import organisations
from tests.graphql_api.store.test_reading_apart import _line, _load

def slowly():
    yield from map(_line, organisations(800))
    print("reading", flush=True)
    time.sleep(60)

_load(Path(sys.argv[1]), slowly())
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_the_process_that_it_reads_for(tmp_path: Path, end: signal.Signals) -> None:
    loading = [sys.executable, "-c", _LOADING, str(tmp_path)]
    with subprocess.Popen(loading, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        assert process.stdout.readline() == b"reading\n"
        (reading,) = working_for(process.pid, _READING)
        process.send_signal(end)
    eventually(lambda: not Path(f"/proc/{reading}").exists())
