"""Reading JSON Lines: what is wrong with one line is told, and the others are read."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.problems import NotFound
from services.registry.importing.lines import ENDLESS, Line, read_lines

LONGEST = 200


def test_a_byte_order_mark_crlf_and_blank_lines_are_accepted(tmp_path: Path) -> None:
    lines = _read(tmp_path, b'\xef\xbb\xbf{"a": 1}\r\n\r\n  \n{"b": "\xc3\xa9"}')
    assert lines == [Line(1, {"a": 1}), Line(4, {"b": "é"})]


@pytest.mark.parametrize(
    ("raw", "code", "told"),
    [
        (b'{"a": 1', "invalid_json", "column"),
        (b"title;kind", "invalid_json", "column 1"),
        (b'{"a": 1} {"b": 2}', "invalid_json", "column 10"),
        (b'{"a": 1, "b": 2, "a": 3}', "invalid_json", "'a' stands twice"),
        (b'{"x": {"a": 1, "a": 1}}', "invalid_json", "'a' stands twice"),
        (b'{"a": NaN}', "invalid_json", "NaN"),
        (b'{"a": "\xe9"}', "invalid_utf8", "Byte 8"),
        (b"[1]", "not_an_object", "object"),
        (b'"text"', "not_an_object", "object"),
        (b'{"a": "' + b"x" * 1_000 + b'"}', "too_long", "200 bytes"),
        (b"[" * 150 + b"]" * 40, "invalid_json", "column"),
    ],
)
def test_a_line_that_cannot_be_read_is_an_error_and_the_others_go_on(
    tmp_path: Path, raw: bytes, code: str, told: str
) -> None:
    before, wrong, after = _read(tmp_path, b'{"a": 1}\n' + raw + b'\n{"b": 2}\n')
    assert (before, after) == (Line(1, {"a": 1}), Line(3, {"b": 2}))
    assert wrong.document is None
    assert wrong.error is not None
    assert wrong.error.code == code
    assert told in wrong.error.detail


@pytest.mark.parametrize("byte", [b"x", b"\0", b" "])
def test_a_line_without_end_is_the_last_one_that_is_read(tmp_path: Path, byte: bytes) -> None:
    before, endless = _read(tmp_path, b'{"a": 1}\n' + byte * (ENDLESS + 1) * (LONGEST + 1) + b'\n{"b": 2}\n')
    assert before == Line(1, {"a": 1})
    assert endless.error is not None
    assert (endless.number, endless.error.code) == (2, "endless_line")
    assert f"{ENDLESS * LONGEST} bytes" in endless.error.detail


def test_a_very_long_line_with_an_end_is_skipped(tmp_path: Path) -> None:
    long, after = _read(tmp_path, b"x" * (ENDLESS - 1) * LONGEST + b'\n{"b": 2}\n')
    assert long.error is not None
    assert (long.error.code, after) == ("too_long", Line(2, {"b": 2}))


def test_an_endless_pipe_is_left_at_the_first_line_that_has_no_end(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["/bin/sh", "-c", 'exec cat /dev/zero > "$0"', pipe], stderr=subprocess.DEVNULL):
        (endless,) = read_lines(pipe, LONGEST)
    assert endless.error is not None
    assert endless.error.code == "endless_line"


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_is_refused(device: str) -> None:
    with pytest.raises(NotFound, match="neither a file nor a pipe"):
        list(read_lines(Path(device), LONGEST))


def test_nesting_deeper_than_python_reads_is_an_error_of_the_line(tmp_path: Path) -> None:
    file = tmp_path / "deep.jsonl"
    file.write_bytes(b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b'}\n{"b": 2}')
    deep, after = read_lines(file, 1_000_000)
    assert deep.error is not None
    assert after == Line(2, {"b": 2})


def test_a_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"none\.jsonl cannot be read"):
        list(read_lines(tmp_path / "none.jsonl", LONGEST))


@given(st.binary(max_size=400))
def test_no_content_stops_the_reading(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "anything.jsonl"
    file.write_bytes(content)
    assert all((line.document is None) is (line.error is not None) for line in read_lines(file, LONGEST))


def _read(folder: Path, content: bytes) -> list[Line]:
    file = folder / "list.jsonl"
    file.write_bytes(content)
    return list(read_lines(file, LONGEST))
