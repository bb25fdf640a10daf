"""The two sides that the tests of this folder compare."""

import pytest

from tests.graphql_api.differential.sides import Sides, sides


@pytest.fixture(scope="session")
def both() -> Sides:
    """Both ways of answering, over organisations that no test changes."""
    return sides()
