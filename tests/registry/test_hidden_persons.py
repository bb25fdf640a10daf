"""A sole trader who does not want to be shown: refusals of others' requests do not tell whose a number is."""

from typing import Any

import pytest

from services.events.contracts.vocabulary import View, Visibility
from services.events.log.reading import entries_after
from tests.registry.bodies import NUMBERS, at_namur, company, draft
from tests.registry.world import BASE, Known, World

PHONE, ESTABLISHMENT = "+32475123456", "2000000339"
OF_THE_PERSON: list[tuple[str, dict[str, Any]]] = [
    ("number", {"enterprise_numbers": [NUMBERS[1]]}),
    ("establishment", {"establishments": [{"number": ESTABLISHMENT, "address": at_namur()}]}),
    ("telephone", {"phone": PHONE}),
]


def _person(world: World, *, consents: bool) -> Known:
    private = {**company()["private"], "natural_person": True, "display_consent": consents}
    places = [{"number": ESTABLISHMENT, "address": at_namur()}]
    return world.publish(company("Artisan", NUMBERS[1], phone=PHONE, establishments=places, private=private))


@pytest.mark.parametrize(("what", "claim"), OF_THE_PERSON)
def test_nobody_learns_whose_number_it_is(world: World, what: str, claim: dict[str, Any]) -> None:
    person = _person(world, consents=False)

    answer = world.client.post(BASE, json=draft("Tout autre chose", **claim), headers=world.token("stranger"))

    assert answer.status_code == (201 if what == "telephone" else 409), answer.text
    assert person.id not in answer.text
    assert "artisan" not in answer.text.lower()


@pytest.mark.parametrize(("what", "claim"), OF_THE_PERSON)
@pytest.mark.parametrize("who", ["a moderator", "a stranger, once the person consents"])
def test_the_agency_is_told_and_everybody_where_the_person_consents(
    world: World, who: str, what: str, claim: dict[str, Any]
) -> None:
    agency = who == "a moderator"
    person = _person(world, consents=not agency)
    headers = world.moderator if agency else world.token("stranger")

    answer = world.client.post(BASE, json=draft("Tout autre chose", **claim), headers=headers)

    assert answer.status_code == 409, answer.text
    if not agency or what == "telephone":
        assert person.id in answer.text


def test_a_merge_does_not_show_what_the_person_hides(world: World) -> None:
    person, survivor = _person(world, consents=False), world.publish(company("Atelier"))
    before = world.everything()

    answer = person.do("merge", {"into": survivor.id})

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/into", "shows_a_person")]
    assert world.everything() == before
    survivor.patch({"private": {"natural_person": True}})
    assert person.do("merge", {"into": survivor.id}).status_code == 200
    for value in (NUMBERS[1], ESTABLISHMENT, PHONE):
        assert value not in str([entry.data(View.INTERNAL) for entry in world.entries()])


@pytest.mark.parametrize(
    ("profiles", "visibility"), [({"company": {}}, Visibility.STAYED), ({"investor": {}}, Visibility.LEFT)]
)
def test_the_entry_that_withdraws_consent_does_not_tell_the_personal_values_again(
    world: World, profiles: dict[str, Any], visibility: Visibility
) -> None:
    private = {**company()["private"], "natural_person": True, "display_consent": True}
    places = [{"number": ESTABLISHMENT, "address": at_namur()}]
    body = company("Artisan", NUMBERS[1], phone=PHONE, establishments=places, private=private)
    person = world.publish(body | {"profiles": profiles})

    assert person.patch({"private": {"display_consent": False}}).status_code == 200

    with world.engine.connect() as connection:
        told = entries_after(connection, 0, 100)[-1]
    assert told.visibility is visibility
    for value in (NUMBERS[1], ESTABLISHMENT, PHONE, "point", "street"):
        assert value not in str(told.data(View.INTERNAL))
