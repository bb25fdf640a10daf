"""The table of transitions, and random commands against it: whatever is tried, log and registry stay one."""

import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from sqlalchemy import Engine, select

from services.database import migrate, open_engine
from services.events.contracts.organisation import Content, Organisation, as_document
from services.events.contracts.vocabulary import Actor, Origin, ProfileState
from services.events.log.signal import LogSignal
from services.problems import Problem
from services.registry import commands
from services.registry.handlers import lifecycle
from services.registry.handlers.changes import change_organisation
from services.registry.handlers.labels import grant_label
from services.registry.handlers.merging import merge_organisations
from services.registry.handlers.registration import register_organisation
from services.registry.lifecycle import TRANSITIONS, Move, next_state
from services.registry.names import keys_of
from services.registry.organisations import enterprise_numbers, establishment_numbers
from services.registry.problems import IllegalTransition
from services.registry.recording import Outcome, state_of
from services.registry.tables import enterprise_number, establishment_number, name_key, organisation, slug_redirect
from services.registry.unit import Author, Unit
from services.registry.writer import Writer
from services.settings import Settings
from tests.log.checking import check_log
from tests.registry.bodies import NUMBERS, company, coworking, draft

BESIDE = (enterprise_number, establishment_number, slug_redirect, name_key)
ENDS = {ProfileState.ARCHIVED, ProfileState.MERGED}


@pytest.mark.parametrize("state", ProfileState)
@pytest.mark.parametrize("move", Move)
def test_every_state_says_what_becomes_of_every_move(state: ProfileState, move: Move) -> None:
    if move in TRANSITIONS[state]:
        assert next_state(state, move) is TRANSITIONS[state][move]
    else:
        with pytest.raises(IllegalTransition) as refused:
            next_state(state, move)
        assert refused.value.members["legal"] == list(TRANSITIONS[state])


def test_what_ended_stays_ended() -> None:
    for state in ProfileState:
        assert (not TRANSITIONS[state]) == (state in ENDS)


def test_only_a_published_profile_becomes_public_and_every_public_one_can_leave() -> None:
    for state, moves in TRANSITIONS.items():
        for move, after in moves.items():
            if after.is_public and not state.is_public:
                assert move is Move.PUBLISH
        if state.is_public:
            assert {Move.ARCHIVE, Move.MERGE} <= set(moves)


def test_every_state_can_be_reached_from_a_draft() -> None:
    reached, waiting = {ProfileState.DRAFT}, [ProfileState.DRAFT]
    while waiting:
        for after in TRANSITIONS[waiting.pop()].values():
            if after not in reached:
                reached.add(after)
                waiting.append(after)
    assert reached == set(ProfileState)


MOVES: dict[str, Callable[[str], tuple[Callable[[Unit, Any], Outcome], Any]]] = {
    "submit": lambda i: (lifecycle.submit_profile, commands.SubmitProfile(id=i)),
    "publish": lambda i: (lifecycle.publish_profile, commands.PublishProfile(id=i)),
    "reject": lambda i: (lifecycle.reject_profile, commands.RejectProfile(id=i, reason="x")),
    "ask": lambda i: (lifecycle.request_information, commands.RequestInformation(id=i, reason="x")),
    "confirm": lambda i: (lifecycle.confirm_profile, commands.ConfirmProfile(id=i)),
    "stale": lambda i: (lifecycle.mark_stale, commands.MarkStale(id=i)),
    "archive": lambda i: (lifecycle.archive_organisation, commands.ArchiveOrganisation(id=i)),
}
PATCHES: list[dict[str, Any]] = [
    {},
    {"phone": "081778080"},
    {"phone": None},
    {"slug": "un"},
    {"slug": "deux"},
    {"enterprise_numbers": [NUMBERS[0]]},
    {"enterprise_numbers": [NUMBERS[1]]},
    {"title": {"fr": "Autre nom"}},
    {"websites": ["https://un.example", "https://deux.example"]},
    {"establishments": [{"address": {"nis_code": "62063"}, "phone": "081778080", "number": "2000000339"}]},
    {"short_description": {"fr": None}},
    {"private": {"natural_person": True}},
    {"private": {"headcount": {"count": 3, "unit": "fte", "year": 2025}}},
    {"restricted": {"turnover": {"eur": 1.0, "year": 2025}}},
]


class RandomCommands(RuleBasedStateMachine):
    """Commands in any order, most of them refused at some time."""

    identifiers = Bundle("identifiers")

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        url = f"sqlite:///{Path(self._folder.name) / 'registry.sqlite'}"
        migrate(url)
        self._engine = open_engine(url)
        self._writer = Writer(Settings(database_url=url), self._engine, LogSignal())
        self._writer.start()

    def teardown(self) -> None:
        self._writer.stop()
        check_log(self._engine, persons_hide=True)
        self._engine.dispose()
        self._folder.cleanup()

    def _try(self, handler: Callable[[Unit, Any], Outcome], command: Any) -> Outcome | None:
        author = Author(Actor.MODERATOR, Origin.MODERATOR)
        try:
            return self._writer.run_blocking(lambda unit: handler(unit, command), author)
        except Problem as problem:
            assert problem.status < 500, problem  # noqa: PT017 - a refusal is expected, a defect is not
            return None

    @rule(target=identifiers, body=st.sampled_from([company(), company("Deux", NUMBERS[1]), coworking(), draft()]))
    def register(self, body: dict[str, Any]) -> str:
        command = commands.RegisterOrganisation(content=Content.model_validate(body), check_duplicates=False)
        outcome = self._try(register_organisation, command)
        return outcome.organisation.id if outcome else "org-aaaaaaaaaaaaaaaa"

    @rule(identifier=identifiers, move=st.sampled_from(sorted(MOVES)))
    def move(self, identifier: str, move: str) -> None:
        self._try(*MOVES[move](identifier))

    @rule(identifier=identifiers)
    def publish_whatever_it_takes(self, identifier: str) -> None:
        for move in ("submit", "publish"):
            self._try(*MOVES[move](identifier))

    @rule(identifier=identifiers, patch=st.sampled_from(PATCHES))
    def change(self, identifier: str, patch: dict[str, Any]) -> None:
        self._try(change_organisation, commands.ChangeOrganisation(id=identifier, patch=patch))

    @rule(identifier=identifiers, into=identifiers)
    def merge(self, identifier: str, into: str) -> None:
        self._try(merge_organisations, commands.MergeOrganisations(id=identifier, into=into))

    @rule(identifier=identifiers)
    def grant(self, identifier: str) -> None:
        day = date(2026, 1, 1)
        command = commands.GrantLabel(id=identifier, label="l", issuer="i", criteria_version="1", valid_from=day)
        self._try(grant_label, command)

    @invariant()
    def log_and_registry_are_one(self) -> None:
        told = {entry.subject.id: entry for entry in check_log(self._engine, persons_hide=True)}
        stored = stored_organisations(self._engine)
        assert set(told) == set(stored)
        for identifier, (version, organisation_) in stored.items():
            state = state_of(as_document(organisation_))
            assert (told[identifier].version, told[identifier].document) == (version, state.public)
            assert told[identifier].restricted == state.restricted

    @invariant()
    def the_rows_beside_the_documents_are_made_from_them(self) -> None:
        stored = [organisation_ for _, organisation_ in stored_organisations(self._engine).values()]
        with self._engine.connect() as connection:
            rows = {table: {tuple(row) for row in connection.execute(select(table))} for table in BESIDE}
        assert rows[enterprise_number] == {(number, one.id) for one in stored for number in enterprise_numbers(one)}
        assert rows[establishment_number] == {
            (number, one.id) for one in stored for number in establishment_numbers(one)
        }
        live = [one for one in stored if one.state is not ProfileState.MERGED]
        assert rows[slug_redirect] == {(slug, one.id) for one in live for slug in one.former_slugs}
        assert rows[name_key] == {(one.id, *key) for one in stored if one.state not in ENDS for key in keys_of(one)}


def stored_organisations(engine: Engine) -> dict[str, tuple[int, Organisation]]:
    """Version and document of every organisation."""
    with engine.connect() as connection:
        rows = connection.execute(select(organisation)).all()
    return {row.id: (row.version, Organisation.model_validate(orjson.loads(row.document))) for row in rows}


TestRandomCommands = RandomCommands.TestCase
TestRandomCommands.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
