"""Collecting the evidence when everything has come to rest."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from services.access.roles import Role
from services.events.contracts.vocabulary import View
from services.events.topics import topics_of
from services.settings import Settings
from tests.proof import checks
from tests.proof.checks import Line
from tests.proof.evidence import Digest, Evidence
from tests.proof.feed import read_digest, read_pages, read_snapshot
from tests.proof.following import Outlets
from tests.proof.journal import Journal
from tests.proof.kafka_topics import changes, last_states
from tests.proof.log import public_texts, read_log
from tests.proof.world import World
from tests.support.waiting import eventually


def collect(world: World, journal: Journal, outlets: Outlets, surprises: Sequence[str]) -> Evidence:
    """Ask every outlet for everything."""
    topics = topics_of(Settings())
    told = {
        "feed": read_pages(world.addresses["registry-2"]),
        "stream": outlets.stream.told,
        "changes topic": changes(world.bootstrap, topics.changes.name),
        "internal topic": changes(world.bootstrap, topics.internal.name),
    }
    copies = {name: mirror.copy for name, mirror in outlets.mirrors.items()}
    log = read_log(world.database_url)
    return Evidence(
        log=log,
        journal=journal,
        told=told,
        applied={name: copy.told for name, copy in copies.items()},
        loaded={name: copy.loaded for name, copy in copies.items()},
        messages=world.receiver.told,
        changes=outlets.subscription.told,
        states={"compacted topic": _compacted(world, log)},
        partners={partner.name: partner.told() for partner in outlets.partners},
        digests=_digests(world, outlets),
        texts=(outlets.read_model.descriptions(), public_texts(world.database_url)),
        surprises=[*surprises, *_of_partners(world, outlets)],
    )


def _compacted(world: World, log: Sequence[Line]) -> dict[str, str]:
    """The states of the compacted topic: what came late is put in order by the relay within seconds."""
    topic = topics_of(Settings()).organisations.name

    def states() -> dict[str, str]:
        return last_states(world.bootstrap, topic)

    with suppress(AssertionError):
        eventually(lambda: not list(checks.last_state("", log, states())), _SECONDS, every=1.0)
    return states()


_SECONDS = 30.0


def _of_partners(world: World, outlets: Outlets) -> Iterator[str]:
    for partner in outlets.partners:
        yield from partner.findings(world.addresses["registry-1"])


def _digests(world: World, outlets: Outlets) -> dict[str, tuple[Digest, Digest]]:
    """What was found, and what the registry says of the same view."""
    address, token = world.addresses["registry-1"], world.token("reader", Role.READER)
    registry = {view: read_digest(address, world.headers("reader", Role.READER), view) for view in View}
    found = {
        mirror.name: ((mirror.position(), mirror.copy.digest), registry[mirror.copy.view])
        for mirror in outlets.mirrors.values()
    }
    found |= {partner.name: (partner.digest(), registry[View.PUBLIC]) for partner in outlets.partners}
    for view in View:
        found[f"{view} snapshot"] = read_snapshot(address, token, view), registry[view]
    return found | {"graphql": (outlets.read_model.digest(), registry[View.INTERNAL])}
