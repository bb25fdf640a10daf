"""Following over HTTP: snapshots as NDJSON, entries as pages with long polls."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
import orjson

from services.events.contracts.cloudevents import entry_from
from services.events.contracts.entries import Current, Entry, Json, Subject
from services.events.contracts.position import Position
from services.events.contracts.vocabulary import View
from services.events.following.protocol import Snapshot, SnapshotIncomplete, SourceUnavailable
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
            lines = answer.iter_lines()
            header = _header(lines)
            position = Position(header["generation"], header["position"])
            yield Snapshot(position, header["published_ms"], header["digest"], _records(lines))

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


def _header(lines: Iterator[str]) -> Json:
    try:
        header: Json = orjson.loads(next(lines, ""))
    except orjson.JSONDecodeError as error:
        raise SnapshotIncomplete("the snapshot broke off in its first line") from error
    return header


def _records(lines: Iterator[str]) -> Iterator[Current]:
    count = 0
    try:
        for line in lines:
            record = orjson.loads(line)
            if "end" in record:
                if record["count"] != count:
                    raise SnapshotIncomplete(f"the snapshot has {count} records and says it had {record['count']}")
                return
            count += 1
            yield _current(record)
    except (httpx.HTTPError, orjson.JSONDecodeError) as error:
        raise SnapshotIncomplete(f"the snapshot broke off after {count} records: {error}") from error
    raise SnapshotIncomplete(f"the snapshot broke off after {count} records")


def _current(record: Json) -> Current:
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
