"""Snapshots and digests."""

import gzip
import hashlib
import json
import threading
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import Engine

from services.events.client.registry import Registry
from services.events.contracts.vocabulary import View
from services.events.following.protocol import SnapshotIncomplete
from services.events.snapshots.current import CurrentSnapshot
from services.events.snapshots.formats import Format
from tests.events.entries import Ecosystem, document, organisation_id
from tests.events.following.model import Mirror
from tests.events.http.snapshots import here, lines, unpack_zstd
from tests.support.serving import serving

SNAPSHOT = "/events/v1/snapshots/current"
RESTRICTED = {"turnover": {"eur": 7_654_321.0, "year": 2025}}


def test_it_has_a_first_line_the_subjects_and_a_last_line(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.publish(1)
    ecosystem.publish(1, size_class="micro")
    ecosystem.hide(2)
    ecosystem.publish(3)
    last = ecosystem.archive(3)
    answer = client.get(SNAPSHOT)
    assert answer.headers["content-type"] == "application/x-ndjson"
    first, subject, end = lines(answer.content)
    digest = client.get("/events/v1/digest").json()
    assert first == digest
    assert (first["generation"], first["position"], first["published_ms"]) == (1, 5, last.published_ms)
    assert subject["subject"] == {"kind": "organisation", "id": organisation_id(1)}
    assert (subject["version"], subject["position"]) == (2, 2)
    assert subject["document"]["size_class"] == "micro"
    assert "restricted" not in subject
    assert end == {"end": True, "count": 1}


def test_the_index_leads_to_each_view_and_names_the_position_of_now(
    client: httpx.Client, ecosystem: Ecosystem, reader: dict[str, str]
) -> None:
    ecosystem.fill(3)
    answer = client.get("/events/v1/snapshots")
    index = answer.json()
    assert answer.headers["DWR-Position"] == "1-3"
    assert (index["generation"], index["position"]) == (1, 3)
    assert [offer["view"] for offer in index["snapshots"]] == ["public", "internal"]
    for offer in index["snapshots"]:
        first = lines(client.get(here(offer["snapshot"]), headers=reader).content)[0]
        assert (first["view"], first["position"]) == (offer["view"], 3)
        assert client.get(here(offer["digest"]), headers=reader).json() == first


@pytest.mark.parametrize(
    ("accepted", "named", "decompress"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("gzip, zstd", "zstd", unpack_zstd),
        ("zstd;q=0, gzip;q=0.1", "gzip", gzip.decompress),
    ],
)
def test_it_is_compressed_for_who_accepts_that(
    client: httpx.Client, ecosystem: Ecosystem, accepted: str, named: str, decompress: Callable[[bytes], bytes]
) -> None:
    ecosystem.fill(200)
    plain = client.get(SNAPSHOT, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    with client.stream("GET", SNAPSHOT, headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == named
    assert decompress(raw) == plain.content
    assert len(raw) < len(plain.content) / 5


def test_head_names_its_position_and_reads_no_subject(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.fill(20)
    whole, head = client.get(SNAPSHOT), client.head(SNAPSHOT)
    assert (head.status_code, head.content, head.headers["DWR-Position"]) == (200, b"", "1-20")
    for name in ("content-type", "content-encoding", "cache-control", "vary"):
        assert head.headers[name] == whole.headers[name]
    assert client.get("/events/v1/digest").json()["position"] == 20


def test_the_internal_view_has_the_restricted_part(
    client: httpx.Client, ecosystem: Ecosystem, reader: dict[str, str]
) -> None:
    ecosystem.publish(1, RESTRICTED)
    ecosystem.publish(2)
    _, one, two, _ = lines(client.get(SNAPSHOT + "?view=internal", headers=reader).content)
    assert (one["restricted"], two["restricted"]) == (RESTRICTED, None)
    assert b"7654321" not in client.get(SNAPSHOT).content


def test_writers_go_on_while_it_is_read_and_it_stays_what_it_was(ecosystem: Ecosystem) -> None:
    ecosystem.fill(1_200)
    snapshot = CurrentSnapshot(ecosystem.engine, View.PUBLIC)
    read = snapshot.lines()
    first = orjson.loads(next(read))
    next(read)
    writing = threading.Thread(target=lambda: [ecosystem.publish(number, size_class="micro") for number in range(20)])
    writing.start()
    writing.join(10)
    assert not writing.is_alive()
    rest = list(read)
    assert first["position"] == 1_200
    assert orjson.loads(rest[-1])["count"] == 1_200
    assert not any(b"micro" in line for line in rest)


def test_its_digest_is_that_of_its_records(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.fill(50)
    ecosystem.publish(7, size_class="large")
    mirror = Mirror(View.PUBLIC)
    with Registry(str(client.base_url), "", View.PUBLIC).snapshot() as snapshot:
        mirror.load(snapshot)
    assert mirror.digest == snapshot.digest


def test_its_digest_can_be_made_with_the_standard_library(client: httpx.Client, ecosystem: Ecosystem) -> None:
    ecosystem.fill(5)
    ecosystem.publish(2, description={"fr": "Été à Liège \u20ac 🎈"}, size_class="large")
    first, *subjects, _ = (json.loads(line) for line in client.get(SNAPSHOT).text.splitlines())
    total = 0
    for told in subjects:
        whole = [told["subject"]["kind"], told["subject"]["id"], told["document"]]
        text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        total += int(hashlib.blake2b(text.encode(), digest_size=32).hexdigest(), 16)
    assert f"{total % 2**256:064x}" == first["digest"]


@pytest.mark.parametrize("view", list(View))
def test_any_text_comes_as_it_was_written(engine: Engine, view: View) -> None:
    written = {"fr": 'a\\b \\\\ \\N "q" \n\t\r\b\f \x00\x7f \\. é € 🎈', "nl": "\\"}
    ecosystem = Ecosystem(engine)
    ecosystem.publish(1, {"note": written}, description=written)
    ecosystem.publish(2)
    _, one, two, _ = lines(b"".join(CurrentSnapshot(engine, view).pieces(Format.PLAIN)))
    assert one["document"]["description"] == written
    assert two["document"] == document(2)
    assert one.get("restricted") == ({"note": written} if view is View.INTERNAL else None)


def test_one_that_is_not_read_to_its_end_leaves_the_database_to_others(engine: Engine) -> None:
    Ecosystem(engine).fill(2_000)
    for _ in range(25):  # more than the connections that there are
        snapshot = CurrentSnapshot(engine, View.PUBLIC)
        pieces = snapshot.pieces(Format.PLAIN)
        assert next(pieces)
        snapshot.close()
    assert len(list(CurrentSnapshot(engine, View.PUBLIC).lines())) == 2_002


@pytest.mark.parametrize("lost", [2, 40, 3_000, 1_000_000])
def test_one_that_broke_off_is_noticed(ecosystem: Ecosystem, lost: int) -> None:
    ecosystem.fill(100)
    whole = b"".join(CurrentSnapshot(ecosystem.engine, View.PUBLIC).pieces(Format.PLAIN))
    with pytest.raises(SnapshotIncomplete):
        read_from(whole[:-lost])


def test_one_with_a_missing_record_is_noticed(ecosystem: Ecosystem) -> None:
    ecosystem.fill(10)
    text = list(CurrentSnapshot(ecosystem.engine, View.PUBLIC).lines())
    del text[4]
    with pytest.raises(SnapshotIncomplete, match="9 records"):
        read_from(b"".join(text))


def read_from(body: bytes) -> None:
    with serving(_Answering(body)) as address, Registry(address, "", View.PUBLIC).snapshot() as snapshot:
        list(snapshot.records)


class _Answering:
    """A server that gives these bytes to every request."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": self.body})


@pytest.mark.parametrize("address", [SNAPSHOT, "/events/v1/digest"])
def test_wrong_parameters_are_named(client: httpx.Client, address: str) -> None:
    for asked, pointer in (("?view=all", "query:view"), ("?since=1-2", "query:since")):
        answer = client.get(address + asked)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == pointer
