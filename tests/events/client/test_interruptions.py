"""Whatever changes come, and wherever a mirror is interrupted: in the end it is the state of the registry."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.database import open_engine
from services.events.client import Mirror, MirrorFile, Registry
from tests.events.client.test_killed_mirror import whole
from tests.events.entries import Ecosystem
from tests.events.service import events_service
from tests.support.serving import Exchangeable, serving

NUMBERS = st.integers(1, 5)
STEPS = st.one_of(
    st.tuples(st.just("publish"), NUMBERS),
    st.tuples(st.just("publish"), NUMBERS),
    st.tuples(st.just("archive"), NUMBERS),
    st.tuples(st.just("hide"), st.just(9)),
    st.tuples(st.just("withdraw"), NUMBERS),
    st.tuples(st.just("restore"), st.integers(10, 10_000)),
    st.tuples(st.just("follow"), st.integers(0, 7)),
    st.tuples(st.just("refuse"), st.just(0)),
)
"""What happens to the registry, and what the mirror does: follows for so many changes, has a step taken back."""


class Partner:
    """A mirror that is followed for a while, then left, then opened again."""

    def __init__(self, file: Path, registry: Registry) -> None:
        self.file = file
        self._registry = registry

    def follow(self, changes: int) -> None:
        """Take so many changes, if there are so many, and leave in the middle of whatever is under way."""
        stop = threading.Event()
        over = threading.Timer(0.15, stop.set)
        over.start()
        with Mirror(self.file, self._registry) as mirror:
            for count, _ in enumerate(mirror.follow(stop)):
                if count == changes:
                    break
        over.cancel()

    def refuse(self) -> None:
        """Have the next step taken back: what is to be done with its changes fails."""

        def fail(_changes: object) -> None:
            raise ConnectionAbortedError

        with Mirror(self.file, self._registry, on_changes=fail) as mirror, suppress(ConnectionAbortedError):
            mirror.catch_up()

    def catch_up(self) -> None:
        """Come to where the registry stands, and be equal."""
        with Mirror(self.file, self._registry) as mirror:
            mirror.catch_up()
            report = mirror.verify()
        assert report.equal, str(report)
        assert (report.position, report.digest) == (self._registry.head(), self._registry.digest().digest)


class Registries:
    """A new registry for each example, at the same address."""

    def __init__(self, template: str) -> None:
        self._template = Path(template.removeprefix("sqlite:///"))
        self._door = Exchangeable()

    @contextmanager
    def open(self) -> Iterator[str]:
        """The address."""
        with serving(self._door) as address:
            yield address

    @contextmanager
    def one(self) -> Iterator[tuple[Ecosystem, Path]]:
        """A registry, and a folder."""
        with TemporaryDirectory() as name:
            folder = Path(name)
            engine = open_engine(f"sqlite:///{shutil.copy(self._template, folder / 'registry.sqlite')}")
            ecosystem = Ecosystem(engine)
            self._door.app = events_service(ecosystem, folder).app
            yield ecosystem, folder
            ecosystem.signal.close()
            engine.dispose()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(STEPS, max_size=20), batch=st.integers(1, 6))
def test_any_changes_and_any_interruption_end_in_the_state_of_the_registry(
    steps: list[tuple[str, int]], batch: int, address: str, registries: Registries
) -> None:
    with registries.one() as (ecosystem, folder):
        partner = Partner(folder / "mirror.sqlite", Registry(address, wait_seconds=0.05, batch=batch))
        for name, number in steps:
            doings(ecosystem, partner, number)[name]()
            whole(partner.file)
        partner.catch_up()


def doings(ecosystem: Ecosystem, partner: Partner, number: int) -> dict[str, Callable[[], object]]:
    return {
        "publish": lambda: ecosystem.publish(number, size_class=["micro", "small", "large"][len(ecosystem.states) % 3]),
        "archive": lambda: ecosystem.archive(number),
        "hide": lambda: ecosystem.hide(number),
        "withdraw": lambda: ecosystem.withdraw(number, size_class="micro"),
        "restore": lambda: restore(ecosystem, partner, number),
        "follow": lambda: partner.follow(number),
        "refuse": partner.refuse,
    }


def restore(ecosystem: Ecosystem, partner: Partner, number: int) -> None:
    """Lose what was written after a backup, with a mirror that has some of it."""
    with ecosystem.restored_to_now():
        ecosystem.fill(3, first=number * 10)
        partner.follow(2)


@pytest.fixture
def registries(sqlite_url: str) -> Registries:
    return Registries(sqlite_url)


@pytest.fixture
def address(registries: Registries) -> Iterator[str]:
    with registries.open() as address:
        yield address


def test_a_file_that_is_read_before_anything_was_mirrored_is_empty(address: str, tmp_path: Path) -> None:
    file = tmp_path / "mirror.sqlite"
    with Mirror(file, Registry(address)):
        assert MirrorFile(file).position is None
        assert list(MirrorFile(file).organisations()) == []
