"""A change checks what it names and keeps the rest: as if the whole were checked, until rules become stricter."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import Engine, select, update

from services.database import dump_json, migrate, open_engine
from services.events.contracts.entries import Json
from services.events.contracts.organisation import Content, Organisation, as_document
from services.events.log.signal import LogSignal
from services.http.field_errors import invalid_content
from services.problems import InvalidContent
from services.registry.commands import ChangeOrganisation, RegisterOrganisation
from services.registry.handlers.changes import Writable, change_organisation
from services.registry.handlers.registration import register_organisation
from services.registry.merge_patch import merge
from services.registry.tables import organisation
from services.registry.writer import Writer
from services.settings import Settings
from tests.registry.bodies import at_namur, company, coworking
from tests.registry.world import Known, World

VALUES: dict[str, list[Any]] = {
    "title": [None, {}, {"nl": "Naam"}, {"fr": None}, {"fr": "Nom"}, {"fr": ""}, {"fr": 3}, {"xx": "?"}, "text"],
    "slug": [None, "un-nom", "Un nom", 5],
    "profiles": [{"company": None}, {"company": {}}, {"epn": {"computers": 3}}, {"epn": {"computers": 3.0}}, None],
    "short_description": [None, {"en": "Short"}, {"en": "x" * 301}],
    "phone": [None, "081 77 80 80", "no number"],
    "websites": [None, [], ["https://a.example"], ["https://a.example", "https://a.example"], [7]],
    "size_class": [None, "small", "smal", True],
    "export": [None, {"exports": "no"}, {"exports": "yes"}, {"markets": [{"country": "FR", "status": "active"}]}],
    "private": [None, {"headcount": {"count": 3, "unit": "fte", "year": 2025}}, {"headcount": {"count": True}}],
    "restricted": [None, {"turnover": {"eur": 1, "year": 2025}}, {"turnover": {"eur": "1", "year": 2025}}],
    "webistes": [None, ["https://a.example"]],
}
PATCHES = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})


class Draft:
    """An organisation of which nothing is needed yet."""

    def __init__(self, url: str) -> None:
        migrate(url)
        self.engine = open_engine(url)
        self._writer = Writer(Settings(database_url=url), self.engine, LogSignal())
        self._writer.start()
        registration = RegisterOrganisation(content=Content.model_validate(company()), check_duplicates=False)
        self._id = self._writer.run_blocking(lambda unit: register_organisation(unit, registration)).organisation.id

    @property
    def document(self) -> Json:
        """It, as it is stored."""
        with self.engine.connect() as connection:
            document: Json = orjson.loads(connection.execute(select(organisation.c.document)).scalar_one())
        return document

    def change(self, patch: dict[str, Any]) -> None:
        """Lay the patch over it."""
        self._writer.run_blocking(lambda unit: change_organisation(unit, ChangeOrganisation(id=self._id, patch=patch)))

    def close(self) -> None:
        """End."""
        self._writer.stop()
        self.engine.dispose()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Draft]:
    """One organisation that all examples change, one after the other."""
    made = Draft(f"sqlite:///{tmp_path_factory.mktemp('partial') / 'registry.sqlite'}")
    yield made
    made.close()


def _whole(before: Json, patch: dict[str, Any]) -> Json | InvalidContent:
    """What the rules make of the whole document."""
    wanted = merge({name: before[name] for name in Writable.model_fields if name in before}, patch)
    try:
        return as_document(Writable.model_validate(wanted))
    except ValidationError as error:
        return invalid_content(error, document=wanted, model=Writable)


@given(PATCHES)
def test_a_change_is_judged_as_if_the_whole_were_checked(kept: Draft, patch: dict[str, Any]) -> None:
    before = kept.document
    expected = _whole(before, patch)
    if isinstance(expected, InvalidContent):
        with pytest.raises(InvalidContent) as refused:
            kept.change(patch)
        assert refused.value.errors == expected.errors
        assert kept.document == before
    else:
        kept.change(patch)
        assert {name: value for name, value in kept.document.items() if name in Writable.model_fields} == expected


@given(PATCHES)
def test_a_stored_document_is_the_one_that_its_organisation_gives(kept: Draft, patch: dict[str, Any]) -> None:
    try:
        kept.change(patch)
    except InvalidContent:
        return
    found = kept.document
    assert dump_json(found) == dump_json(as_document(Organisation.model_validate(found)))


def test_no_rule_spans_two_fields_of_the_content() -> None:
    """Else a change would have to check both when one of them changes."""
    decorators = Writable.__pydantic_decorators__
    assert not decorators.model_validators
    assert not decorators.root_validators


OLD: dict[str, Any] = {
    "phone": "+3299",
    "email": "nobody",
    "websites": ["exemple"],
    "enterprise_numbers": ["0403227516"],
    "axes": ["5.9.9"],
    "nace": [{"version": "2025", "code": "99999"}],
    "social": ["ftp://exemple"],
    "title": {"fr": "Nom\u0007"},
    "export": {"exports": "no", "markets": [{"country": "XX", "status": "active"}]},
}
"""Values that no rule of today lets pass."""


def _age(engine: Engine, known: Known, **values: Any) -> None:
    """Let the stored document be of a time when these values were right."""
    with engine.begin() as connection:
        of_this = organisation.c.id == known.id
        document = connection.execute(select(organisation.c.document).where(of_this)).scalar_one()
        aged = dump_json(orjson.loads(document) | values)
        connection.execute(update(organisation).where(of_this).values(document=aged))


class TestRulesThatBecameStricter:
    @pytest.mark.parametrize("field", OLD)
    def test_an_old_value_stops_no_change_of_another_field(self, world: World, field: str) -> None:
        known = world.publish(company())
        _age(world.engine, known, **{field: OLD[field]})

        answer = known.patch({"size_class": "large"})

        assert answer.status_code == 200, answer.text
        assert answer.json()["organisation"][field] == OLD[field]
        assert answer.json()["organisation"]["size_class"] == "large"

    def test_old_values_stop_no_move(self, world: World) -> None:
        known = world.publish(company())
        _age(world.engine, known, **OLD)

        assert known.do("confirm").status_code == 200
        assert known.do("request-information", {"reason": "Numéro ?"}).status_code == 200
        assert known.do("publish").status_code == 200
        assert known.do("archive").status_code == 200

    def test_old_values_stop_no_merge(self, world: World) -> None:
        loser, survivor = world.publish(company()), world.publish(coworking())
        _age(world.engine, loser, phone="+3299", establishments=[{"address": at_namur(nis_code="00000")}])
        _age(world.engine, survivor, email="nobody")

        assert loser.do("merge", {"into": survivor.id}).status_code == 200

    def test_an_old_value_is_named_when_the_change_names_its_field(self, world: World) -> None:
        known = world.publish(coworking())
        _age(world.engine, known, profiles={"coworking": {"desks": 24, "opening_hours": "always"}})

        answer = known.patch({"profiles": {"coworking": {"desks": 25}}})

        assert answer.status_code == 422
        assert {error["pointer"] for error in answer.json()["errors"]} == {"/profiles/coworking/opening_hours"}
        mended = known.patch({"profiles": {"coworking": {"opening_hours": "24/7"}}})
        assert mended.status_code == 200

    def test_an_old_value_does_not_stop_a_likely_duplicate_from_being_named(self, world: World) -> None:
        known = world.publish(company())
        _age(world.engine, known, phone="+3299")

        again = world.client.post("/registry/v1/organisations", json=company(number=None), headers=world.owner)

        assert [candidate["id"] for candidate in again.json()["candidates"]] == [known.id]
