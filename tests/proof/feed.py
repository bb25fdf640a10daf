"""What is read of the events service when everything is over: the pages of the feed, snapshots, digests."""

from collections.abc import Mapping

import httpx

from services.events.client.registry import Registry
from services.events.contracts.vocabulary import View
from tests.proof.mirrors import Copy
from tests.proof.told import Told, told_by_event

_AT_ONCE = 1_000


def read_pages(address: str) -> list[Told]:
    """Every event of the public feed, page by page."""
    told: list[Told] = []
    with httpx.Client(base_url=address, timeout=30) as client:
        page = client.get("/events/v1/feed", params={"after": "1-0", "limit": _AT_ONCE}).json()
        while page["events"]:
            told += [told_by_event(event["id"], event["data"]) for event in page["events"]]
            page = client.get(page["next"]).json()
    return told


def read_digest(address: str, headers: Mapping[str, str], view: View) -> tuple[int, str]:
    """Position and digest of a view, as the registry says them."""
    answer = httpx.get(f"{address}/events/v1/digest", params={"view": view.value}, headers=headers, timeout=30)
    found = answer.raise_for_status().json()
    return found["position"], found["digest"]


def read_snapshot(address: str, token: str, view: View) -> tuple[int, str]:
    """Position of a snapshot, and the digest of the records that are in it."""
    copy = Copy(view)
    with Registry(address, token, view).snapshot() as snapshot:
        copy.load(snapshot)
    return snapshot.position.number, copy.digest
