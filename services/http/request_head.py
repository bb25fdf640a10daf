"""The head of a request as ASGI tells it, read by the server's own parser."""

import httptools
from starlette.types import Scope

HEAD_END = b"\r\n\r\n"


def read_head(raw: bytes, client: tuple[str, int] | None) -> Scope | None:
    """The scope of the request; none for a head that asks for more than an answer on a connection that goes on."""
    reading = _Reading()
    parser = httptools.HttpRequestParser(reading)
    try:
        parser.feed_data(raw)
        address = httptools.parse_url(reading.url)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade, httptools.HttpParserInvalidURLError):
        return None
    plain = parser.get_http_version() == "1.1" and parser.should_keep_alive() and not parser.should_upgrade()
    if not plain or not reading.is_one_head or b"%" in address.path:
        return None
    return {
        "type": "http",
        "method": parser.get_method().decode("ascii"),
        "path": address.path.decode("ascii"),
        "query_string": address.query or b"",
        "headers": reading.headers,
        "client": client,
    }


class _Reading:
    """What the parser tells."""

    def __init__(self) -> None:
        self.url = b""
        self.headers: list[tuple[bytes, bytes]] = []
        self._heads = 0
        self._bodies = 0

    @property
    def is_one_head(self) -> bool:
        """Whether there was nothing else in what was read: what ends elsewhere than it seemed is no head to keep."""
        return self._heads == 1 and not self._bodies

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header field."""
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Count."""
        self._heads += 1

    def on_body(self, _body: bytes) -> None:
        """Count."""
        self._bodies += 1
