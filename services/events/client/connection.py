"""One registry over HTTP: answers that are read whole within a time limit, or streamed; what goes wrong has a type."""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from services.events.client.refusals import check
from services.events.following.protocol import AnswerUnreadable, SourceUnavailable

Parameters = Mapping[str, str | int | float]

CONNECT_SECONDS = 3.0
TIMEOUT_SECONDS = 10.0
"""How long the next piece of an answer may take, beyond the time that the registry was asked to wait."""
_WHOLE = 6
"""An answer that is read whole may take so many times as long from its beginning to its end."""
MOST_BYTES = 512 * 1024 * 1024
"""Bytes of an answer that is read whole, at most: a thousand events of the largest organisations are less."""


class Connection:
    """The way to the registry at `url`. It keeps no socket open between two uses, so there is nothing to close."""

    def __init__(self, url: str, token: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        """Raises ValueError for what is no web address or no token."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
            raise ValueError(f"{url!r} is not the address of a registry; write it whole: https://dwr.example.org")
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("write the access token alone, on one line")
        self.url = url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made once: reading the certificates of the authorities takes longer than an answer."""
        return httpx.create_ssl_context()

    @contextmanager
    def open(self) -> Iterator["Session"]:
        """A connection that lasts for the block. Raises SourceUnavailable for whatever breaks it off."""
        verify = self._tls if self.url.startswith("https") else True
        try:
            with httpx.Client(base_url=self.url, headers=self._headers, verify=verify) as client:
                yield Session(client, self._timeout_seconds)
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise SourceUnavailable(f"{self.url}: {str(error) or type(error).__name__}") from error


class Session:
    """An open connection."""

    def __init__(self, client: httpx.Client, timeout_seconds: float) -> None:
        self._client = client
        self._timeout_seconds = timeout_seconds

    def read(self, path: str, parameters: Parameters, *, wait: float = 0) -> bytes:
        """The body of the answer; `wait` is how long the registry was asked to wait before it answers.

        Raises what a refusal means, see `check`; SourceUnavailable when the answer takes too long, AnswerUnreadable
        when it is too large.
        """
        most = wait + _WHOLE * self._timeout_seconds
        over = time.monotonic() + most
        pieces: list[bytes] = []
        size = 0
        with self.stream(path, parameters, wait=wait) as answered:
            for piece in answered:
                pieces.append(piece)
                size += len(piece)
                if time.monotonic() > over:
                    raise SourceUnavailable(f"the answer of {path} did not end within {most:g} s")
                if size > MOST_BYTES:
                    raise AnswerUnreadable(f"the answer of {path} has more than {MOST_BYTES} bytes")
        return b"".join(pieces)

    @contextmanager
    def stream(self, path: str, parameters: Parameters, *, wait: float = 0) -> Iterator[Iterator[bytes]]:
        """The body of the answer piece by piece. Raises what a refusal means."""
        timeout = httpx.Timeout(self._timeout_seconds + wait, connect=CONNECT_SECONDS)
        with self._client.stream("GET", path, params=dict(parameters), timeout=timeout) as answer:
            check(answer)
            yield _pieces(answer)

    @contextmanager
    def part(self, path: str, begin: int) -> Iterator[tuple[int, Iterator[bytes]]]:
        """A file from that byte on, piece by piece, and where the answer begins: 0 where it is sent whole."""
        headers = {"Range": f"bytes={begin}-"} if begin else {}
        timeout = httpx.Timeout(self._timeout_seconds, connect=CONNECT_SECONDS)
        with self._client.stream("GET", path, headers=headers, timeout=timeout) as answer:
            check(answer)
            yield begin if answer.status_code == HTTPStatus.PARTIAL_CONTENT else 0, _pieces(answer)


def _pieces(answer: httpx.Response) -> Iterator[bytes]:
    try:
        yield from answer.iter_bytes()
    except httpx.HTTPError as error:
        raise SourceUnavailable(f"the answer broke off: {str(error) or type(error).__name__}") from error
