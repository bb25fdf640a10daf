"""Following over HTTP: snapshots as NDJSON, entries as pages with long polls."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import orjson

from services.events.contracts.cloudevents import entry_from
from services.events.contracts.entries import Current, Entry, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.protocol import Lines, Snapshot, SnapshotIncomplete, SourceUnavailable
from services.events.log.problems import PositionAhead, PositionBeyondFork, PositionExpired
from services.problems import Problem

WAIT_SECONDS = 2
"""How long a poll is kept open, and so how long a stop may take."""
BATCH = 500
"""Entries asked for at once."""
_TIMEOUT = httpx.Timeout(10.0, connect=3.0)


class FeedSource:
    """Snapshots and entries from the events service at `base_url`.

    Raises SourceUnavailable when it does not answer, and FeedRefused for an answer that a snapshot does not mend.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        view: View = View.INTERNAL,
        *,
        wait_seconds: int = WAIT_SECONDS,
        batch: int = BATCH,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._view = view
        self._wait_seconds = wait_seconds
        self._batch = batch

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The current snapshot, streamed; its records raise SnapshotIncomplete when it breaks off."""
        with (
            self._open() as client,
            client.stream("GET", "/events/v1/snapshots/current", params={"view": self._view.value}) as answer,
        ):
            if answer.is_error:
                answer.read()
            _check(answer)
            lines = lines_of(answer.iter_bytes())
            header = _header(lines)
            position = Position(header["generation"], header["position"])
            yield Snapshot(position, header["published_ms"], header["digest"], Lines(_records(lines), read_record))

    def head(self) -> Position:
        """Where the log stands now."""
        with self._open() as client:
            head = _check(client.get("/events/v1/digest", params={"view": self._view.value})).json()
        return Position(head["generation"], head["position"])

    def follow(self, after: Position, since_ms: int, stop: threading.Event) -> Iterator[Sequence[Entry]]:  # noqa: ARG002
        """Batches of entries after a position; empty ones when nothing came for `wait_seconds`."""
        position = after
        with self._open() as client:
            while not stop.is_set():
                paging = {"limit": self._batch, "wait": self._wait_seconds}
                asked = {"after": str(position), "view": self._view.value, **paging}
                page = orjson.loads(_check(client.get("/events/v1/feed", params=asked)).content)
                entries = [_entry(event) for event in page["events"]]
                position = Position(page["generation"], page["position"])
                yield entries

    @contextmanager
    def _open(self) -> Iterator[httpx.Client]:
        try:
            with httpx.Client(base_url=self._base_url, headers=self._headers, timeout=_TIMEOUT) as client:
                yield client
        except httpx.HTTPError as error:
            raise SourceUnavailable(f"{self._base_url}: {str(error) or type(error).__name__}") from error


def _entry(event: Json) -> Entry:
    data = event.pop("data")
    return entry_from(event, data)


def lines_of(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a text that comes in pieces, without their ends."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        yield rest


def _header(lines: Iterator[bytes]) -> Json:
    try:
        header: Json = orjson.loads(next(lines, b""))
    except orjson.JSONDecodeError as error:
        raise SnapshotIncomplete("the snapshot broke off in its first line") from error
    return header


def _records(lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines between the first and the last one, which says how many they are."""
    count, last = -1, b""
    try:
        for line in lines:
            if last:
                yield last
            count, last = count + 1, line
    except httpx.HTTPError as error:
        raise SnapshotIncomplete(f"the snapshot broke off after {max(count, 0)} records: {error}") from error
    _check_end(last, count)


def _check_end(last: bytes, count: int) -> None:
    try:
        told = orjson.loads(last)
    except orjson.JSONDecodeError as error:
        raise SnapshotIncomplete(f"the snapshot broke off after {max(count, 0)} records: {error}") from error
    if "end" not in told:
        raise SnapshotIncomplete(f"the snapshot broke off after {count + 1} records")
    if told["count"] != count:
        raise SnapshotIncomplete(f"the snapshot has {count} records and says it had {told['count']}")


def read_record(line: bytes) -> Current:
    """The record of a line. Raises SnapshotIncomplete."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise SnapshotIncomplete(f"the snapshot has a line that is no record: {error}") from error
    subject = Subject(record["subject"]["kind"], record["subject"]["id"])
    position = Position(record["generation"], record["position"])
    return Current(subject, record["version"], record["document"], record.get("restricted"), position)


def _check(answer: httpx.Response) -> httpx.Response:
    """The answer, or the exception that its problem document means."""
    if answer.is_error and "problem+json" in answer.headers.get("content-type", ""):
        raise _problem(answer.json())
    return answer.raise_for_status()


class FeedRefused(SourceUnavailable):
    """The feed answered with a problem that no snapshot mends: a missing right, a wrong address."""


def _problem(document: dict[str, Any]) -> Problem | FeedRefused:
    code = document["type"].rpartition("/")[2]
    if code == PositionAhead.code():
        return PositionAhead(Position.parse(document["asked"]), Position.parse(document["head"]))
    if code == PositionBeyondFork.code():
        asked, head = Position.parse(document["asked"]), Position.parse(document["head"])
        return PositionBeyondFork(asked, head, document["forked_at"])
    if code == PositionExpired.code():
        return PositionExpired(Position.parse(document["asked"]), Position.parse(document["first"]))
    return FeedRefused(f"{document['status']} {document['title']}: {document['detail']}")
