"""Importing a list: the dry run, what becomes of each row, and a second run."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from services.events.contracts.catalogue import Event
from services.events.contracts.organisation import Organisation
from services.events.contracts.vocabulary import Origin, ProfileState
from services.events.log.reading import entries_after
from services.registry.importing.report import ExitStatus, Outcome, Report
from services.registry.importing.rows import id_of
from services.registry.importing.run import import_organisations
from services.registry.repository import find
from services.registry.tables import organisation
from tests.registry.bodies import NUMBERS, company, coworking, draft
from tests.registry.world import World

Row = Mapping[str, Any] | bytes


class TestADryRun:
    def test_says_what_would_become_of_each_row_and_writes_nothing(self, world: World, tmp_path: Path) -> None:
        report = _import(world, tmp_path, [company(publish=True), draft(), {"title": {"fr": "x"}}], apply=False)
        assert _outcomes(report) == [Outcome.CREATED, Outcome.CREATED, Outcome.INVALID]
        assert not report.applied
        assert _count(world) == 0

    def test_takes_no_position(self, world: World, tmp_path: Path) -> None:
        _import(world, tmp_path, [company()], apply=False)
        _import(world, tmp_path, [company()])
        with world.engine.connect() as connection:
            assert [entry.position.number for entry in entries_after(connection, 0, 10)] == [1]

    def test_gives_the_report_that_the_import_gives_then(self, world: World, tmp_path: Path) -> None:
        rows: list[Row] = [
            company(ref="a", publish=True, relations=[{"kind": "partner", "target_ref": "b"}]),
            draft("Grappe", ref="b"),
            company("Exemple numerique", NUMBERS[1], ref="c"),
            b"{",
        ]
        dry, real = _import(world, tmp_path, rows, apply=False), _import(world, tmp_path, rows)
        assert dry.as_json() | {"applied": True, "run": real.run} == real.as_json()

    def test_finds_duplicates_within_the_file(self, world: World, tmp_path: Path) -> None:
        report = _import(world, tmp_path, [company(), company("Autre chose")], apply=False)
        assert _outcomes(report) == [Outcome.CREATED, Outcome.DUPLICATE]
        assert report.rows[1].errors[0].pointer == "/enterprise_numbers/0"


class TestARow:
    def test_becomes_a_draft_unless_it_asks_to_be_published(self, world: World, tmp_path: Path) -> None:
        report = _import(world, tmp_path, [company(ref="a"), coworking(ref="b", publish=True)])
        assert [row.state for row in report.rows] == ["draft", "published"]
        assert _of_ref(world, "b").state is ProfileState.PUBLISHED

    def test_that_is_not_complete_is_public_with_more_information_asked_for(self, world: World, tmp_path: Path) -> None:
        report = _import(world, tmp_path, [draft(ref="a", publish=True)])
        assert report.rows[0].state == "needs_information"
        assert "/private/platform_contact" in {error.pointer for error in report.rows[0].missing}
        assert report.exit_status is ExitStatus.EVERY_ROW_IS_IN

    def test_gets_the_slug_that_it_names(self, world: World, tmp_path: Path) -> None:
        report = _import(world, tmp_path, [draft("Un", slug="choisi", ref="a"), draft("Tout autre", slug="choisi")])
        assert _of_ref(world, "a").slug == "choisi"
        assert report.rows[1].outcome is Outcome.INVALID
        assert report.rows[1].errors[0].pointer == "/slug"

    def test_is_told_in_the_log_as_a_partners_list(self, world: World, tmp_path: Path) -> None:
        _import(world, tmp_path, [draft()])
        with world.engine.connect() as connection:
            (entry,) = entries_after(connection, 0, 10)
        assert (entry.event, entry.origin) == (Event.REGISTERED, Origin.PARTNER_LIST)

    def test_names_its_run_in_every_entry_of_it(self, world: World, tmp_path: Path) -> None:
        rows: list[Row] = [
            draft("Un", ref="a", relations=[{"kind": "partner", "target_ref": "b"}]),
            draft("B", ref="b"),
        ]
        first, second = _import(world, tmp_path, rows), _import(world, tmp_path, [draft("Tout autre", ref="c")])
        named = [entry.correlation_id for entry in world.entries()]
        assert named == [first.run] * 3 + [second.run]
        assert first.run != second.run
        assert str(first.run).startswith("import-")

    @pytest.mark.parametrize(
        ("row", "pointer"),
        [
            ({}, "/title"),
            (draft(colour="red"), "/colour"),
            (draft() | {"title": {"fr": "x" * 201}}, "/title/fr"),
            (company(number="0403227516"), "/enterprise_numbers/0"),
            (draft(publish="yes"), "/publish"),
            (draft(ref=""), "/ref"),
            (draft(slug="Pas Un Slug"), "/slug"),
            (draft(relations=[{"kind": "friend", "target_ref": "b"}]), "/relations/0/kind"),
            (
                draft(relations=[{"kind": "partner", "target_name": "B"}, {"kind": "x", "target_ref": "b"}]),
                "/relations/1/kind",
            ),
            (draft(relations=[{"kind": "partner", "target_ref": 7}]), "/relations/0/target_ref"),
            (draft(relations=[{"kind": "partner", "target_ref": "b", "target_name": "B"}]), "/relations/0"),
            (draft(axes=["9.9.9"]), "/axes/0"),
            (draft(nace=[{"version": "2025", "code": "00"}]), "/nace/0/code"),
        ],
    )
    def test_that_is_wrong_names_the_field_and_the_others_go_on(
        self, world: World, tmp_path: Path, row: Row, pointer: str
    ) -> None:
        report = _import(world, tmp_path, [row, company()])
        assert _outcomes(report) == [Outcome.INVALID, Outcome.CREATED]
        assert pointer in {error.pointer for error in report.rows[0].errors}
        assert report.exit_status is ExitStatus.SOME_ROWS_ARE_NOT
        assert _count(world) == 1

    def test_that_looks_like_a_known_organisation_is_told_with_the_candidate(
        self, world: World, tmp_path: Path
    ) -> None:
        _import(world, tmp_path, [company(ref="a")])
        report = _import(world, tmp_path, [company("Exemple numeriqe", NUMBERS[1])])
        assert report.rows[0].outcome is Outcome.DUPLICATE
        assert id_of("list", "a") in report.rows[0].errors[0].detail
        assert _count(world) == 1

    def test_that_somebody_compared_is_taken_all_the_same(self, world: World, tmp_path: Path) -> None:
        report = _import(world, tmp_path, [company(), company("Exemple numeriqe", NUMBERS[1], distinct=True)])
        assert _outcomes(report) == [Outcome.CREATED, Outcome.CREATED]

    def test_with_the_ref_of_an_earlier_row_is_refused(self, world: World, tmp_path: Path) -> None:
        report = _import(world, tmp_path, [draft("Un", ref="a"), draft("Tout autre", ref="a")])
        assert _outcomes(report) == [Outcome.CREATED, Outcome.INVALID]
        assert report.rows[1].errors[0].pointer == "/ref"


class TestLinksBetweenRows:
    def test_lead_to_earlier_and_to_later_rows(self, world: World, tmp_path: Path) -> None:
        rows = [
            draft("Premier", ref="a", relations=[_link("b"), _link("c", kind="investor", since=2020)]),
            draft("Deuxième du nom", ref="b", relations=[_link("a")]),
            draft("Un tout autre", ref="c"),
        ]
        report = _import(world, tmp_path, rows)
        assert report.links == 3
        assert _targets(world, "a") == [("partner", id_of("list", "b"), None), ("investor", id_of("list", "c"), 2020)]
        assert _targets(world, "b") == [("partner", id_of("list", "a"), None)]

    def test_lead_to_the_organisation_that_a_row_duplicates(self, world: World, tmp_path: Path) -> None:
        known = world.publish(company())
        report = _import(world, tmp_path, [company("Autre nom", ref="a"), draft(ref="b", relations=[_link("a")])])
        assert report.rows[0].outcome is Outcome.DUPLICATE
        assert report.rows[0].id == known.id
        assert _targets(world, "b") == [("partner", known.id, None)]

    def test_that_lead_nowhere_are_told_and_the_row_is_in(self, world: World, tmp_path: Path) -> None:
        report = _import(world, tmp_path, [draft(ref="a", relations=[_link("zz")])])
        assert report.rows[0].outcome is Outcome.CREATED
        assert report.rows[0].errors[0].pointer == "/relations/0/target_ref"
        assert report.exit_status is ExitStatus.SOME_ROWS_ARE_NOT


class TestASecondRun:
    def test_doubles_nothing(self, world: World, tmp_path: Path) -> None:
        rows = [company(ref="a", relations=[_link("b")]), draft("Autre", ref="b"), coworking()]
        _import(world, tmp_path, rows)
        before = _count(world), _positions(world)
        report = _import(world, tmp_path, rows)
        assert _outcomes(report) == [Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.DUPLICATE]
        assert (_count(world), _positions(world)) == before

    def test_takes_what_was_corrected_meanwhile(self, world: World, tmp_path: Path) -> None:
        _import(world, tmp_path, [company(ref="a"), {"ref": "b"}])
        report = _import(world, tmp_path, [company(ref="a"), draft("Corrigé", ref="b")])
        assert _outcomes(report) == [Outcome.UNCHANGED, Outcome.CREATED]

    def test_adds_the_links_that_an_interrupted_run_left_out(self, world: World, tmp_path: Path) -> None:
        _import(world, tmp_path, [draft("Premier", ref="a")])
        report = _import(
            world, tmp_path, [draft("Premier", ref="a", relations=[_link("b")]), draft("Suivant", ref="b")]
        )
        assert report.links == 1
        assert _targets(world, "a") == [("partner", id_of("list", "b"), None)]

    def test_leaves_an_organisation_alone_that_was_changed_since(self, world: World, tmp_path: Path) -> None:
        rows = [draft("Premier", ref="a", relations=[_link("b")]), draft("Suivant", ref="b")]
        _import(world, tmp_path, rows)
        address = f"/registry/v1/organisations/{id_of('list', 'a')}"
        version = world.client.get(address, headers=world.moderator).headers["ETag"]
        headers = world.moderator | {"If-Match": version, "Content-Type": "application/merge-patch+json"}
        assert world.client.patch(address, content=b'{"relations": null}', headers=headers).is_success
        report = _import(world, tmp_path, rows)
        assert report.links == 0
        assert _targets(world, "a") == []

    def test_of_another_source_knows_the_refs_as_its_own(self, world: World, tmp_path: Path) -> None:
        _import(world, tmp_path, [draft("Premier", ref="a")])
        report = _import(world, tmp_path, [draft("Tout autre nom", ref="a")], source="other")
        assert _outcomes(report) == [Outcome.CREATED]


def test_the_report_says_each_row_to_people_and_to_programs(world: World, tmp_path: Path) -> None:
    report = _import(world, tmp_path, [draft(ref="a"), b"{"])
    assert report.summary() == (
        "list.jsonl: 2 rows, 1 created, 0 unchanged, 0 duplicate, 1 invalid; 0 links between rows."
    )
    assert next(report.rows[0].as_text()).startswith("row 1 a: created (draft) org-")
    told = json.loads(json.dumps(report.as_json()))
    assert told["counts"] == {"rows": 2, "created": 1, "unchanged": 0, "duplicate": 0, "invalid": 1, "links": 0}
    assert told["rows"][1]["errors"][0]["code"] == "invalid_json"


def test_more_rows_than_a_batch_are_imported_whole(world: World, tmp_path: Path) -> None:
    rows = [draft(f"{word} {number}", ref=f"{number}", distinct=True) for number, word in enumerate(["Nom"] * 450)]
    told: list[int] = []
    file = _file(tmp_path, rows)
    report = import_organisations(file, world.writer, world.settings, apply=True, progress=told.append)
    assert report.counts["created"] == 450
    assert told == [200, 400, 450]


def _link(ref: str, kind: str = "partner", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "target_ref": ref, **more}


def _import(world: World, folder: Path, rows: list[Any], *, apply: bool = True, source: str | None = None) -> Report:
    return import_organisations(_file(folder, rows), world.writer, world.settings, apply=apply, source=source)


def _file(folder: Path, rows: list[Any]) -> Path:
    file = folder / "list.jsonl"
    file.write_bytes(b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows))
    return file


def _outcomes(report: Report) -> list[Outcome]:
    return [row.outcome for row in report.rows]


def _count(world: World) -> int:
    with world.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(organisation)).scalar_one()


def _positions(world: World) -> int:
    with world.engine.connect() as connection:
        return len(entries_after(connection, 0, 10_000))


def _of_ref(world: World, ref: str) -> Organisation:
    with world.engine.connect() as connection:
        stored = find(connection, id_of("list", ref))
    assert stored is not None
    return stored.organisation


def _targets(world: World, ref: str) -> list[tuple[str, str | None, int | None]]:
    return [(relation.kind.value, relation.target, relation.since) for relation in _of_ref(world, ref).relations]
