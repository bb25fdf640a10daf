"""A mirror in a file: in step with the registry, whatever happens, and never half of it."""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.events.client import (
    Change,
    Mirror,
    MirrorFile,
    MirrorInUse,
    MirrorOfOtherView,
    MirrorUnusable,
    NotAMirror,
    OnChangesFailed,
    Position,
    PositionBeyondFork,
    PositionNotReached,
    Refused,
    Registry,
    Visibility,
)
from services.events.contracts.catalogue import Event
from services.events.contracts.entries import Subject
from services.events.contracts.vocabulary import Actor, Origin
from services.events.log.append import LogWriter
from services.events.log.drafts import NOTHING, Draft
from tests.events.entries import Ecosystem, organisation_id
from tests.support.waiting import eventually

RESTRICTED = {"turnover": {"eur": 7_654_321.0, "year": 2025}}
ENTERED, STAYED, LEFT = Visibility.ENTERED, Visibility.STAYED, Visibility.LEFT


def told(changes: Sequence[Change]) -> list[tuple[str, Visibility]]:
    return [(change.id, change.visibility) for change in changes]


def test_five_lines_make_a_mirror(ecosystem: Ecosystem, address: str, file: Path) -> None:
    ecosystem.fill(30)
    with Mirror(file, Registry(address)) as mirror:
        mirror.catch_up()
        assert mirror.verify().equal
        assert mirror.digest == Registry(address).digest().digest
        assert mirror.position == Position(1, 30)


def test_it_has_the_organisations_and_each_by_its_id(ecosystem: Ecosystem, registry: Registry, file: Path) -> None:
    ecosystem.fill(3)
    ecosystem.publish(2, size_class="micro")
    with Mirror(file, registry) as mirror:
        mirror.catch_up()
        found = list(mirror.organisations())
        second = mirror.get(organisation_id(2))
    assert [organisation.id for organisation in found] == [organisation_id(number) for number in (1, 2, 3)]
    assert second is not None
    assert (second.version, second.position, second.document["size_class"]) == (2, Position(1, 4), "micro")
    assert MirrorFile(file).get("org-unknown") is None


def test_each_change_is_told_once_it_is_committed(ecosystem: Ecosystem, registry: Registry, file: Path) -> None:
    ecosystem.fill(2)
    with Mirror(file, registry) as mirror:
        changes = mirror.follow()
        first = [next(changes), next(changes)]
        ecosystem.hide(9)
        ecosystem.publish(1, size_class="micro")
        ecosystem.archive(2)
        then = [next(changes), next(changes)]
        assert mirror.position == Position(1, 5)
        assert mirror.get(organisation_id(2)) is None
    assert told(first) == [(organisation_id(1), ENTERED), (organisation_id(2), ENTERED)]
    assert told(then) == [(organisation_id(1), STAYED), (organisation_id(2), LEFT)]
    assert first[0].entry is None
    assert then[0].entry is not None
    assert then[0].entry.changes == [{"path": "/size_class", "after": "micro"}]


def test_a_merged_organisation_leads_to_the_one_that_stands_for_it(
    ecosystem: Ecosystem, registry: Registry, file: Path
) -> None:
    ecosystem.fill(3)
    with Mirror(file, registry) as mirror:
        mirror.catch_up()
        merge(ecosystem, 1, into=2)
        mirror.catch_up()
        by_event = mirror.get(organisation_id(1))
    ecosystem.publish(3, merged_from=[organisation_id(7)])
    with Mirror(file.with_name("other.sqlite"), registry) as other:
        other.catch_up()
        by_snapshot = other.get(organisation_id(7))
    assert by_event is not None
    assert by_event.id == organisation_id(2)
    assert by_snapshot is not None
    assert by_snapshot.id == organisation_id(3)


def merge(ecosystem: Ecosystem, number: int, into: int) -> None:
    subject = Subject("organisation", organisation_id(number))
    with ecosystem.engine.begin() as connection:
        writer = LogWriter(connection)
        before = ecosystem.states[number]
        target = organisation_id(into)
        writer.append(Draft(Event.MERGED, subject, before, NOTHING, Origin.MODERATOR, Actor.MODERATOR, redirect=target))
        writer.flush()
    del ecosystem.states[number]


def test_it_goes_on_from_where_it_stood(ecosystem: Ecosystem, registry: Registry, file: Path) -> None:
    ecosystem.fill(5)
    with Mirror(file, registry) as mirror:
        mirror.catch_up()
    ecosystem.publish(1, size_class="micro")
    with Mirror(file, registry) as mirror:
        assert mirror.position == Position(1, 5)
        change = next(mirror.follow())
        assert (change.id, change.visibility, change.position) == (organisation_id(1), STAYED, Position(1, 6))
        assert mirror.verify().equal


def test_the_internal_view_has_the_restricted_part_and_a_file_of_its_own(
    ecosystem: Ecosystem, registry: Registry, internal: Registry, file: Path
) -> None:
    ecosystem.publish(1, RESTRICTED)
    with Mirror(file, internal) as mirror:
        mirror.catch_up()
        found = mirror.get(organisation_id(1))
        assert found is not None
        assert found.restricted == RESTRICTED
        ecosystem.publish(1, {"turnover": {"eur": 1.0, "year": 2026}})
        mirror.catch_up()
        assert mirror.verify().equal
        assert mirror.digest == internal.digest().digest != registry.digest().digest
    with pytest.raises(MirrorOfOtherView):
        Mirror(file, registry)


def test_two_mirrors_cannot_keep_one_file(registry: Registry, file: Path) -> None:
    with Mirror(file, registry), pytest.raises(MirrorInUse, match="MirrorFile"):
        Mirror(file, registry)
    with Mirror(file, registry):
        pass


def test_a_file_of_something_else_is_left_alone(registry: Registry, file: Path) -> None:
    file.write_text("my notes, " * 1_000)
    with pytest.raises(NotAMirror):
        Mirror(file, registry)
    assert file.read_text().startswith("my notes")
    other = file.with_name("other.sqlite")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE note (text)")
    connection.close()
    with pytest.raises(NotAMirror, match="something else"):
        Mirror(other, registry)
    with pytest.raises(NotAMirror, match="no such file"):
        MirrorFile(file.with_name("none.sqlite")).standing()
    with pytest.raises(MirrorUnusable):
        Mirror(file.parent / "no folder" / "mirror.sqlite", registry)


class TestOnChanges:
    def test_it_is_called_before_the_commit_and_what_it_refuses_comes_again(
        self, ecosystem: Ecosystem, registry: Registry, file: Path
    ) -> None:
        seen: list[list[tuple[str, Visibility]]] = []

        def note(changes: Sequence[Change]) -> None:
            seen.append(told(changes))
            assert MirrorFile(file).position != changes[-1].position
            if len(seen) == 2:
                raise OSError("the other system is away")

        ecosystem.fill(2)
        with Mirror(file, registry, on_changes=note) as mirror:
            mirror.catch_up()
            ecosystem.publish(3)
            with pytest.raises(OSError, match="away"):
                mirror.catch_up()
            assert mirror.position == Position(1, 2)
            mirror.catch_up()
            assert mirror.verify().equal
        entered = [(organisation_id(3), ENTERED)]
        assert seen[1:] == [entered, entered]

    def test_a_database_of_its_own_that_fails_is_not_taken_for_the_mirror(
        self, ecosystem: Ecosystem, registry: Registry, file: Path
    ) -> None:
        def note(_changes: Sequence[Change]) -> None:
            raise sqlite3.OperationalError("no such table")

        ecosystem.fill(1)
        with Mirror(file, registry, on_changes=note) as mirror, pytest.raises(OnChangesFailed, match="no such table"):
            mirror.catch_up()


class TestAfterARestore:
    def test_it_becomes_a_snapshot_and_tells_what_is_different(
        self, ecosystem: Ecosystem, registry: Registry, file: Path
    ) -> None:
        ecosystem.fill(4)
        with Mirror(file, registry) as mirror:
            with ecosystem.restored_to_now():
                ecosystem.fill(2, first=20)
                mirror.catch_up()
            ecosystem.publish(1, size_class="micro")
            ecosystem.publish(30)
            changes = mirror.follow()
            found = sorted(told([next(changes) for _ in range(4)]))
            assert mirror.verify().equal
            assert mirror.position == Position(2, 6)
        left = [(organisation_id(20), LEFT), (organisation_id(21), LEFT)]
        assert found == sorted([(organisation_id(1), STAYED), (organisation_id(30), ENTERED), *left])

    def test_readers_see_one_whole_state_all_the_while(
        self, ecosystem: Ecosystem, registry: Registry, file: Path
    ) -> None:
        ecosystem.fill(300)
        with Mirror(file, registry) as mirror:
            with ecosystem.restored_to_now():
                ecosystem.fill(50, first=1_000)
                mirror.catch_up()
            ecosystem.fill(70, first=2_000)
            before, states = set[tuple[Position | None, int]](), set[tuple[Position | None, int]]()
            over = threading.Event()

            def look() -> None:
                while not over.is_set():
                    with MirrorFile(file).held() as held:
                        states.add((held.position, sum(1 for _ in held.subjects)))

            before.add((Position(1, 350), 350))
            reading = threading.Thread(target=look)
            reading.start()
            mirror.catch_up()
            eventually(lambda: (Position(2, 370), 370) in states)
            over.set()
            reading.join()
        assert states <= before | {(Position(2, 370), 370)}

    def test_a_mirror_ahead_of_the_log_does_the_same(
        self, ecosystem: Ecosystem, registry: Registry, file: Path
    ) -> None:
        with Mirror(file, registry) as mirror:
            with ecosystem.restored_to_now():
                ecosystem.fill(5)
                mirror.catch_up()
            mirror.catch_up()
            assert list(mirror.organisations()) == []
            assert mirror.verify().equal


class TestWaiting:
    def test_a_write_is_read_once_its_position_is_reached(
        self, ecosystem: Ecosystem, registry: Registry, file: Path
    ) -> None:
        ecosystem.fill(1)
        stop = threading.Event()
        with Mirror(file, registry) as mirror:
            following = threading.Thread(target=mirror.run, args=(stop,))
            following.start()
            try:
                written = ecosystem.publish(2).position
                mirror.wait_for(str(written))
                assert mirror.get(organisation_id(2)) is not None
                with pytest.raises(PositionNotReached, match="1-99 was not reached within"):
                    mirror.wait_for("1-99", seconds=0.1)
            finally:
                stop.set()
                following.join()

    def test_a_write_that_a_restore_lost_is_told(self, ecosystem: Ecosystem, registry: Registry, file: Path) -> None:
        ecosystem.fill(1)
        with ecosystem.restored_to_now():
            lost = ecosystem.publish(9).position
        ecosystem.fill(5, first=20)
        with Mirror(file, registry) as mirror:
            mirror.catch_up()
            with pytest.raises(PositionBeyondFork):
                mirror.wait_for(lost)


def test_a_missing_right_ends_it(address: str, file: Path) -> None:
    with Mirror(file, Registry(address, view="internal")) as mirror, pytest.raises(Refused, match="401"):
        mirror.run()


def test_a_stop_ends_it(ecosystem: Ecosystem, registry: Registry, file: Path) -> None:
    ecosystem.fill(1)
    stop = threading.Event()
    with Mirror(file, registry) as mirror:
        for _ in mirror.follow(stop):
            stop.set()
        assert mirror.position == Position(1, 1)


def test_sql_reads_the_organisations(ecosystem: Ecosystem, registry: Registry, file: Path) -> None:
    ecosystem.fill(3)
    with Mirror(file, registry) as mirror:
        mirror.catch_up()
        with mirror.reading() as connection:
            query = "SELECT document ->> '$.slug', position FROM organisation ORDER BY id"
            assert connection.execute(query).fetchall()[1] == ("organisation-2", "1-2")
