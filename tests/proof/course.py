"""The course of the proof: write while everything fails, let it come to rest, collect what each outlet told."""

import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from services.access.roles import Role
from tests.proof.collecting import collect
from tests.proof.evidence import Evidence
from tests.proof.faults import Fault
from tests.proof.following import following
from tests.proof.inflicting import Inflictor, Suffered
from tests.proof.journal import Journal
from tests.proof.log import read_log
from tests.proof.process_logs import uncaught
from tests.proof.timeline import Timeline
from tests.proof.victims import Watch
from tests.proof.world import World
from tests.proof.writers import Callers, Writer
from tests.support.waiting import eventually


@dataclass(frozen=True, slots=True)
class Scale:
    """How long, and how many."""

    seed: int
    seconds: float
    writers: int = 8
    settle_seconds: float = 120.0
    """How long writers and outlets may take in the end."""


@dataclass(frozen=True)
class Ran:
    """A proof that has run."""

    scale: Scale
    evidence: Evidence
    suffered: Sequence[Suffered]
    timeline: Timeline


def run(world: World, scale: Scale, faults: Sequence[Fault]) -> Ran:
    """The whole course."""
    journal, watch = Journal(), Watch(world.victims)
    inflictor = Inflictor(faults, world.victims, world.network, watch)
    with following(world) as outlets, Timeline(journal, outlets.follows(), watch.look) as timeline:
        with _writing(world, scale, journal):
            _fail(inflictor, scale.seconds)
        late = [*world.not_ready(scale.settle_seconds), *_settle(world, timeline, scale.settle_seconds)]
        on_the_way = [*journal.surprises, *watch.findings, *inflictor.findings, *outlets.stream.findings]
        surprises = [*on_the_way, *uncaught(world.installation.folder, world.addresses), *late]
        evidence = collect(world, journal, outlets, surprises)
    return Ran(scale, evidence, inflictor.suffered, timeline)


def _fail(inflictor: Inflictor, seconds: float) -> None:
    """Go through the plan, and write on undisturbed for what is left of the time."""
    until = time.monotonic() + seconds
    inflictor.start()
    try:
        inflictor.join()
        time.sleep(max(0.0, until - time.monotonic()))
    except BaseException:
        inflictor.give_up()
        raise


@contextmanager
def _writing(world: World, scale: Scale, journal: Journal) -> Iterator[None]:
    """Write meanwhile; then wait until every writer knows what became of its last write."""
    writers = list(_writers(world, scale, journal))
    for writer in writers:
        writer.start()
    try:
        yield
    finally:
        for writer in writers:
            writer.stop(scale.settle_seconds)
        for writer in writers:
            writer.join()


def _writers(world: World, scale: Scale, journal: Journal) -> Iterator[Writer]:
    registries = [world.network.address(f"writers>registry-{number}") for number in (1, 2)]
    callers = Callers(world.headers("owner"), world.headers("moderator", Role.MODERATOR))
    for number in range(scale.writers):
        draw = random.Random(f"{scale.seed}-{number}")  # noqa: S311 - repeatable
        yield Writer(draw, registries, callers, journal, followed=number % _ONE_IN == 0)


_ONE_IN = 4
"""Writers of whom one writes what the saved search concerns: webhooks are sent one after the other."""


def _settle(world: World, timeline: Timeline, seconds: float) -> list[str]:
    """Wait until every outlet has everything; gives who is late."""
    log = read_log(world.database_url)
    wanted = {line.told.position for line in log if line.followed}
    goals = timeline.goals(log)

    def is_done() -> bool:
        return not timeline.behind(goals) and wanted <= {told.position for told in world.receiver.told}

    try:
        eventually(is_done, seconds, every=0.2)
    except AssertionError:
        late = timeline.behind(goals) or ["webhooks"]
        return [f"{name}: not at the head of the log {seconds:.0f} s after the last fault" for name in late]
    return []
