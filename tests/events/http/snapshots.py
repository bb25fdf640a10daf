"""Keeping snapshots of a test's log, and reading their files."""

import gzip
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import zstandard
from sqlalchemy import Engine

from services.events.log.append import system_clock
from services.events.log.signal import LogSignal
from services.events.snapshots.formats import Format
from services.events.snapshots.keeping import Policy, keep_snapshot
from services.events.snapshots.kept import KeptSnapshot
from tests.events.entries import Ecosystem
from tests.events.service import Service

INDEX = "/events/v1/snapshots"
HOUR_MS = 3_600_000


class Past(Ecosystem):
    """An ecosystem whose changes were made so many hours ago."""

    hours_ago = 0.0

    def __init__(self, engine: Engine, signal: LogSignal | None = None) -> None:
        super().__init__(engine, signal or LogSignal())
        self.clock = lambda: system_clock() - int(self.hours_ago * HOUR_MS)

    def step(self, name: str, number: int) -> None:
        """Take one of `STEPS` where it can be taken, else another one."""
        shown = number in self.states and self.states[number].public is not None
        changed = {"headcount": {"value": number + len(self.states), "unit": "persons"}}
        if name == "publish":
            self.publish(number, **changed)
        elif name == "restrict":
            self.publish(number, {"turnover": {"eur": self.hours_ago, "year": 2025}})
        elif name == "withdraw":
            self.withdraw(number, **changed)
        elif name == "hide" and not shown:
            self.hide(number)
        elif name == "merge" and shown:
            self.merge(number, number % 5 + 1)
        elif shown:
            self.archive(number)


STEPS = ("publish", "archive", "hide", "merge", "withdraw", "restrict")
"""What can become of an organisation."""


def unpack_zstd(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


UNPACK: dict[str, Callable[[bytes], bytes]] = {
    Format.PLAIN: bytes,
    Format.GZIP: gzip.decompress,
    Format.ZSTD: unpack_zstd,
}


def lines(text: bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in text.splitlines()]


def keep(service: Service, ecosystem: Ecosystem) -> KeptSnapshot:
    """Keep a snapshot of now, as `dwr snapshot` does."""
    return keep_snapshot(Policy.of(service.settings), ecosystem.engine)


def here(address: str) -> str:
    """The address without the system's own, which tests do not serve at."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def kept_offers(client: httpx.Client, **options: Any) -> list[dict[str, Any]]:
    """The kept snapshots that the index lists."""
    offers: list[dict[str, Any]] = client.get(INDEX, **options).json()["kept"]
    return offers


def taken(client: httpx.Client, file: dict[str, Any], **options: Any) -> bytes:
    """The text of an offered file."""
    answer = client.get(here(file["address"]), **options)
    assert answer.status_code == 200
    return UNPACK[file["format"]](answer.content)
