"""A mirror begins with a kept snapshot, whose download goes on where it broke off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.events.client import KeptSnapshots, Mirror, Position, Registry, SnapshotIncomplete
from tests.events.entries import Ecosystem
from tests.events.http.snapshots import keep
from tests.events.service import Service
from tests.support.serving import serving

FEW_BYTES = 1_000


class BadLine:
    """Breaks off every download of a file after a few bytes, and remembers from where on each was asked."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.asked: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].endswith(".gz"):
            await self.app(scope, receive, send)
            return
        self.asked.append(dict(scope["headers"]).get(b"range", b"").decode())
        left = FEW_BYTES

        async def cut(message: Message) -> None:
            nonlocal left
            if message["type"] == "http.response.start":
                await send(message)
            elif left:
                body = message.get("body", b"")[:left]
                left -= len(body)
                await send({**message, "body": body, "more_body": message.get("more_body", False) or not left})

        await self.app(scope, receive, cut)


@pytest.fixture
def line(service: Service) -> BadLine:
    return BadLine(service.app)


@pytest.fixture
def far_registry(line: BadLine, ecosystem: Ecosystem) -> Iterator[Registry]:
    with serving(line) as address:
        yield Registry(address, wait_seconds=0.5)
        ecosystem.signal.close()


def test_it_is_loaded_in_parts_and_followed_from_there(  # noqa: PLR0913, PLR0917 - a registry, a line, a partner
    ecosystem: Ecosystem, service: Service, far_registry: Registry, line: BadLine, file: Path, tmp_path: Path
) -> None:
    ecosystem.fill(200)
    keep(service, ecosystem)
    size = far_registry.kept_files()[0].bytes
    assert size > 2 * FEW_BYTES
    ecosystem.archive(7)
    folder = tmp_path / "downloads"
    with Mirror(file, far_registry, snapshots=KeptSnapshots(far_registry, folder)) as mirror:
        mirror.catch_up()
        assert mirror.position == Position(1, 201)
        assert mirror.verify().equal
    begins = range(FEW_BYTES, size, FEW_BYTES)
    assert line.asked == ["", *(f"bytes={begin}-" for begin in begins)]
    assert list(folder.iterdir()) == []


def test_without_a_kept_one_that_of_now_is_loaded(
    ecosystem: Ecosystem, registry: Registry, file: Path, tmp_path: Path
) -> None:
    ecosystem.fill(3)
    with Mirror(file, registry, snapshots=KeptSnapshots(registry, tmp_path / "downloads")) as mirror:
        mirror.catch_up()
        assert mirror.verify().equal


def test_a_part_that_was_damaged_is_loaded_again(
    ecosystem: Ecosystem, service: Service, registry: Registry, tmp_path: Path
) -> None:
    ecosystem.fill(100)
    keep(service, ecosystem)
    (kept,) = registry.kept_files()
    snapshots = KeptSnapshots(registry, tmp_path)
    begun = tmp_path / f"snapshot-{kept.sha256}.ndjson.gz"
    begun.write_bytes(b"not what was sent")
    (tmp_path / "snapshot-of-last-week.ndjson.gz").write_bytes(b"")
    with pytest.raises(SnapshotIncomplete, match="loaded again"), snapshots.snapshot():
        pass
    with snapshots.snapshot() as snapshot:
        assert sum(1 for _ in snapshot.records) == 100
    assert not list(tmp_path.glob("*.gz"))
