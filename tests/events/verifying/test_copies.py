"""Copies in files are compared with the log where they stand, and what differs is named exactly."""

import gzip
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import zstandard

from services.events.client import MirrorFile, Position, PositionAhead, PositionBeyondFork, Registry
from services.events.verifying.comparing import compare
from services.problems import Unavailable
from tests.events.entries import Ecosystem, organisation_id
from tests.events.verifying.conftest import Verify


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One of the databases: what is compared here is not kept in it."""
    return sqlite_url


def named(report: dict[str, Any]) -> dict[str, str]:
    return {found["subject"]["id"]: found["difference"] for found in report["differences"]}


class TestMirror:
    def test_one_that_is_complete_is_equal(self, mirror_file: Path, verify: Verify) -> None:
        status, (report,) = verify("mirror", mirror_file)
        assert (status, report["equal"], report["differing"]) == (0, True, 0)
        assert (report["view"], report["generation"], report["position"], report["subjects"]) == ("public", 1, 13, 9)
        assert report["digest"] == report["expected_digest"] == report["told_digest"]

    def test_one_that_is_behind_is_equal_where_it_stands(
        self, mirror_file: Path, ecosystem: Ecosystem, verify: Verify
    ) -> None:
        ecosystem.publish(1, size_class="large")
        ecosystem.archive(2)
        ecosystem.publish(50)
        status, (report,) = verify("mirror", mirror_file)
        assert (status, report["position"]) == (0, 13)

    def test_planted_differences_are_named_exactly(
        self, mirror_file: Path, ecosystem: Ecosystem, verify: Verify
    ) -> None:
        self.plant(mirror_file)
        ecosystem.publish(1, size_class="large")
        ecosystem.archive(6)
        status, (report,) = verify("mirror", mirror_file)
        assert (status, report["equal"], report["differing"]) == (1, False, 4)
        assert named(report) == {
            organisation_id(1): "missing",
            organisation_id(2): "different",
            organisation_id(3): "different",
            organisation_id(77): "extra",
        }
        third = next(found for found in report["differences"] if found["subject"]["id"] == organisation_id(3))
        assert (third["version"], third["expected"]) == (1, 2)

    def plant(self, file: Path) -> None:
        connection = sqlite3.connect(file)
        with connection:
            connection.execute("DELETE FROM subject WHERE id = ?", (organisation_id(1),))
            connection.execute("UPDATE subject SET document = '{' WHERE id = ?", (organisation_id(2),))
            connection.execute(
                "UPDATE subject SET version = 1, document = json_remove(document, '$.size_class') WHERE id = ?",
                (organisation_id(3),),
            )
            connection.execute(
                "INSERT INTO subject SELECT kind, ?, version, generation, number, hash, document, restricted "
                "FROM subject WHERE id = ?",
                (organisation_id(77), organisation_id(5)),
            )
        connection.close()

    def test_so_many_are_named_as_are_asked_for_and_all_are_counted(self, mirror_file: Path, verify: Verify) -> None:
        connection = sqlite3.connect(mirror_file)
        with connection:
            connection.execute("DELETE FROM subject")
        connection.close()
        _, (report,) = verify("mirror", mirror_file, "--names", 2)
        assert (report["differing"], len(report["differences"]), report["subjects"]) == (9, 2, 0)

    def test_a_digest_that_its_documents_do_not_have_differs(self, mirror_file: Path, verify: Verify) -> None:
        connection = sqlite3.connect(mirror_file)
        with connection:
            connection.execute("UPDATE mirror SET digest = ?", ("0" * 64,))
        connection.close()
        status, (report,) = verify("mirror", mirror_file)
        assert (status, report["equal"], report["differing"]) == (1, False, 0)

    def test_the_registry_is_asked_over_http_too(
        self, mirror_file: Path, address: str, ecosystem: Ecosystem, verify: Verify
    ) -> None:
        self.plant(mirror_file)
        ecosystem.publish(1, size_class="large")
        status, (report,) = verify("mirror", mirror_file, "--registry", address)
        assert (status, report["differing"], len(named(report))) == (1, 4, 4)

    def test_one_beyond_the_fork_cannot_be_compared(
        self, ecosystem: Ecosystem, mirror_file: Path, verify: Verify
    ) -> None:
        connection = sqlite3.connect(mirror_file)
        with connection:
            connection.execute("UPDATE mirror SET number = 14")
        connection.close()
        with pytest.raises(PositionAhead):
            verify("mirror", mirror_file)
        with ecosystem.restored_to_now():
            ecosystem.publish(60)
        with pytest.raises(PositionBeyondFork, match="Load a snapshot"):
            verify("mirror", mirror_file)

    def test_what_is_no_mirror_is_said_so(self, tmp_path: Path, verify: Verify) -> None:
        file = tmp_path / "notes.txt"
        file.write_text("notes, " * 1_000)
        with pytest.raises(Unavailable, match="not a mirror"):
            verify("mirror", file)

    def test_partners_verify_by_themselves(self, mirror_file: Path, address: str) -> None:
        with MirrorFile(mirror_file).held() as holding:
            report = compare(holding, Registry(address))
        assert report.equal
        assert str(report).startswith("Equal: the mirror mirror.sqlite, public view at 1-13, 9 subjects, digest ")


class TestSnapshot:
    @pytest.fixture
    def text(self, ecosystem: Ecosystem, address: str) -> bytes:
        ecosystem.fill(10)
        content = httpx.get(f"{address}/events/v1/snapshots/current").content
        ecosystem.publish(1, size_class="large")
        ecosystem.archive(2)
        return content

    @pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"])
    def test_one_that_is_complete_is_equal(self, text: bytes, pack: Any, tmp_path: Path, verify: Verify) -> None:
        file = tmp_path / "snapshot"
        file.write_bytes(pack(text))
        status, (report,) = verify("snapshot", file)
        assert (status, report["position"], report["subjects"]) == (0, 10, 10)

    def test_planted_differences_are_named_exactly(self, text: bytes, tmp_path: Path, verify: Verify) -> None:
        first, *records, _ = map(orjson.loads, text.splitlines())
        changed = next(record for record in records if record["subject"]["id"] == organisation_id(5))
        changed["document"]["slug"] = "another"
        kept = [record for record in records if record["subject"]["id"] != organisation_id(6)]
        repeated = [*kept, kept[-1]]
        file = tmp_path / "snapshot.ndjson"
        lines = [first, *repeated, {"end": True, "count": len(repeated)}]
        file.write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in lines))
        status, (report,) = verify("snapshot", file)
        assert status == 1
        assert named(report) == {organisation_id(5): "different", organisation_id(6): "missing"}
        assert report["remarks"] == [f"organisation/{kept[-1]['subject']['id']} comes more than once."]

    def test_a_delta_is_no_snapshot(self, text: bytes, tmp_path: Path, verify: Verify) -> None:
        file = tmp_path / "delta.ndjson"
        file.write_bytes(text.replace(b'"generation":1,', b'"generation":1,"after":5,', 1))
        with pytest.raises(Unavailable, match="it is a delta"):
            verify("snapshot", file)

    @pytest.mark.parametrize("damage", ["cut off", "gzip cut off", "no snapshot", "empty"])
    def test_one_that_is_damaged_cannot_be_compared(
        self, text: bytes, damage: str, tmp_path: Path, verify: Verify
    ) -> None:
        damaged = {
            "cut off": text[:-30],
            "gzip cut off": gzip.compress(text)[:-30],
            "no snapshot": b"# Read me\n" * 100,
            "empty": b"",
        }
        file = tmp_path / "snapshot.ndjson"
        file.write_bytes(damaged[damage])
        with pytest.raises(Unavailable, match="cannot be compared"):
            verify("snapshot", file)


def test_positions_are_those_of_the_copy(mirror_file: Path) -> None:
    assert MirrorFile(mirror_file).position == Position(1, 13)
