"""The file of records: what it saves, what is never taken from it, and that with and without it the same is told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest

from graphql_api.read_model.model import ReadModel
from graphql_api.read_model.state import State
from graphql_api.read_model.store.folder import RecordFolder
from services.events.contracts.entries import Current
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.protocol import Snapshot, SnapshotIncomplete
from tests.graphql_api.documents import entry, now_ms, organisation, organisations, snapshot

COUNT = 200
NAME = "records-internal.bin"
PROGRAM = "one version"


def _loaded(path: Path, states: list[Current], program: str = PROGRAM, view: View = View.INTERNAL) -> ReadModel:
    model = ReadModel(view, RecordFolder(path, program))
    model.load(Snapshot(Position(1, COUNT), now_ms(), None, iter(states)))
    return model


def _told(state: State) -> dict[str, dict[str, Any]]:
    records = [state.record(ordinal) for ordinal in state.everything]
    return {
        one.id: {
            "stamp": (one.version, one.position, one.hash),
            "facts": (one.keys, one.titles, one.labels, one.facts),
            "documents": (one.content, one.document, one.restricted),
        }
        for one in records
    }


def _plainly(states: list[Current]) -> dict[str, dict[str, Any]]:
    state = State(Position(1, COUNT), 0, View.INTERNAL)
    state.fill(states)
    return _told(state)


@pytest.fixture
def states() -> list[Current]:
    return list(organisations(COUNT))


def _file_of(path: Path) -> tuple[int, bytes]:
    file = path / NAME
    return file.stat().st_ino, file.read_bytes()


def test_a_second_process_takes_the_file_as_it_is_and_tells_the_same(tmp_path: Path, states: list[Current]) -> None:
    first = _loaded(tmp_path, states)
    written = _file_of(tmp_path)
    second = _loaded(tmp_path, states)
    assert _file_of(tmp_path) == written
    assert _told(first.state) == _told(second.state) == _plainly(states)
    assert first.state.digest == second.state.digest


def test_only_the_owner_may_read_the_file_and_views_have_files_of_their_own(
    tmp_path: Path, states: list[Current]
) -> None:
    _loaded(tmp_path, states)
    _loaded(tmp_path, states, view=View.PUBLIC)
    assert {file.name: S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {
        NAME: 0o600,
        "records-public.bin": 0o600,
    }


def test_a_few_changes_stay_with_the_process_and_many_make_another_file(tmp_path: Path, states: list[Current]) -> None:
    _loaded(tmp_path, states)
    written = _file_of(tmp_path)
    few = [organisation(number, seed=9) for number in range(10)] + states[10:]
    assert _told(_loaded(tmp_path, few).state) == _plainly(few)
    assert _file_of(tmp_path) == written
    many = [organisation(number, seed=9) for number in range(COUNT // 2)] + states[COUNT // 2 :]
    assert _told(_loaded(tmp_path, many).state) == _plainly(many)
    assert _file_of(tmp_path) != written
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


def test_a_file_of_which_little_is_needed_any_more_is_written_anew(tmp_path: Path, states: list[Current]) -> None:
    _loaded(tmp_path, states)
    before = (tmp_path / NAME).stat().st_size
    assert _told(_loaded(tmp_path, states[:20]).state) == _plainly(states[:20])
    assert (tmp_path / NAME).stat().st_size < before


def test_a_process_keeps_its_records_when_another_one_puts_another_file_there(
    tmp_path: Path, states: list[Current]
) -> None:
    model = _loaded(tmp_path, states)
    _loaded(tmp_path, [organisation(number, seed=9) for number in range(COUNT)])
    assert _told(model.state) == _plainly(states)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda one: replace(one, version=one.version + 1), id="version"),
        pytest.param(lambda one: replace(one, position=Position(2, one.position.number)), id="generation"),
        pytest.param(lambda one: replace(one, document=one.document | {"email": "other@example.org"}), id="document"),
        pytest.param(lambda one: replace(one, restricted={"registered_email": "x@example.org"}), id="restricted"),
    ],
)
def test_what_differs_in_anything_is_not_taken_from_the_file(
    tmp_path: Path, states: list[Current], other: Callable[[Current], Current]
) -> None:
    _loaded(tmp_path, states)
    changed = [other(states[0]), *states[1:]]
    assert _told(_loaded(tmp_path, changed).state) == _plainly(changed)


def _cut_off(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _emptied(_content: bytes) -> bytes:
    return b""


def _of_somebody_else(content: bytes) -> bytes:
    return b"something else".ljust(len(content))


def _with_zeros(content: bytes) -> bytes:
    return content[:1_000] + bytes(20_000) + content[21_000:]


def _with_a_damaged_tail(content: bytes) -> bytes:
    return content[:-50] + b"x" + content[-49:]


def _with_one_bit_changed(content: bytes) -> bytes:
    return content[:5_000] + bytes([content[5_000] ^ 4]) + content[5_001:]


@pytest.mark.parametrize(
    "damage", [_cut_off, _emptied, _of_somebody_else, _with_zeros, _with_a_damaged_tail, _with_one_bit_changed]
)
def test_nothing_wrong_is_read_from_a_damaged_file(
    tmp_path: Path, states: list[Current], damage: Callable[[bytes], bytes]
) -> None:
    _loaded(tmp_path, states)
    file = tmp_path / NAME
    file.write_bytes(damage(file.read_bytes()))
    assert _told(_loaded(tmp_path, states).state) == _plainly(states)


@pytest.mark.parametrize("differing", [0, 10, COUNT])
def test_processes_that_are_started_together_share_a_file_unless_they_have_little_in_common(
    tmp_path: Path, states: list[Current], differing: int
) -> None:
    theirs = [organisation(number, seed=9) for number in range(differing)] + states[differing:]
    files = []

    def overtaken() -> Iterator[Current]:
        yield from states[:100]
        _loaded(tmp_path, theirs)
        files.append(_file_of(tmp_path))
        yield from states[100:]

    model = ReadModel(View.INTERNAL, RecordFolder(tmp_path, PROGRAM))
    model.load(Snapshot(Position(1, COUNT), now_ms(), None, overtaken()))
    assert (_file_of(tmp_path) == files[0]) == (differing < COUNT)
    assert _told(model.state) == _plainly(states)
    change = organisation(COUNT - 1, seed=9)
    model.apply([entry(COUNT + 1, states[-1], change)])
    assert _told(model.state)[change.subject.id]["facts"] == _plainly([change])[change.subject.id]["facts"]
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


def test_a_file_that_others_may_read_is_written_anew(tmp_path: Path, states: list[Current]) -> None:
    _loaded(tmp_path, states)
    file = tmp_path / NAME
    file.chmod(0o644)
    _loaded(tmp_path, states)
    assert S_IMODE(file.stat().st_mode) == 0o600


def test_another_version_of_the_program_writes_its_own(tmp_path: Path, states: list[Current]) -> None:
    _loaded(tmp_path, states)
    written = _file_of(tmp_path)
    _loaded(tmp_path, states, program="another version")
    assert _file_of(tmp_path) != written


def test_a_folder_that_cannot_be_written_to_is_no_reason_not_to_answer(tmp_path: Path, states: list[Current]) -> None:
    (tmp_path / "file").write_text("no folder")
    assert _told(_loaded(tmp_path / "file", states).state) == _plainly(states)


def test_a_snapshot_that_breaks_off_leaves_nothing_behind(tmp_path: Path, states: list[Current]) -> None:
    def breaking() -> Iterator[Current]:
        yield from states[:50]
        raise SnapshotIncomplete("it broke off")

    model = ReadModel(View.INTERNAL, RecordFolder(tmp_path, PROGRAM))
    with pytest.raises(SnapshotIncomplete):
        model.load(Snapshot(Position(1, COUNT), now_ms(), None, breaking()))
    assert not list(tmp_path.iterdir())


def test_entries_are_applied_on_top_of_the_file(tmp_path: Path, states: list[Current]) -> None:
    _loaded(tmp_path, states)
    model = _loaded(tmp_path, states)
    after = [organisation(number, seed=9) for number in range(30)]
    changes = [entry(COUNT + 1 + at, states[at], one) for at, one in enumerate(after)]
    model.apply(changes)
    model.apply([entry(COUNT + 40, states[50], None)])
    told = _told(model.state)
    assert states[50].subject.id not in told
    assert {one.subject.id: one.document["title"] for one in after}.items() <= {
        record.id: record.document["title"] for record in map(model.state.record, model.state.everything)
    }.items()
    expected = _plainly(states)
    assert {key: told[key] for key in list(told)[60:]} == {key: expected[key] for key in list(told)[60:]}


def test_when_many_have_changed_they_are_copied_into_another_file_while_entries_are_applied(tmp_path: Path) -> None:
    many = 1_000
    model = ReadModel(View.INTERNAL, RecordFolder(tmp_path, PROGRAM, fewest_changed=200))
    model.load(snapshot(many))
    written = _file_of(tmp_path)
    held = model.state.record(many - 1)
    before: dict[int, Current | None] = {number: organisation(number) for number in range(many)}
    position = many
    for begin in range(0, 2 * many, 100):
        batch = []
        for at in range(begin, begin + 100):
            number, position = at % (many - 1), position + 1
            after = None if at % 7 == 0 else organisation(number, seed=position)
            if before[number] or after:
                batch.append(entry(position, before[number], after))
            before[number] = after
        model.apply(batch)
    assert _file_of(tmp_path) != written
    told, expected = _told(model.state), _plainly([one for one in before.values() if one])
    for part in ("facts", "documents"):
        assert {one: told[one][part] for one in told} == {one: expected[one][part] for one in expected}
    assert model.state.record(many - 1) is held
    assert [file.name for file in tmp_path.iterdir()] == [NAME]


def test_a_record_is_the_same_object_as_long_as_somebody_holds_it(states: list[Current]) -> None:
    model = ReadModel()
    model.load(snapshot(COUNT))
    held = model.state.record(7)
    for _ in range(50):
        for ordinal in model.state.everything:
            model.state.record(ordinal)
    assert model.state.record(7) is held
    document = held.document
    model.apply([entry(COUNT + 1, states[7], organisation(7, seed=9))])
    assert model.state.record(7) is not held
    assert held.document == document
