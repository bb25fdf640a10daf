"""One attempt: a POST to a webhook, without redirects, proxies or cookies, and with a bounded answer."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore

from services.notifier.ssrf import AddressRefused, GuardedBackend, Resolver, system_resolver
from services.settings import Settings

_READ_BYTES = 64 * 1024
"""Of an answer, at most this much is read: the rest is the receiver's loss of time, not ours."""
_KEPT_BYTES = 1024
_OK = range(200, 300)
_REDIRECTS = range(300, 400)
_LONGEST_RETRY_AFTER_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one attempt."""

    milliseconds: int
    status: int | None = None
    """None when there was no answer."""
    response: str = ""
    """The first kilobyte of its body."""
    error: str | None = None
    retry_after_seconds: float = 0.0
    """How long the receiver asked to be left alone."""

    @property
    def succeeded(self) -> bool:
        """Whether the receiver took the message: 2xx and nothing else."""
        return self.status in _OK


class Sender:
    """Sends webhooks over connections that are made anew for each attempt, so that each is checked."""

    def __init__(self, settings: Settings, resolve: Resolver = system_resolver) -> None:
        self._seconds = settings.webhook_timeout_seconds
        self._allow_private = settings.webhook_allow_private_networks
        self._resolve = resolve
        self._tls = ssl.create_default_context()

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """POST the body and tell what came of it; never raises for what the receiver or the network does."""
        started = time.monotonic()
        try:
            status, answer_headers, content = self._exchange(url, headers, body)
        except AddressRefused as error:
            return Answer(_milliseconds(started), error=f"not sent: {error}")
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            return Answer(_milliseconds(started), error=_sentence(error))
        return Answer(
            _milliseconds(started),
            status,
            content[:_KEPT_BYTES].decode("utf-8", "replace").replace("\0", "\ufffd"),
            _what_is_wrong(status),
            _retry_after(answer_headers.get(b"retry-after", b"")),
        )

    def _exchange(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
        backend = GuardedBackend(self._seconds, allow_private=self._allow_private, resolve=self._resolve)
        with (
            httpcore.ConnectionPool(ssl_context=self._tls, max_connections=1, network_backend=backend) as pool,
            pool.stream("POST", url, headers=list(headers.items()), content=body) as response,
        ):
            content = bytearray()
            for chunk in response.iter_stream():
                content += chunk
                if len(content) >= _READ_BYTES:
                    break
            return response.status, {name.lower(): value for name, value in response.headers}, bytes(content)


def _milliseconds(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _sentence(error: Exception) -> str:
    if isinstance(error, httpcore.TimeoutException):
        return "no answer in time"
    return f"{type(error).__name__}: {error}"[:500]


def _what_is_wrong(status: int) -> str | None:
    if status in _OK:
        return None
    if status in _REDIRECTS:
        return f"answered {status}: redirects are not followed, change the address of the search instead"
    return f"answered {status}"


def _retry_after(value: bytes) -> float:
    """Seconds from either form of `Retry-After` (RFC 9110); 0 for what is neither, and never more than a day."""
    text = value.decode("ascii", "ignore").strip()
    try:
        seconds = float(text) if text.isdigit() else (_moment(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(seconds, 0.0), _LONGEST_RETRY_AFTER_SECONDS)


def _moment(text: str) -> datetime:
    moment = parsedate_to_datetime(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
