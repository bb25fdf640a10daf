"""A read model of made-up organisations, and the door in front of it."""

import pytest

from graphql_api.read_model.model import ReadModel
from tests.graphql_api.documents import snapshot
from tests.graphql_api.door import Door

COUNT = 300


@pytest.fixture(scope="session")
def model() -> ReadModel:
    """Organisations that no test changes."""
    model = ReadModel()
    model.load(snapshot(COUNT))
    return model


@pytest.fixture
def door(model: ReadModel) -> Door:
    """The door in front of them."""
    return Door(model)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the server does."""
    return "asyncio"
