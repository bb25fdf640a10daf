"""Writers on REST: each makes one organisation after another as fast as it is answered, and insists on an answer.

A request that was not answered, or answered 503, is sent again with the same Idempotency-Key, to either registry, until
it is acknowledged or refused: so a writer always knows what the log must have, and it must have it once.
"""

import random
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx

from services.events.contracts.position import Position
from tests.proof.journal import Journal, Outcome, Write
from tests.proof.lives import Life, Made, Request, life

_BASE = "/registry/v1/organisations"
_TIMEOUT = httpx.Timeout(8.0, connect=2.0)
_AGAIN_SECONDS = 0.2
_REPEATED = 0.02
"""How many acknowledged writes are sent once more."""
_NO_ANSWER = "no answer"
_UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class Callers:
    """Who writes, as headers."""

    owner: Mapping[str, str]
    moderator: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request on its way: the key makes it one write, however often it is sent."""

    request: Request
    key: str

    def headers(self, callers: Callers) -> dict[str, str]:
        """The request's headers."""
        version = {} if self.request.version is None else {"If-Match": f'"{self.request.version}"'}
        who = callers.moderator if self.request.moderator else callers.owner
        return {**who, **version, "Idempotency-Key": self.key, "X-Request-Id": self.key}


class Writer:
    """Writes until it is stopped, and then until it knows what became of its last write, or for `last_seconds`."""

    def __init__(
        self, draw: random.Random, registries: Sequence[str], callers: Callers, journal: Journal, *, followed: bool
    ) -> None:
        self._draw = draw
        self._registries = registries
        self._callers = callers
        self._journal = journal
        self._followed = followed
        self._stop = threading.Event()
        self._give_up_at = float("inf")
        self._thread = threading.Thread(target=self._run, name="writer")

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self, last_seconds: float) -> None:
        """Begin no further write."""
        self._give_up_at = time.monotonic() + last_seconds
        self._stop.set()

    def join(self) -> None:
        """Wait until the last write is answered."""
        self._thread.join()

    def _run(self) -> None:
        with httpx.Client(timeout=_TIMEOUT) as client:
            while not self._stop.is_set():
                self._live(client, life(self._draw, followed=self._followed))

    def _live(self, client: httpx.Client, steps: Life) -> None:
        made: Made | None = None
        try:
            request = next(steps)
            while not self._stop.is_set():
                answered = self._write(client, request)
                if answered is None and not request.refused:
                    return
                made = answered or made
                request = steps.send(made)  # type: ignore[arg-type]  # nothing is refused before the first is made
        except StopIteration:
            return

    def _write(self, client: httpx.Client, request: Request) -> Made | None:
        """What was acknowledged; none when it was refused, or is uncertain."""
        attempt = Attempt(request, str(uuid.UUID(int=self._draw.getrandbits(128), version=4)))
        answer, sent, attempts = self._insist(client, attempt)
        write = _write_of(attempt.key, answer, sent, attempts)
        if answer and (write is None or (write.outcome is Outcome.REFUSED) != request.refused):
            self._journal.surprise(f"{request.method} {request.path or '/'} ({attempt.key}): {_said(answer)}")
        if write:
            self._journal.note(write)
        if write is None or write.outcome is not Outcome.ACKNOWLEDGED:
            return None
        if self._draw.random() < _REPEATED:
            self._repeat(client, attempt, write)
        return Made(write.subject.partition("/")[2], write.version)

    def _insist(self, client: httpx.Client, attempt: Attempt) -> tuple[httpx.Response | None, float, int]:
        attempts = 0
        while True:
            attempts += 1
            sent = time.monotonic()
            answer = self._send(client, attempt)
            if answer is not None and answer.status_code != _UNAVAILABLE:
                return answer, sent, attempts
            if time.monotonic() > self._give_up_at:
                return None, sent, attempts
            time.sleep(_AGAIN_SECONDS)

    def _send(self, client: httpx.Client, attempt: Attempt) -> httpx.Response | None:
        address = f"{self._draw.choice(self._registries)}{_BASE}{attempt.request.path}"
        try:
            answer = client.request(
                attempt.request.method, address, json=attempt.request.content, headers=attempt.headers(self._callers)
            )
        except httpx.TransportError:
            self._journal.count(_NO_ANSWER)
            return None
        self._journal.count(str(answer.status_code))
        return answer

    def _repeat(self, client: httpx.Client, attempt: Attempt, write: Write) -> None:
        """Send an acknowledged write again: the answer must be the same, and nothing is changed."""
        answer = self._send(client, attempt)
        if answer is None or answer.status_code == _UNAVAILABLE:
            return
        again = _write_of(attempt.key, answer, write.sent, 1)
        if again is None or (again.subject, again.version, again.position) != _result(write):
            self._journal.surprise(f"repeated {attempt.key}: {_said(answer)}, at first {_result(write)}")
        self._journal.repeated()


def _result(write: Write) -> tuple[str, int, int]:
    return write.subject, write.version, write.position


def _write_of(key: str, answer: httpx.Response | None, sent: float, attempts: int) -> Write | None:
    """What the answer says of the write; none for an answer that nobody expects."""
    now = time.monotonic()
    if answer is None:
        return Write(key, Outcome.UNCERTAIN, sent, now, attempts)
    if answer.is_success:
        body = answer.json()
        position = Position.parse(answer.headers["DWR-Position"]).number
        subject = f"organisation/{body['organisation']['id']}"
        return Write(key, Outcome.ACKNOWLEDGED, sent, now, attempts, subject, body["version"], position)
    return Write(key, Outcome.REFUSED, sent, now, attempts) if answer.is_client_error else None


def _said(answer: httpx.Response | None) -> str:
    return "no answer" if answer is None else f"{answer.status_code} {answer.text[:300]}"
