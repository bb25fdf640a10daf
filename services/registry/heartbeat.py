"""A sign of life in the log when nothing else is written: whoever reads it then knows silence from a broken outlet."""

import threading

import structlog

from services.events.contracts.catalogue import REGISTRY, Event
from services.events.contracts.entries import Subject
from services.events.log.drafts import NOTHING, Draft
from services.problems import Problem
from services.registry.unit import Unit
from services.registry.writer import Writer

log = structlog.get_logger(__name__)


class Heartbeat:
    """Writes `registry-heartbeat` whenever the log has been silent for `seconds`; of several processes one does."""

    def __init__(self, writer: Writer, seconds: float) -> None:
        self._writer = writer
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin; return at once."""
        self._thread.start()

    def stop(self) -> None:
        """End at once, or after the write under way."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        wait = 0.0
        while not self._stop.wait(wait):
            try:
                wait = self._writer.run_blocking(self._beat)
            except Problem as problem:  # whoever writes meets the same, and is told
                log.warning("heartbeat_not_written", cause=problem.detail)
                wait = self._seconds

    def _beat(self, unit: Unit) -> float:
        """Seconds until the log will have been silent for long enough, if nobody writes. Under the log's lock."""
        silent = (unit.now_ms - unit.log.published_ms) / 1000
        if silent < self._seconds:
            return max(self._seconds - silent, self._seconds / 100)
        author, subject = unit.author, Subject(REGISTRY, REGISTRY)
        unit.log.append(Draft(Event.HEARTBEAT, subject, NOTHING, NOTHING, author.origin, author.actor))
        return self._seconds
