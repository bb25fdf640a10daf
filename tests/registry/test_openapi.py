"""The OpenAPI document: examples that work, problems that exist."""

from typing import Any

import pytest

from services.problems import problem_types
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


def test_every_problem_in_it_is_a_declared_type(document: dict[str, Any]) -> None:
    known = {kind.type_uri() for kind in problem_types().values()}
    for name, operation in _operations(document):
        for status, response in operation["responses"].items():
            for example in response.get("content", {}).get("application/problem+json", {}).get("examples", {}).values():
                assert example["value"]["type"] in known, name
                assert str(example["value"]["status"]) == status, name


def test_the_documentation_is_served(world: World) -> None:
    assert world.client.get("/registry/docs").status_code == 200
    assert BASE in world.client.get("/registry/openapi.json").text
