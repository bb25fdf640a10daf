"""Answers that are cut off, garbled or not there leave out nothing and put nothing wrong into a mirror."""

import logging
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from services.events.client import Mirror, Registry
from tests.events.client.flaky import Flaky
from tests.events.client.test_killed_mirror import whole
from tests.events.entries import Ecosystem
from tests.events.service import Service
from tests.support.serving import serving


@pytest.fixture(params=[2, 3])
def flaky(service: Service, request: pytest.FixtureRequest) -> Flaky:
    return Flaky(service.app, request.param)


@pytest.fixture
def far_registry(flaky: Flaky, ecosystem: Ecosystem) -> Iterator[Registry]:
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it tells of each answer that is not finished
    with serving(flaky) as address:
        yield Registry(address, wait_seconds=0.1, batch=4, timeout_seconds=2)
        ecosystem.signal.close()
    logging.getLogger("uvicorn.error").setLevel(logging.NOTSET)


def test_a_mirror_is_complete_in_the_end(
    ecosystem: Ecosystem, far_registry: Registry, flaky: Flaky, file: Path
) -> None:
    ecosystem.fill(30)
    with Mirror(file, far_registry) as mirror:
        mirror.catch_up()
        for number in range(40):
            ecosystem.publish(number % 7, size_class=["micro", "small"][number % 2])
        last = ecosystem.archive(3)
        mirror.catch_up()
        assert whole(file) == last.position
        flaky.calm = True
        assert mirror.verify().equal
    assert flaky.disturbed > 3


def test_events_come_each_once_and_in_order(ecosystem: Ecosystem, far_registry: Registry) -> None:
    ecosystem.fill(40)
    found = [entry.position.number for entry in islice(far_registry.events(), 40)]
    assert found == list(range(1, 41))
