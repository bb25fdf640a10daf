"""Delivering: workers that send what is due and write down what came of it."""

import threading
import uuid

import structlog
from sqlalchemy import Engine

from services.notifier import claims
from services.notifier.claims import Lease
from services.notifier.deliveries import Delivery
from services.notifier.identifiers import now_ms
from services.notifier.outcomes import record
from services.notifier.searches import SavedSearch
from services.notifier.sending import Answer, Sender
from services.notifier.signing import signed_headers
from services.notifier.ssrf import Resolver, system_resolver
from services.notifier.wakeup import Wakeup
from services.settings import Settings
from services.telemetry.metrics import DELIVERIES, DELIVERIES_DUE, DELIVERY_SECONDS

log = structlog.get_logger(__name__)

_MESSAGES_A_TURN = 50
"""After so many messages a worker looks whether another search has waited longer."""
_CONTENDED_SECONDS = 0.02
"""Wait when what is due is just being leased or changed by somebody else."""
_STOP_MARGIN_SECONDS = 2.0
USER_AGENT = "digital-wallonia-registry-webhooks/1"


class Deliverer:
    """Delivers for every saved search whose turn it is; several processes share the work through leases."""

    def __init__(self, settings: Settings, engine: Engine, resolve: Resolver = system_resolver) -> None:
        self._settings = settings
        self._engine = engine
        self._sender = Sender(settings, resolve)
        self._lease_ms = round(settings.webhook_lease_seconds * 1000)
        self._wakeup = Wakeup()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Start the workers and return at once."""
        self._stopping.clear()
        for number in range(self._settings.webhook_workers):
            thread = threading.Thread(target=self._run, name=f"webhooks-{number + 1}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Let attempts under way come to their end, at most `webhook_timeout_seconds`, and end the workers."""
        self._stopping.set()
        self._wakeup.ring()
        for thread in self._threads:
            thread.join(self._settings.webhook_timeout_seconds + _STOP_MARGIN_SECONDS)
        self._threads.clear()

    def wake(self) -> None:
        """Look for work now: deliveries were stored."""
        self._wakeup.ring()

    def _run(self) -> None:
        worker = str(uuid.uuid4())
        while not self._stopping.is_set():
            heard = self._wakeup.rings
            try:
                seconds = self._turn(worker)
            except Exception:
                # Most likely the database restarts. A worker that ended here would stop delivering in silence.
                log.exception("delivery_failed")
                seconds = self._settings.poll_seconds
            if seconds > 0 and not self._stopping.is_set():
                self._wakeup.wait(heard, seconds)

    def _turn(self, worker: str) -> float:
        """Work for one search, where there is one to work for; returns how long there is nothing to do then."""
        due = claims.next_due_ms(self._engine)
        now = now_ms()
        DELIVERIES_DUE.set(claims.count_due(self._engine, now))
        if due is None or due > now:
            return self._settings.poll_seconds if due is None else min(self._settings.poll_seconds, (due - now) / 1000)
        with self._engine.begin() as connection:
            lease = claims.lease_search(connection, worker, now, self._lease_ms)
        if lease is None:
            return _CONTENDED_SECONDS
        self._serve(lease)
        return 0.0

    def _serve(self, lease: Lease) -> None:
        try:
            for _ in range(_MESSAGES_A_TURN):
                if self._stopping.is_set() or not self._deliver_next(lease):
                    return
        finally:
            with self._engine.begin() as connection:
                claims.release(connection, lease, now_ms())

    def _deliver_next(self, lease: Lease) -> bool:
        with self._engine.begin() as connection:
            delivery = claims.first_due(connection, lease.search_id, now_ms())
            search = None if delivery is None else claims.renew(connection, lease, now_ms(), self._lease_ms)
        if search is None or delivery is None:
            return False
        at_ms = now_ms()
        answer = self._attempt(search, delivery, at_ms)
        schedule = self._settings.webhook_retry_seconds
        with self._engine.begin() as connection:
            state = record(connection, delivery, at_ms, answer, schedule)
        _tell(search, delivery, answer, state)
        return True

    def _attempt(self, search: SavedSearch, delivery: Delivery, at_ms: int) -> Answer:
        body = delivery.payload.encode()
        headers = {
            "content-type": "application/cloudevents+json",
            "user-agent": USER_AGENT,
            "accept-encoding": "identity",
            **signed_headers(delivery.id, at_ms // 1000, body, search.secrets.at(at_ms)),
        }
        return self._sender.post(search.url, headers, body)


def _tell(search: SavedSearch, delivery: Delivery, answer: Answer, state: str | None) -> None:
    outcome = state or "search_deleted"
    DELIVERIES.labels(outcome).inc()
    DELIVERY_SECONDS.observe(answer.milliseconds / 1000)
    log.info(
        "delivery_attempted",
        search=search.id,
        delivery=delivery.id,
        position=str(delivery.position),
        outcome=outcome,
        status=answer.status,
        milliseconds=answer.milliseconds,
    )
