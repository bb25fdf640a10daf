"""The OpenAPI document: examples that work, problems that exist."""

from typing import Any

import pytest

from services.registry.routes.examples import DECISION, GRANT, PATCH, REGISTRATION
from tests.registry.bodies import company
from tests.registry.world import BASE, World


def _operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    ]


@pytest.fixture
def document(world: World) -> dict[str, Any]:
    """The published document."""
    found: dict[str, Any] = world.client.get("/registry/openapi.json").json()
    return found


@pytest.mark.parametrize("name", REGISTRATION)
def test_every_example_of_a_registration_is_accepted(world: World, name: str) -> None:
    world.register(REGISTRATION[name]["value"])


@pytest.mark.parametrize("name", [name for name in REGISTRATION if name != "draft"])
def test_the_complete_examples_can_be_published(world: World, name: str) -> None:
    world.register(REGISTRATION[name]["value"], world.moderator, publish="true")


def test_every_other_example_is_accepted(world: World) -> None:
    known = world.publish(company())

    assert known.patch(PATCH).status_code == 200
    assert known.do("labels", GRANT).status_code == 201
    assert known.do("request-information", DECISION).status_code == 200
    assert known.do("publish").status_code == 200
    assert known.do("archive", DECISION).status_code == 200


def test_every_body_has_an_example(document: dict[str, Any]) -> None:
    for name, operation in _operations(document):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            assert "example" in media or "examples" in media, name


def test_every_write_to_an_organisation_says_that_it_needs_the_version(document: dict[str, Any]) -> None:
    for name, operation in _operations(document):
        if "{organisation_id}" in name and not name.startswith("GET"):
            headers = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"}
            assert headers >= {"If-Match", "Idempotency-Key"}, name
            assert {"403", "404", "412", "428"} <= set(operation["responses"]), name


def test_every_operation_keeps_its_name_and_says_what_it_does(document: dict[str, Any]) -> None:
    """Clients are generated from the names: they are never changed."""
    named = {operation["operationId"]: operation["summary"] for _, operation in _operations(document)}

    assert named == {
        "registerOrganisation": "Register an organisation",
        "listOrganisations": "List the organisations that you may see",
        "readOrganisation": "Read an organisation",
        "changeOrganisation": "Change an organisation",
        "submitProfile": "Submit a profile to the moderators",
        "publishProfile": "Publish a profile",
        "rejectProfile": "Reject a submitted profile",
        "requestInformation": "Ask an organisation for more information",
        "confirmProfile": "Confirm that a profile is true today",
        "archiveOrganisation": "Archive an organisation",
        "mergeOrganisations": "Merge an organisation into another",
        "grantLabel": "Grant a label to an organisation",
        "revokeLabel": "Revoke a label of an organisation",
        "listMembers": "List the members of an organisation",
        "setMember": "Make somebody owner or editor of an organisation",
        "removeMember": "Remove a member of an organisation",
        "readVocabularies": "Read the word lists that documents are written with",
    }
    assert len(named) == len(_operations(document))


def test_the_documentation_is_served(world: World) -> None:
    assert world.client.get("/registry/docs").status_code == 200
    assert BASE in world.client.get("/registry/openapi.json").text
