"""What became of every write: writers keep it here while the system fails around them."""

import threading
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What the writer knows of a write in the end."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    """As it had to be: it must have left nothing behind."""
    UNCERTAIN = "uncertain"
    """No answer until the end: it may be in the log once, or not at all."""


@dataclass(frozen=True, slots=True)
class Write:
    """One write, however often it was sent."""

    request: str
    """Idempotency key and request id in one: entries carry it as their correlation id."""
    outcome: Outcome
    sent: float
    """When the attempt that was answered (or the last one) was sent, by the monotonic clock."""
    answered: float
    attempts: int = 1
    subject: str = ""
    version: int = 0
    position: int = 0


class Journal:
    """All writes of all writers."""

    def __init__(self) -> None:
        self.writes: list[Write] = []
        self.surprises: list[str] = []
        """Answers that should not have been given: each is a finding."""
        self.answers: Counter[str] = Counter()
        """Every answer and failure, by kind."""
        self.repeats = 0
        """Acknowledged writes that were sent once more, and answered as before."""
        self.head = 0
        """Highest position that was acknowledged."""
        self._lock = threading.Lock()

    def note(self, write: Write) -> None:
        """Keep a write whose outcome is known, or will never be."""
        with self._lock:
            self.writes.append(write)
            self.head = max(self.head, write.position)

    def count(self, answer: str) -> None:
        """Count an answer of the registry, or the lack of one."""
        with self._lock:
            self.answers[answer] += 1

    def surprise(self, what: str) -> None:
        """Keep an answer that should not have been given."""
        with self._lock:
            self.surprises.append(what)

    def repeated(self) -> None:
        """An acknowledged write was sent once more, and answered as before."""
        with self._lock:
            self.repeats += 1

    def of(self, outcome: Outcome) -> list[Write]:
        """The writes with that outcome."""
        return [write for write in self.writes if write.outcome is outcome]
