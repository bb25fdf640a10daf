"""Keys of an OIDC issuer: its discovery document names the address, and rotation brings new ones at any time."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import structlog

from services.access.keys import KeyByAlgorithm, usable_keys
from services.problems import Unavailable

FRESH_SECONDS = 600.0
"""How long fetched keys count without asking again: so long at most a withdrawn key goes on being accepted."""
COOLDOWN_SECONDS = 30.0
"""Least time between two fetches: tokens with invented key ids must not become requests to the issuer."""
RETRY_SECONDS = 5.0
"""The same after a fetch that failed."""
TIMEOUT_SECONDS = 5.0

log = structlog.get_logger(__name__)


class IssuerError(Exception):
    """The issuer answered, and what it answered cannot be used."""


class IssuerKeys:
    """Keys of one issuer, fetched when first needed and again when a token names an unknown one.

    Safe to use from several threads and event loops: one fetch at a time, in a thread of its own, and whoever needs
    its result awaits it. While the issuer is down the keys already known go on being used.
    """

    def __init__(self, issuer: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._clock = clock
        self._keys: dict[str, KeyByAlgorithm] = {}
        self._stale_at = self._next_fetch_at = clock()
        self._failed = False
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="issuer-keys")
        self._fetch: Future[None] | None = None

    async def find(self, key_id: str) -> KeyByAlgorithm | None:
        """The key of that id. Raises Unavailable when the issuer cannot be asked whether there is such a key."""
        if key_id not in self._keys or self._clock() >= self._stale_at:
            await self._refresh()
        if key := self._keys.get(key_id):
            return key
        if self._failed:
            raise Unavailable(
                "The token issuer does not answer, so the access token cannot be verified. Try again in a moment.",
                headers={"Retry-After": f"{RETRY_SECONDS:.0f}"},
            )
        return None

    async def _refresh(self) -> None:
        if fetch := self._running_fetch():
            # Shielded: a caller that goes away must not take the fetch from the others that wait for it.
            await asyncio.shield(asyncio.wrap_future(fetch))

    def _running_fetch(self) -> Future[None] | None:
        with self._lock:
            if self._fetch is None and self._clock() >= self._next_fetch_at:
                self._fetch = self._thread.submit(self._fetch_keys)
            return self._fetch

    def _fetch_keys(self) -> None:
        found = None
        try:
            found = usable_keys(_key_set(self._issuer))
        except Exception as error:  # noqa: BLE001 - whatever is wrong at the issuer, callers get 503 and the log the cause
            log.warning("issuer_keys_not_fetched", issuer=self._issuer, cause=f"{type(error).__name__}: {error}")
        with self._lock:
            self._failed = found is None
            self._keys = self._keys if found is None else found
            self._stale_at = self._clock() + (RETRY_SECONDS if found is None else FRESH_SECONDS)
            self._next_fetch_at = self._clock() + (RETRY_SECONDS if found is None else COOLDOWN_SECONDS)
            self._fetch = None


def _key_set(issuer: str) -> dict[str, Any]:
    with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
        discovery = _json(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
        if discovery.get("issuer") != issuer:
            raise IssuerError(f"the discovery document is of {discovery.get('issuer')!r}; set DWR_OIDC_ISSUER to that")
        if not isinstance(discovery.get("jwks_uri"), str):
            raise IssuerError("the discovery document has no jwks_uri")
        key_set = _json(client, discovery["jwks_uri"])
    if not isinstance(key_set.get("keys"), list):
        raise IssuerError("the key set has no list of keys")
    return key_set


def _json(client: httpx.Client, address: str) -> dict[str, Any]:
    answer = client.get(address).raise_for_status()
    try:
        document = answer.json()
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise IssuerError(f"{address} is not a JSON object")
    return document
