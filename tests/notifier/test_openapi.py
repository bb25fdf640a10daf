"""The OpenAPI document: every endpoint, with examples that the API itself accepts."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from services.notifier import bodies
from tests.notifier.support.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ENDPOINTS = {
    "/notifier/v1/searches": {"get", "post"},
    "/notifier/v1/searches/{search_id}": {"get", "patch", "delete"},
    "/notifier/v1/searches/{search_id}/secret": {"post"},
    "/notifier/v1/searches/{search_id}/test": {"post"},
    "/notifier/v1/searches/{search_id}/deliveries": {"get"},
    "/notifier/v1/searches/{search_id}/replay": {"post"},
    "/notifier/v1/deliveries/{delivery_id}": {"get"},
    "/notifier/v1/deliveries/{delivery_id}/redeliver": {"post"},
}


def _document(world: World) -> Any:
    return world.call_with("GET", "/notifier/openapi.json").json()


def test_every_endpoint_is_described_with_its_problems(world: World) -> None:
    paths = _document(world)["paths"]
    assert {path: set(methods) for path, methods in paths.items()} == ENDPOINTS
    for methods in paths.values():
        for operation in methods.values():
            assert operation["description"]
            assert "401" in operation["responses"]


@pytest.mark.parametrize("name", ["NewSearch", "SearchChange", "Range", "SearchAnswer"])
def test_the_examples_are_valid(world: World, name: str) -> None:
    schema = _document(world)["components"]["schemas"][name]
    for example in schema["examples"]:
        TypeAdapter(getattr(bodies, name)).validate_python(example)


def test_the_documentation_page_is_served(world: World) -> None:
    assert world.call_with("GET", "/notifier/docs").status_code == 200
