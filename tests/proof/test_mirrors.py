"""Mirrors that are whole have the registry's digest; one that lost, kept back or mixed up an entry does not."""

from collections.abc import Sequence

import pytest
from sqlalchemy import Engine

from services.events.contracts.entries import Entry
from services.events.contracts.vocabulary import View
from services.events.following.database import DatabaseSource
from tests.events.entries import Ecosystem
from tests.proof import checks
from tests.proof.mirrors import Copy, Mirror
from tests.support.waiting import eventually

RESTRICTED = {"turnover": {"eur": 7_654_321.0, "year": 2025}}


@pytest.fixture(params=list(View))
def view(request: pytest.FixtureRequest) -> View:
    found: View = request.param
    return found


@pytest.fixture
def ecosystem(engine: Engine) -> Ecosystem:
    written = Ecosystem(engine)
    written.fill(20)
    written.publish(5, RESTRICTED)
    written.archive(6)
    written.publish(7, size_class="micro")
    return written


def followed(ecosystem: Ecosystem, copy: Copy) -> Mirror:
    """A mirror that has followed the ecosystem to its end."""
    source = DatabaseSource(ecosystem.engine, ecosystem.signal, view=copy.view)
    with Mirror("mirror", copy, source, source) as mirror:
        eventually(lambda: copy.told[-1:] and max(copy.told).position == 23)
    return mirror


def findings(mirror: Mirror, ecosystem: Ecosystem) -> list[str]:
    """Those by the digest alone."""
    with DatabaseSource(ecosystem.engine, ecosystem.signal, view=mirror.copy.view).snapshot() as snapshot:
        registry = snapshot.position.number, str(snapshot.digest)
    return list(checks.same_digest("mirror", (mirror.position(), mirror.copy.digest), registry))


def test_a_mirror_that_followed_everything_has_the_digest_of_its_view(ecosystem: Ecosystem, view: View) -> None:
    assert findings(followed(ecosystem, Copy(view)), ecosystem) == []


def test_a_copy_of_a_snapshot_has_it_too(ecosystem: Ecosystem, view: View) -> None:
    copy = Copy(view)
    with DatabaseSource(ecosystem.engine, ecosystem.signal, view=view).snapshot() as snapshot:
        copy.load(snapshot)
        assert copy.digest == snapshot.digest


class Dropping(Copy):
    """Does not apply one entry."""

    def apply(self, entries: Sequence[Entry]) -> None:
        super().apply([entry for entry in entries if entry.position.number != 9])


class Swapping(Copy):
    """Applies the two versions of one organisation in the wrong order."""

    def apply(self, entries: Sequence[Entry]) -> None:
        changed = entries[-1].subject
        versions = [entry for entry in entries if entry.subject == changed]
        super().apply([versions.pop() if entry.subject == changed else entry for entry in entries])


def test_a_mirror_that_drops_an_entry_is_found(ecosystem: Ecosystem, view: View) -> None:
    assert findings(followed(ecosystem, Dropping(view)), ecosystem) != []


def test_a_mirror_that_swaps_two_versions_is_found(ecosystem: Ecosystem, view: View) -> None:
    mirror = followed(ecosystem, Swapping(view))
    assert findings(mirror, ecosystem) != []
    assert list(checks.in_order("mirror", mirror.copy.told)) != []
