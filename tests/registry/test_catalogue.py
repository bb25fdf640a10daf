"""The catalogue of events says who makes each change and where that leads: as the registry really does it."""

import json
import re
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.events.contracts.catalogue import EVENT_TYPES, Event
from services.events.contracts.entries import Entry
from services.events.contracts.vocabulary import Visibility
from services.events.log.generations import begin_generation
from services.registry.heartbeat import Heartbeat
from services.registry.importing.run import import_organisations
from services.registry.staleness import mark_stale_profiles
from tests.registry.bodies import coworking, draft
from tests.registry.world import Known, World
from tests.support.waiting import eventually

LABEL = {"label": "example", "issuer": "Agence", "criteria_version": "1", "valid_from": "2026-01-01"}
SHOWN: dict[str, Any] = {}
NOT_SHOWN: dict[str, Any] = {
    "profiles": {"investor": {}},
    "private": {**coworking()["private"], "natural_person": True},
}
"""A business angel who does not want to be shown."""


TITLES = (chr(ord("a") + number % 26) * 9 + chr(ord("a") + number // 26 % 26) * 9 for number in count())
"""Each unlike the others."""


class Lives:
    """Organisations that are led through every change, each from its registration on."""

    def __init__(self, world: World, more: dict[str, Any]) -> None:
        self.world, self.more = world, more

    def lead(self) -> None:
        self._through_moderation()
        self._through_public_life()
        self._to_their_ends()

    def registered(self, **query: str) -> Known:
        who = self.world.moderator if query else self.world.owner
        body = coworking(next(TITLES), **self.more)
        return Known(self.world, self.world.register(body, who, **query)["organisation"]["id"])

    def published(self) -> Known:
        return self.registered(publish="true")

    def _through_moderation(self) -> None:
        known = self.registered()
        accepted(known.patch({"size_class": "micro"}), known.do("submit", headers=self.world.owner))
        accepted(known.do("reject", {"reason": "Encore."}), known.do("submit"), known.do("publish"))
        accepted(known.do("confirm", headers=self.world.owner))
        accepted(self.registered().do("archive", headers=self.world.owner))

    def _through_public_life(self) -> None:
        known = self.published()
        accepted(known.patch({"size_class": "small"}, self.world.moderator), known.do("confirm"))
        accepted(known.do("request-information", {"reason": "Les heures ?"}), known.do("publish"))
        granted = known.do("labels", LABEL)
        grant = granted.json()["organisation"]["labels"][0]["id"]
        sent = {"If-Match": granted.headers["ETag"], **self.world.moderator}
        accepted(granted, self.world.client.delete(f"{known.address}/labels/{grant}", headers=sent))
        self.world.clock.go_on(days=800)
        assert mark_stale_profiles(self.world.writer, 12)
        accepted(known.do("publish"))

    def _to_their_ends(self) -> None:
        survivor = self.published()
        accepted(self.published().do("merge", {"into": survivor.id}), survivor.do("archive"))


def accepted(*answers: httpx.Response) -> None:
    for answer in answers:
        assert answer.is_success, answer.text


@pytest.fixture
def told(world: World, tmp_path: Path) -> list[Entry]:
    """The log after everything that can happen."""
    for more in (SHOWN, NOT_SHOWN):
        Lives(world, more).lead()
    person = Lives(world, NOT_SHOWN | {"size_class": "large"}).published()
    for consents in (True, False):
        accepted(person.patch({"private": {"display_consent": consents}}, world.moderator))
    rows = [draft("Un", ref="a", relations=[{"kind": "partner", "target_ref": "b"}]), draft("Tout autre", ref="b")]
    file = tmp_path / "list.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    import_organisations(file, world.writer, world.settings, apply=True)
    of_the_registry(world)
    return world.entries()


def of_the_registry(world: World) -> None:
    """A silence, and a restore."""
    world.clock.go_on(days=1)
    heart = Heartbeat(world.writer, seconds=60)
    heart.start()
    eventually(lambda: world.entries()[-1].event == Event.HEARTBEAT)
    heart.stop()
    with world.engine.begin() as connection:
        begin_generation(connection, clock=world.clock)


def test_the_catalogue_tells_who_and_what_of_each_type_and_no_more(told: list[Entry]) -> None:
    assert {entry.event for entry in told} == set(EVENT_TYPES)
    for event, type_ in EVENT_TYPES.items():
        entries = [entry for entry in told if entry.event == event]
        assert (event, {entry.subject.kind for entry in entries}) == (event, {type_.subject_kind})
        assert (event, {entry.actor for entry in entries}) == (event, set(type_.by))
        assert (event, {entry.visibility for entry in entries}) == (event, set(type_.visibility))


def test_only_what_a_merge_leads_to_has_a_cause(told: list[Entry]) -> None:
    merged = [entry.event_id for entry in told if entry.event == Event.MERGED]
    assert [entry.causation_id for entry in told if entry.event == Event.ABSORBED] == merged
    assert {entry.event for entry in told if entry.causation_id} == {Event.ABSORBED}


def test_the_changed_paths_are_those_that_the_catalogue_names(told: list[Entry]) -> None:
    for entry in told:
        named = set(re.findall(r"`(/[a-z_]+)`", EVENT_TYPES[Event(entry.event)].changes))
        paths = {change["path"] for change in entry.changes}
        match entry.visibility:
            case Visibility.STAYED if entry.event != Event.CHANGED:
                assert paths <= named, entry.event
            case Visibility.LEFT:
                assert paths <= {""}, entry.event
            case Visibility.ENTERED | Visibility.HIDDEN:
                assert paths == set(), entry.event
