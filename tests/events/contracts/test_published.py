"""The committed contracts are those of the code, and nothing that was published is taken back before its time."""

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.events.contracts.editions import broken_line
from services.events.contracts.majors import CATALOGUE
from services.events.contracts.schemas import entry_schema_name
from services.events.published import FOLDER, publish, published, read, refusals

ENTRY = entry_schema_name("organisation", 1)
INTERNAL = "organisation-entry-internal.v1.json"
EDITIONS = f"editions/{ENTRY}"
TODAY = date(2026, 11, 25)


def test_the_committed_contracts_are_those_of_the_code() -> None:
    """`python -m services.events.published` writes them anew."""
    committed = read(FOLDER)
    assert committed == published(CATALOGUE, committed)


def test_no_edition_that_was_ever_committed_broke_with_the_one_before_it() -> None:
    for file in (FOLDER / "editions").iterdir():
        assert list(broken_line(file.name, json.loads(file.read_text("utf-8")))) == []


@pytest.fixture
def before(tmp_path: Path) -> dict[str, str]:
    publish(CATALOGUE, tmp_path, TODAY)
    return read(tmp_path)


def test_publishing_again_changes_nothing(before: dict[str, str], tmp_path: Path) -> None:
    publish(CATALOGUE, tmp_path, TODAY)
    assert read(tmp_path) == before


def earlier(before: dict[str, str], change: Callable[[Any], Any]) -> dict[str, str]:
    """What was published, if the last edition of the organisation's schema had been another one."""
    (edition,) = json.loads(before[EDITIONS])
    other = copy.deepcopy(edition)
    change(other)
    return before | {EDITIONS: json.dumps([other])}


class TestASchema:
    def test_that_takes_something_away_is_refused_and_nothing_is_written(
        self, before: dict[str, str], tmp_path: Path
    ) -> None:
        (tmp_path / EDITIONS).write_text(earlier(before, lambda old: old["properties"].update(size={}))[EDITIONS])
        there = read(tmp_path)
        with pytest.raises(ValueError, match=r"edition 2: /size is not there any more\nGive the events a new major"):
            publish(CATALOGUE, tmp_path, TODAY)
        assert read(tmp_path) == there

    def test_that_only_adds_is_an_edition_more(self, before: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / EDITIONS).write_text(earlier(before, lambda old: old["properties"].pop("redirect"))[EDITIONS])
        publish(CATALOGUE, tmp_path, TODAY)
        assert len(json.loads(read(tmp_path)[EDITIONS])) == 2

    def test_that_breaks_with_an_edition_is_found_although_its_copy_was_replaced_by_hand(
        self, before: dict[str, str]
    ) -> None:
        """A build has the committed files only: the schema beside the code says what the code says."""
        edited = earlier(before, lambda old: old["properties"]["version"].update(minimum=0))
        after = published(CATALOGUE, edited)
        assert after[f"schemas/{ENTRY}"] == edited[f"schemas/{ENTRY}"]
        assert list(refusals(edited, after, TODAY)) == [f"{ENTRY}, edition 2: /version has another minimum: 0 became 1"]


@pytest.mark.parametrize("name", [ENTRY, "registry-entry.v1.json", "snapshot-line.v1.json", INTERNAL])
def test_each_form_that_somebody_reads_has_editions(before: dict[str, str], name: str) -> None:
    (edition,) = json.loads(before[f"editions/{name}"])
    edition["$defs"]["Gone"] = {}
    (found,) = refusals(before, published(CATALOGUE, {f"editions/{name}": json.dumps([edition])}), TODAY)
    assert found == f"{name}, edition 2: #/Gone is not there any more"


def test_what_our_own_readers_are_told_is_not_published(before: dict[str, str]) -> None:
    assert f"schemas/{INTERNAL}" not in before
    assert not [
        name for name, text in before.items() if "restricted_changes" in text and name != f"editions/{INTERNAL}"
    ]


class TestAType:
    @staticmethod
    def listed(before: dict[str, str], until: str | None) -> dict[str, str]:
        """What was published, if there had been one more type."""
        one = {"type": "be.digitalwallonia.registry.profile-sung.v1", "until": until}
        return {"catalogue.json": json.dumps([*json.loads(before["catalogue.json"]), one])}

    @pytest.mark.parametrize(("until", "said"), [(None, "without an end"), ("2026-11-25", "until 2026-11-25")])
    def test_is_not_given_up_before_its_day(self, before: dict[str, str], until: str | None, said: str) -> None:
        (found,) = refusals(self.listed(before, until), before, TODAY)
        assert found == f"be.digitalwallonia.registry.profile-sung.v1 is not published any more; it is told {said}"

    def test_may_go_after_its_day(self, before: dict[str, str]) -> None:
        assert list(refusals(self.listed(before, "2026-11-24"), before, TODAY)) == []

    def test_is_not_told_shorter_than_was_said(self, before: dict[str, str]) -> None:
        (found,) = refusals(self.listed(before, "2028-01-01"), self.after(before, "2027-12-31"), TODAY)
        assert "was to be told until 2028-01-01, and not until 2027-12-31" in found

    def test_is_told_for_some_time_after_its_end_is_known(self, before: dict[str, str]) -> None:
        (found,) = refusals(self.listed(before, None), self.after(before, "2027-05-23"), TODAY)
        assert "ends on 2027-05-23, which is too soon: the earliest day is 2027-05-24" in found
        assert list(refusals(self.listed(before, None), self.after(before, "2027-05-24"), TODAY)) == []

    def after(self, before: dict[str, str], until: str) -> dict[str, str]:
        return before | self.listed(before, until)
