"""Which addresses a webhook may have. Names are not resolved here: they are at every attempt, see `ssrf`."""

import re
from urllib.parse import SplitResult, urlsplit

from services.notifier.ssrf import is_public, literal_address
from services.settings import Settings

_PORTS = frozenset({None, 443, 8443})
MAX_LENGTH = 2_000
_HOST = re.compile(r"(?=.{1,253}\Z)(?!-)[\w-]{1,63}(?<!-)(\.(?!-)[\w-]{1,63}(?<!-))*\.?", re.ASCII)


def check_target(url: str, settings: Settings) -> str:
    """The address as it was given. Raises ValueError that says what is wrong with it and what to write."""
    if not url.isascii() or any(letter <= " " or letter == "\x7f" for letter in url):
        raise ValueError("write the address in ASCII without spaces; host names in punycode (xn--...), paths in %-form")
    parts, host, port = _parse(url)
    if not host or parts.scheme not in {"http", "https"}:
        raise ValueError("write the whole address of the receiver, for example https://example.org/hook")
    if port == 0 or (literal_address(host) is None and not _HOST.fullmatch(host)):
        raise ValueError("no host can have this name or port; write for example https://example.org/hook")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("leave user name, password and fragment out; the signature says who sends")
    if not settings.webhook_allow_private_networks:
        _check_outside(parts.scheme, host, port)
    return url


def _parse(url: str) -> tuple[SplitResult, str | None, int | None]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"this is not an address ({error}); write for example https://example.org/hook") from None
    return parts, host, port


def _check_outside(scheme: str, host: str, port: int | None) -> None:
    if scheme != "https":
        raise ValueError("the address must begin with https://")
    if port not in _PORTS:
        raise ValueError("only the ports 443 and 8443 are delivered to")
    address = literal_address(host)
    if address is not None and not is_public(address):
        raise ValueError("the address is not on the public internet")
