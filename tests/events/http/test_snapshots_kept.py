"""Snapshots that are kept as files: what the index tells of them, and what is in them."""

import hashlib
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from services.access.roles import Role
from services.events.client.answers import snapshot_of
from services.events.client.registry import Registry
from services.events.contracts.vocabulary import View
from services.events.following.follower import Follower
from services.events.following.protocol import Snapshot
from services.events.log.reading import read_head
from services.events.snapshots.current import CurrentSnapshot
from services.events.snapshots.formats import Format
from services.events.snapshots.keeping import Policy, keep_snapshot
from services.events.snapshots.shelf import Shelf
from tests.events.entries import Ecosystem, organisation_id
from tests.events.following.model import Mirror
from tests.events.http.snapshots import INDEX, here, keep, kept_offers, lines, taken
from tests.events.service import Service, events_service
from tests.support.serving import serving
from tests.support.waiting import eventually

CURRENT = f"{INDEX}/current"
RESTRICTED = {"turnover": {"eur": 7_654_321.0, "year": 2025}}


def test_a_kept_one_stays_what_the_state_was_at_its_position(
    client: httpx.Client, service: Service, ecosystem: Ecosystem
) -> None:
    ecosystem.fill(30)
    ecosystem.archive(7)
    then = client.get(CURRENT).content
    keep(service, ecosystem)
    ecosystem.publish(1, size_class="micro")
    [offer] = kept_offers(client)
    assert [file["format"] for file in offer["files"]] == ["gzip", "zstd"]
    for file in offer["files"]:
        assert taken(client, file) == then
    first, *_, end = lines(then)
    for name in ("view", "generation", "position", "published_ms", "digest"):
        assert offer[name] == first[name]
    assert offer["count"] == end["count"] == 29
    assert offer["deltas"] == []


def test_the_index_tells_size_and_checksum_of_each_file(
    client: httpx.Client, service: Service, ecosystem: Ecosystem
) -> None:
    ecosystem.fill(30)
    keep(service, ecosystem)
    for file in kept_offers(client)[0]["files"]:
        answer = client.get(here(file["address"]))
        assert answer.headers["content-type"] == f"application/{file['format']}"
        assert "Content-Encoding" not in answer.headers
        assert len(answer.content) == file["bytes"] == int(answer.headers["content-length"])
        assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
        assert answer.headers["ETag"] == f'"{file["sha256"]}"'
        assert answer.headers["DWR-Position"] == "1-30"
        again = client.get(here(file["address"]), headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_the_internal_view_is_for_readers_alone(
    client: httpx.Client, service: Service, ecosystem: Ecosystem, reader: dict[str, str]
) -> None:
    ecosystem.publish(1, RESTRICTED)
    keep(service, ecosystem)
    assert [offer["view"] for offer in kept_offers(client)] == ["public"]
    public, internal = kept_offers(client, headers=reader)
    address = here(internal["files"][0]["address"])
    assert client.get(address).status_code == 401
    member = {"Authorization": f"Bearer {service.token(Role.MODERATOR)}"}
    assert client.get(address, headers=member).status_code == 403
    assert "private" in client.get(address, headers=reader).headers["Cache-Control"]
    assert lines(taken(client, internal["files"][0], headers=reader))[1]["restricted"] == RESTRICTED
    assert b"7654321" not in taken(client, public["files"][0])


@pytest.mark.parametrize(
    "path",
    [
        "1-3/other.ndjson.gz",
        "1-4/public.ndjson.gz",
        "1-3/kept.json",
        "1-3/..%2f..%2flocal-issuer-key.pem",
        "1-3/%2e%2e/%2e%2e/local-issuer-key.pem",
        "..%2fdata/local-issuer-key.pem",
        "../snapshots/1-3/kept.json",
        "%2e%2e/kept.json",
        "1-3/",
        "1-3",
        ".lock/public.ndjson.gz",
        "1-3%00/public.ndjson.gz",
        "1-03/public.ndjson.gz",
        "1-3/public.ndjson.gz%00",
        "1-3/public.ndjson.gz/",
    ],
)
def test_nothing_but_its_files_is_given_out(
    client: httpx.Client, service: Service, ecosystem: Ecosystem, path: str
) -> None:
    ecosystem.fill(3)
    keep(service, ecosystem)
    answer = client.get(httpx.URL(f"{INDEX}/").copy_with(raw_path=f"{INDEX}/{path}".encode()))
    assert answer.status_code in {307, 404}
    assert answer.headers.get("content-type", "application/problem+json") == "application/problem+json"


def test_a_file_that_is_not_whole_any_more_is_not_offered(
    client: httpx.Client, service: Service, ecosystem: Ecosystem
) -> None:
    ecosystem.fill(3)
    kept = keep(service, ecosystem)
    file = service.settings.effective_snapshots_dir / str(kept.at) / "public.ndjson.gz"
    file.write_bytes(file.read_bytes()[:-1])
    assert kept_offers(client) == []
    assert client.get(f"{INDEX}/{kept.at}/public.ndjson.gz").status_code == 404
    ecosystem.publish(4)
    keep(service, ecosystem)
    assert [offer["position"] for offer in kept_offers(client)] == [4]


def test_each_format_is_made_that_is_asked_for(ecosystem: Ecosystem, tmp_path: Path) -> None:
    service = events_service(ecosystem, tmp_path, snapshot_formats="plain,zstd")
    ecosystem.fill(3)
    kept = keep(service, ecosystem)
    assert {file.name for file in kept.files() if "public" in file.name} == {"public.ndjson", "public.ndjson.zst"}
    text = (service.settings.effective_snapshots_dir / "1-3" / "public.ndjson").read_bytes()
    assert text == b"".join(CurrentSnapshot(ecosystem.engine, View.PUBLIC).pieces(Format.PLAIN))


def test_a_log_without_entries_has_a_snapshot_too(client: httpx.Client, service: Service, ecosystem: Ecosystem) -> None:
    assert str(keep(service, ecosystem).at) == "1-0"
    [offer] = kept_offers(client)
    assert offer["count"] == 0
    assert len(lines(taken(client, offer["files"][0]))) == 2


def test_it_is_the_same_on_both_databases(engine: Engine, tmp_path: Path) -> None:
    ecosystem = Ecosystem(engine)
    ecosystem.fill(20)
    ecosystem.publish(3, RESTRICTED)
    policy = Policy(folder=tmp_path, formats=(Format.PLAIN,), hours=0, kept=1)
    kept = keep_snapshot(policy, engine)
    with engine.connect() as connection:
        digests = read_head(connection).digests
    for text in kept.texts:
        told = lines(Shelf(tmp_path).place_of(kept, text.files[0]).read_bytes())
        assert {record["subject"]["id"] for record in told[1:-1]} == {
            organisation_id(number) for number in range(1, 21)
        }
        assert text.digest == told[0]["digest"] == digests[text.view]


def test_a_follower_that_loads_a_kept_one_goes_on_from_there(
    service: Service, ecosystem: Ecosystem, reader: dict[str, str]
) -> None:
    ecosystem.fill(20)
    keep(service, ecosystem)
    ecosystem.publish(3, size_class="micro")
    ecosystem.archive(4)
    with serving(service.app) as address:
        feed = Registry(address, reader["Authorization"].removeprefix("Bearer "), View.INTERNAL)
        mirror = Mirror(View.INTERNAL)
        with httpx.Client(base_url=address, headers=reader) as client:
            mirror.load(_snapshot(client))
            assert str(mirror.position) == "1-20"
            follower = Follower(feed, feed, mirror, "mirror")
            follower.start()
            eventually(lambda: str(mirror.position) == "1-22")
            digest = client.get("/events/v1/digest", params={"view": "internal"}).json()["digest"]
        follower.stop()
        ecosystem.signal.close()
    assert (mirror.snapshots, mirror.digest) == (1, digest)


def _snapshot(client: httpx.Client) -> Snapshot:
    """The newest kept one, as a reader loads it."""
    offer = next(offer for offer in kept_offers(client) if offer["view"] == "internal")
    return snapshot_of([taken(client, offer["files"][0])])
