"""What the OpenAPI document shows as answers and refusals is what the registry gives."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import httpx
import pytest

from services.events.contracts.organisation import Content
from services.events.contracts.vocabulary import ProfileState
from services.problems import MEDIA_TYPE
from services.registry.commands import ChangeOrganisation, RegisterOrganisation
from services.registry.handlers.changes import change_organisation
from services.registry.handlers.registration import register_organisation
from services.registry.routes.examples import (
    COMPANY,
    COWORKING,
    DECISION,
    DRAFT,
    GRANT,
    MEMBERSHIP,
    MERGE,
    PATCH,
    SURVIVOR,
)
from tests.registry.bodies import company
from tests.registry.world import BASE, Known, World

Scenario = Callable[[World], httpx.Response]
_ID = re.compile(r"(org|grant)-[a-z2-7]{16}")
_TOKEN = re.compile(r"\d{13}\.[0-9a-f]{64}")
_VARIES = {"request_id", "generation", "position", "subject"} | {
    f"{day}_on" for day in ("registered", "last_validated", "validated", "revoked", "written")
}
"""Members whose value is another one each time."""


@pytest.fixture
def document(world: World) -> dict[str, Any]:
    """The published document."""
    found: dict[str, Any] = world.client.get("/registry/openapi.json").json()
    return found


def _told(value: Any) -> Any:
    """A JSON value without what is another one each time."""
    if isinstance(value, dict):
        return {name: type(inner).__name__ if name in _VARIES else _told(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_told(inner) for inner in value]
    return _TOKEN.sub("token", _ID.sub("id", value)) if isinstance(value, str) else value


def _responses(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Operation, status and response."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                yield operation["operationId"], status, response


def _examples(document: Mapping[str, Any], media_type: str) -> Iterator[tuple[str, Any]]:
    """Each example with its name: the operation, the status, and which of several it is."""
    for name, status, response in _responses(document):
        media = response.get("content", {}).get(media_type, {})
        if "example" in media:
            yield f"{name} {status}", media["example"]
        for which, example in media.get("examples", {}).items():
            yield f"{name} {status} {which}", example["value"]


def _draft(world: World) -> Known:
    return Known(world, world.register(COMPANY)["organisation"]["id"])


def _submitted(world: World) -> Known:
    known = _draft(world)
    assert known.do("submit", headers=world.owner).status_code == 200
    return known


def _published(world: World) -> Known:
    """At version 3, as the examples are: registered, submitted, published."""
    known = _submitted(world)
    assert known.do("publish").status_code == 200
    return known


def _asked(world: World) -> Known:
    known = _published(world)
    assert known.do("request-information", DECISION).status_code == 200
    return known


def _merge(world: World) -> httpx.Response:
    """Into the organisation that the example names, at the version that it names."""
    survivor = RegisterOrganisation(
        content=Content.model_validate(COWORKING), id=SURVIVOR, state=ProfileState.PUBLISHED, check_duplicates=False
    )
    world.run(lambda unit: register_organisation(unit, survivor))
    for number in range(3):
        change = ChangeOrganisation(id=SURVIVOR, patch={"phone": f"08177808{number}"})
        world.run(partial(change_organisation, command=change))
    return _published(world).do("merge", MERGE)


def _delete(known: Known, what: str) -> httpx.Response:
    headers = {**known.world.moderator, "If-Match": f'"{known.version}"'}
    return known.world.client.delete(f"{known.address}/{what}", headers=headers)


def _labelled(world: World) -> tuple[Known, str]:
    known = _published(world)
    labels = known.do("labels", GRANT).json()["organisation"]["labels"]
    return known, f"labels/{labels[0]['id']}"


def _with_member(world: World) -> tuple[Known, httpx.Response]:
    known = _published(world)
    headers = {**world.owner, "If-Match": '"3"'}
    return known, world.client.put(f"{known.address}/members/camille", json=MEMBERSHIP, headers=headers)


def _renamed(world: World) -> httpx.Response:
    _published(world).patch({"slug": "exemple-numerique"})
    return world.client.get(f"{BASE}/exemple-numerique-srl")


def _list(world: World) -> httpx.Response:
    _published(world)
    return world.client.get(f"{BASE}?limit=1", headers=world.moderator)


ANSWERS: dict[str, Scenario] = {
    "registerOrganisation 201": lambda world: world.client.post(BASE, json=COMPANY, headers=world.owner),
    "listOrganisations 200": _list,
    "readOrganisation 200 public": lambda world: _published(world).read(),
    "readOrganisation 200 whole": lambda world: _asked(world).read(world.owner),
    "readOrganisation 308": _renamed,
    "changeOrganisation 200": lambda world: _published(world).patch(PATCH),
    "submitProfile 200": lambda world: _draft(world).do("submit"),
    "publishProfile 200": lambda world: _submitted(world).do("publish"),
    "rejectProfile 200": lambda world: _submitted(world).do("reject", DECISION),
    "requestInformation 200": lambda world: _published(world).do("request-information", DECISION),
    "confirmProfile 200": lambda world: _published(world).do("confirm"),
    "archiveOrganisation 200": lambda world: _published(world).do("archive", DECISION),
    "mergeOrganisations 200": _merge,
    "grantLabel 201": lambda world: _published(world).do("labels", GRANT),
    "revokeLabel 200": lambda world: _delete(*_labelled(world)),
    "listMembers 200": lambda world: world.client.get(f"{_with_member(world)[0].address}/members", headers=world.owner),
    "setMember 200": lambda world: _with_member(world)[1],
    "removeMember 200": lambda world: _delete(_with_member(world)[0], "members/camille"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_what_its_example_shows(world: World, document: dict[str, Any], name: str) -> None:
    answer = ANSWERS[name](world)

    assert str(answer.status_code) == name.split()[1], answer.text
    assert _told(_sorted(answer.json())) == _told(_sorted(dict(_examples(document, "application/json"))[name]))


def _sorted(answer: dict[str, Any]) -> dict[str, Any]:
    """Members in the order of their relation: their subjects, by which the registry lists them, differ."""
    members = sorted(answer.get("members", []), key=lambda one: str(one["relation"]))
    return answer | ({"members": members} if members else {})


def test_the_word_lists_are_those_of_the_example_and_more(world: World, document: dict[str, Any]) -> None:
    shown = dict(_examples(document, "application/json"))["readVocabularies 200"]["vocabularies"]
    found = world.client.get("/registry/v1/vocabularies").json()["vocabularies"]

    for name, terms in shown.items():
        assert all(term in found[name] for term in terms), name


def test_every_answer_has_an_example(document: dict[str, Any]) -> None:
    assert {name for name, _ in _examples(document, "application/json")} == {*ANSWERS, "readVocabularies 200"}


def _wrong_company(world: World) -> httpx.Response:
    wrong = COMPANY | {"enterprise_numbers": ["0403.227.516"], "size_class": "smal"}
    return world.client.post(BASE, json=wrong, headers=world.owner)


def _stale(world: World) -> httpx.Response:
    known = _published(world)
    known.patch(PATCH)
    return world.client.patch(known.address, json=PATCH, headers={**world.owner, "If-Match": '"3"'})


def _key_used_twice(world: World) -> httpx.Response:
    headers = {**world.owner, "Idempotency-Key": "once"}
    world.client.post(BASE, json=COMPANY, headers=headers)
    return world.client.post(BASE, json=DRAFT, headers=headers)


def _incomplete(world: World) -> httpx.Response:
    body = DRAFT | {"short_description": {"fr": "Un cluster."}}
    return Known(world, world.register(body)["organisation"]["id"]).do("submit")


def _stranger(world: World, body: dict[str, Any]) -> httpx.Response:
    _published(world)
    return world.client.post(BASE, json=body, headers=world.token("stranger"))


def _revoke_twice(world: World) -> httpx.Response:
    known, label = _labelled(world)
    _delete(known, label)
    return _delete(known, label)


def _set_member(world: World, body: dict[str, Any]) -> httpx.Response:
    known = _published(world)
    headers = {**world.owner, "If-Match": '"3"'}
    return world.client.put(f"{known.address}/members/camille", json=body, headers=headers)


def _editor_lists(world: World) -> httpx.Response:
    known, _ = _with_member(world)
    return world.client.get(f"{known.address}/members", headers=world.token("camille"))


REFUSALS: dict[str, Scenario] = {
    "no token": lambda world: world.client.post(BASE, json=COMPANY),
    "not a moderator": lambda world: _submitted(world).do("publish", headers=world.owner),
    "not known": lambda world: _draft(world).do("publish", headers=world.token("stranger")),
    "not a moderator who lists": lambda world: world.client.get(BASE, headers=world.owner),
    "not an owner who lists members": _editor_lists,
    "no version": lambda world: world.client.patch(_draft(world).address, json=PATCH, headers=world.owner),
    "an old version": _stale,
    "a key used twice": _key_used_twice,
    "a wrong limit": lambda world: world.client.get(f"{BASE}?limit=0", headers=world.moderator),
    "two wishes": lambda world: world.client.post(
        f"{BASE}?submit=true&publish=true", json=COMPANY, headers=world.moderator
    ),
    "wrong fields": _wrong_company,
    "a wrong change": lambda world: _published(world).patch({"size_class": "smal", "webistes": []}),
    "an incomplete profile": _incomplete,
    "no reason": lambda world: _published(world).do("request-information", {"reason": ""}),
    "a wrong grant": lambda world: _published(world).do("labels", GRANT | {"valid_until": "2020-01-01"}),
    "an unknown survivor": lambda world: _published(world).do("merge", MERGE),
    "a wrong relation": lambda world: _set_member(world, {"relation": "boss"}),
    "a move that the state does not allow": lambda world: _draft(world).do("publish"),
    "a number of another one": lambda world: _stranger(world, company("Tout autre", "0403227515")),
    "a slug of another one": lambda world: _stranger(world, DRAFT | {"slug": "exemple-numerique-srl"}),
    "a likely duplicate": lambda world: _stranger(world, COMPANY | {"enterprise_numbers": []}),
    "a label that was revoked": _revoke_twice,
    "the last owner": lambda world: _delete(_published(world), "members/owner"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_what_one_of_the_examples_shows(world: World, document: dict[str, Any], name: str) -> None:
    answer = REFUSALS[name](world)

    assert answer.headers["Content-Type"] == MEDIA_TYPE
    assert _told(answer.json()) in [_told(example) for _, example in _examples(document, MEDIA_TYPE)]


def test_there_is_a_test_for_each_example_of_a_refusal(document: dict[str, Any]) -> None:
    assert len({str(example) for _, example in _examples(document, MEDIA_TYPE)}) == len(REFUSALS)


def test_a_refusal_stands_under_its_status_and_its_type(document: dict[str, Any]) -> None:
    for name, example in _examples(document, MEDIA_TYPE):
        _, status, code = name.split()
        assert (str(example["status"]), example["type"]) == (status, f"/problems/{code}")
