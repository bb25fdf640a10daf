"""Nothing that a caller can write as a webhook's address leads into our own network."""

from collections.abc import Iterable
from ipaddress import ip_address

import pytest

from services.notifier.sending import Sender
from services.notifier.ssrf import is_public, literal_address
from services.notifier.targets import check_target
from services.settings import Settings
from tests.notifier.support.receiver import Receiver

GUARDED = Settings(webhook_timeout_seconds=2)
HOSTILE = {
    "loopback": "127.0.0.1",
    "loopback, another one": "127.8.8.8",
    "this host": "0.0.0.0",  # noqa: S104 - written to be refused
    "private": "10.0.0.1",
    "private, class B": "172.31.255.255",
    "private, class C": "192.168.1.1",
    "carrier's network": "100.64.0.1",
    "link-local": "169.254.1.1",
    "metadata": "169.254.169.254",
    "metadata at a public address": "168.63.129.16",
    "metadata in the carrier's network": "100.100.100.200",
    "protocol assignments": "192.0.0.192",
    "documentation": "203.0.113.5",
    "benchmarks": "198.18.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "6to4 relay": "192.88.99.1",
    "loopback, IPv6": "::1",
    "unspecified, IPv6": "::",
    "loopback, mapped": "::ffff:127.0.0.1",
    "metadata, mapped": "::ffff:169.254.169.254",
    "loopback, compatible": "::127.0.0.1",
    "loopback, NAT64": "64:ff9b::7f00:1",
    "NAT64 of a local network": "64:ff9b:1::1",
    "loopback, 6to4": "2002:7f00:1::",
    "Teredo": "2001:0:53aa:64c::1",
    "unique local": "fd00:ec2::254",
    "link-local, IPv6": "fe80::1",
    "site-local": "fec0::1",
    "multicast, IPv6": "ff02::1",
    "documentation, IPv6": "2001:db8::1",
    "documentation, new": "3fff::1",
    "segment routing": "5f00::1",
    "discard": "100::1",
}
DISGUISED = {
    "decimal": "2130706433",
    "hexadecimal": "0x7f000001",
    "hexadecimal parts": "0x7f.0x0.0x0.0x1",
    "octal": "0177.0.0.1",
    "short": "127.1",
    "decimal metadata": "2852039166",
}
PUBLIC = ("8.8.8.8", "1.1.1.1", "193.190.1.1", "2a02:a000::1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8")


def _url(host: str) -> str:
    return f"https://[{host}]/hook" if ":" in host else f"https://{host}/hook"


@pytest.mark.parametrize("address", HOSTILE.values(), ids=HOSTILE.keys())
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("host", [*HOSTILE.values(), *DISGUISED.values()])
def test_a_hostile_address_is_refused_when_the_search_is_saved(host: str) -> None:
    with pytest.raises(ValueError, match="not on the public internet"):
        check_target(_url(host), GUARDED)


@pytest.mark.parametrize("host", [*HOSTILE.values(), *DISGUISED.values(), "localhost"])
def test_a_hostile_address_is_refused_when_a_message_is_sent(host: str) -> None:
    answer = Sender(GUARDED).post(_url(host), {}, b"{}")
    assert answer.status is None
    assert answer.error is not None
    assert answer.error.startswith("not sent:") or "cannot be resolved" in answer.error


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("http://example.org/hook", "https"),
        ("https://example.org:22/hook", "ports 443 and 8443"),
        ("https://example.org:99999/hook", "not an address"),
        ("https://user:word@example.org/hook", "user name"),
        ("https://example.org/hook#part", "fragment"),
        ("https:///hook", "whole address"),
        ("ftp://example.org/hook", "whole address"),
        ("example.org/hook", "whole address"),
        ("https://exämple.org/hook", "punycode"),
        ("https://example.org/ho ok", "spaces"),
        ("https://[::1/hook", "not an address"),
    ],
)
def test_an_address_that_cannot_be_delivered_to_names_its_remedy(url: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        check_target(url, GUARDED)


@pytest.mark.parametrize("url", ["https://example.org/hook?a=1", "https://example.org:8443/", "https://8.8.8.8/hook"])
def test_an_ordinary_address_is_kept_as_it_was_written(url: str) -> None:
    assert check_target(url, GUARDED) == url


def test_digits_that_resolvers_read_as_an_address_are_read_so_here_too() -> None:
    assert {str(literal_address(host)) for host in DISGUISED.values()} == {"127.0.0.1", "169.254.169.254"}
    assert literal_address("example.org") is None


def test_a_name_with_one_private_address_among_public_ones_is_refused(receiver: Receiver) -> None:
    def resolve(_host: str, _port: int) -> Iterable[str]:
        return "8.8.8.8", "127.0.0.1"

    answer = Sender(GUARDED, resolve).post(f"http://mixed.example:{receiver.server_port}/", {}, b"{}")
    assert answer.error == "not sent: mixed.example has an address that is not public"
    assert receiver.received == []


def test_a_name_that_answers_differently_the_second_time_is_asked_once(receiver: Receiver) -> None:
    answers = iter([["::ffff:169.254.169.254"], ["127.0.0.1"]])

    def rebind(_host: str, _port: int) -> Iterable[str]:
        return next(answers)

    sender = Sender(GUARDED, rebind)
    assert "not public" in (sender.post(f"http://rebind.example:{receiver.server_port}/", {}, b"{}").error or "")
    assert next(answers) == ["127.0.0.1"]
    assert receiver.received == []


def test_the_connection_goes_to_the_address_that_was_looked_at(receiver: Receiver) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> Iterable[str]:
        asked.append(host)
        return ["127.0.0.1"]

    sender = Sender(Settings(webhook_allow_private_networks=True), resolve)
    answer = sender.post(f"http://hook.example:{receiver.server_port}/", {}, b"{}")
    assert (answer.status, asked) == (204, ["hook.example"])
    assert receiver.received[0].headers["host"] == f"hook.example:{receiver.server_port}"
