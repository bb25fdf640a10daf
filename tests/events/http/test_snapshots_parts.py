"""Downloads of kept snapshots that go on where they broke off."""

from dataclasses import dataclass

import httpx
import pytest

from tests.events.entries import Ecosystem
from tests.events.http.snapshots import here, keep, kept_offers
from tests.events.service import Service


@dataclass(frozen=True)
class File:
    address: str
    content: bytes
    tag: str


@pytest.fixture
def file(client: httpx.Client, service: Service, ecosystem: Ecosystem) -> File:
    ecosystem.fill(50)
    keep(service, ecosystem)
    address = here(kept_offers(client)[0]["files"][0]["address"])
    whole = client.get(address)
    assert whole.headers["Accept-Ranges"] == "bytes"
    return File(address, whole.content, whole.headers["ETag"])


def test_parts_make_the_whole_also_when_a_newer_one_was_kept_meanwhile(
    client: httpx.Client, service: Service, ecosystem: Ecosystem, file: File
) -> None:
    loaded, size = b"", len(file.content)
    while len(loaded) < size:
        resumed = {"Range": f"bytes={len(loaded)}-", "If-Range": file.tag}
        with client.stream("GET", file.address, headers=resumed) as answer:
            assert answer.status_code == 206
            assert answer.headers["Content-Range"] == f"bytes {len(loaded)}-{size - 1}/{size}"
            loaded += next(answer.iter_raw(size // 3))  # and then the connection breaks
        ecosystem.publish(len(loaded))
        keep(service, ecosystem)
    assert loaded == file.content


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=5-9", slice(5, 10)),
        ("bytes=5-999999", slice(5, None)),
        ("bytes=-4", slice(-4, None)),
        ("bytes=-999999", slice(0, None)),
    ],
)
def test_a_part_is_sent(client: httpx.Client, file: File, asked: str, part: slice) -> None:
    answer = client.get(file.address, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (206, file.content[part])
    assert (answer.headers["ETag"], answer.headers["content-length"]) == (file.tag, str(len(answer.content)))


@pytest.mark.parametrize("kept", ['"another"', "W/{tag}", "Wed, 25 Nov 2026 12:00:00 GMT"])
def test_who_has_a_part_of_something_else_gets_the_whole(client: httpx.Client, file: File, kept: str) -> None:
    headers = {"Range": "bytes=999999-", "If-Range": kept.format(tag=file.tag)}
    answer = client.get(file.address, headers=headers)
    assert (answer.status_code, answer.content) == (200, file.content)


@pytest.mark.parametrize("asked", ["bytes={size}-", "bytes=99999999-", "bytes=-0"])
def test_a_part_beyond_the_end_is_refused_with_the_size(client: httpx.Client, file: File, asked: str) -> None:
    size = len(file.content)
    answer = client.get(file.address, headers={"Range": asked.format(size=size)})
    assert (answer.status_code, answer.json()["type"]) == (416, "/problems/range-not-satisfiable")
    assert (answer.headers["Content-Range"], answer.json()["size"]) == (f"bytes */{size}", size)


@pytest.mark.parametrize(
    "asked", ["", "bytes", "bytes=", "bytes=-", "bytes=9-5", "bytes=a-b", "bytes=0-1,5-6", "lines=0-5", "bytes=1-²"]
)
def test_what_is_no_part_is_refused_with_the_remedy(client: httpx.Client, file: File, asked: str) -> None:
    answer = client.get(file.address, headers=[(b"Range", asked.encode())])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "header:Range"
    assert "bytes=1000-1999" in answer.json()["detail"]


def test_two_parts_are_not_asked_for_by_two_headers(client: httpx.Client, file: File) -> None:
    answer = client.get(file.address, headers=[("Range", "bytes=0-1"), ("Range", "bytes=3-4")])
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "repeated")


def test_head_tells_what_there_is_and_sends_nothing(client: httpx.Client, file: File) -> None:
    whole, part = client.head(file.address), client.head(file.address, headers={"Range": "bytes=3-5"})
    assert (whole.status_code, whole.content, whole.headers["content-length"]) == (200, b"", str(len(file.content)))
    assert (part.status_code, part.content, part.headers["content-length"]) == (206, b"", "3")
    assert whole.headers["ETag"] == part.headers["ETag"] == file.tag
