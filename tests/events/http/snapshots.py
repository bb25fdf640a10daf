"""Keeping snapshots of a test's log, and reading their files."""

import gzip
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import zstandard

from services.events.snapshots.formats import Format
from services.events.snapshots.keeping import Policy, keep_snapshot
from services.events.snapshots.kept import KeptSnapshot
from tests.events.entries import Ecosystem
from tests.events.service import Service

INDEX = "/events/v1/snapshots"


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
