"""Bad requests to every endpoint: a 4xx that names the field, and nothing written."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx
import pytest

from services.registry.routes.examples import COMPANY, COWORKING
from tests.registry.bodies import NUMBERS, company
from tests.registry.endpoints import ON_ORGANISATION, Endpoint, Prepared, prepare
from tests.registry.world import BASE, World


class Refusal(NamedTuple):
    """A request and how it must be refused."""

    case: str
    status: int
    pointer: str | None
    options: dict[str, Any]
    address: str | None = None


def _without(headers: dict[str, str], name: str) -> dict[str, str]:
    return {known: value for known, value in headers.items() if known != name}


def _header_refusals(at: Prepared) -> Iterator[Refusal]:
    good = {"json": at.body} if at.body is not None else {}
    if_match, key, headers = "header:If-Match", "header:Idempotency-Key", at.headers
    for sent, status in (('"1000"', 412), ("2", 400), ('W/"2"', 400), ("*", 400), ('"0"', 400), ('"1", "2"', 400)):
        yield Refusal(f"If-Match {sent}", status, if_match, {**good, "headers": {**headers, "If-Match": sent}})
    yield Refusal("no If-Match", 428, if_match, {**good, "headers": _without(headers, "If-Match")})
    yield Refusal("anonymous", 401, None, {**good, "headers": {"If-Match": headers["If-Match"]}})
    yield Refusal("a token that is none", 401, None, {**good, "headers": {**headers, "Authorization": "Bearer x"}})
    for caller, own in at.callers.items():
        if caller not in at.endpoint.allowed:
            status = 404 if caller == "stranger" and at.endpoint.state != "published" else 403
            yield Refusal(caller, status, None, {**good, "headers": {**headers, **own}})
    yield Refusal("long key", 400, key, {**good, "headers": {**headers, "Idempotency-Key": "x" * 256}})
    yield Refusal("empty key", 400, key, {**good, "headers": {**headers, "Idempotency-Key": ""}})
    yield Refusal("unknown parameter", 400, "query:force", {**good, "headers": headers, "params": {"force": "1"}})
    unknown = at.address.replace(at.id, "org-aaaaaaaaaaaaaaaa")
    yield Refusal("unknown organisation", 404, None, {**good, "headers": headers}, unknown)
    no_id = at.address.replace(at.id, "org-1")
    yield Refusal("no id", 400, "path:organisation_id", {**good, "headers": headers}, no_id)


def _body_refusals(at: Prepared) -> Iterator[Refusal]:
    json = {**at.headers, "Content-Type": "application/json"}
    if at.body is None:
        for sent in (b"{}", b'{"reason": "x"}', b"null", b"{", b" "):
            yield Refusal(f"a body that is not asked for: {sent!r}", 400, "", {"content": sent, "headers": json})
        return
    yield Refusal("not JSON", 400, "", {"content": b'{"a": ', "headers": json})
    yield Refusal("twice", 400, "", {"content": b'{"a": 1, "a": 2}', "headers": json})
    yield Refusal("not UTF-8", 400, "", {"content": b'{"a": "\xff"}', "headers": json})
    yield Refusal("a list", 422, "", {"json": [], "headers": at.headers})
    yield Refusal(
        "other media type", 415, None, {"content": b"{}", "headers": {**at.headers, "Content-Type": "text/plain"}}
    )
    yield Refusal("unknown field", 422, "/unknown", {"json": {**at.body, "unknown": 1}, "headers": at.headers})
    yield Refusal("too large", 413, None, {"content": b" " * (1024 * 1024 + 1), "headers": json})
    for name in at.body:
        yield Refusal("wrong type", 422, f"/{name}", {"json": {**at.body, name: 12.5}, "headers": at.headers})
        yield Refusal("NUL", 422, f"/{name}", {"json": {**at.body, name: "a\x00b"}, "headers": at.headers})
        long = {**at.body, name: "x" * 10_001}
        yield Refusal("too long", 422, f"/{name}", {"json": long, "headers": at.headers})
    if at.endpoint.body_needed:
        yield Refusal("no body", 415, None, {"headers": at.headers})


def _check(world: World, refusal: Refusal, answer: httpx.Response, before: Any) -> None:
    said = f"{refusal.case}: {answer.status_code} {answer.text}"
    assert answer.status_code == refusal.status, said
    problem = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json", said
    assert problem["status"] == refusal.status, said
    assert problem["type"].startswith("/problems/"), said
    assert len(problem["detail"]) > 10, said
    if refusal.pointer is not None:
        assert refusal.pointer in [error["pointer"] for error in problem["errors"]], said
    assert world.everything() == before, said


@pytest.mark.parametrize("endpoint", ON_ORGANISATION, ids=lambda endpoint: endpoint.name)
def test_a_bad_request_is_refused_and_nothing_is_written(world: World, endpoint: Endpoint) -> None:
    at = prepare(world, endpoint)
    before = world.everything()
    for refusal in (*_header_refusals(at), *_body_refusals(at)):
        answer = world.client.request(endpoint.method, refusal.address or at.address, **refusal.options)
        _check(world, refusal, answer, before)

    good = {"json": at.body} if at.body is not None else {}
    assert world.client.request(endpoint.method, at.address, headers=at.headers, **good).is_success


CONTENT: list[tuple[str, dict[str, Any]]] = [
    ("/title", {"title": 1}),
    ("/title", {"title": {"fr": None}}),
    ("/title/fr", {"title": {"fr": "x" * 201}}),
    ("/title/it", {"title": {"it": "Nome"}}),
    ("/short_description/fr", {"short_description": {"fr": "x" * 301}}),
    ("/profiles", {"profiles": {"company": None}}),
    ("/profiles/copany", {"profiles": {"copany": {}}}),
    ("/profiles/coworking/desks", {"profiles": {"coworking": {"desks": 0}}}),
    ("/profiles/coworking/desks", {"profiles": {"coworking": {"desks": "12"}}}),
    ("/profiles/coworking/opening_hours", {"profiles": {"coworking": {"opening_hours": "always"}}}),
    ("/profiles/fab_lab/capabilities/0", {"profiles": {"fab_lab": {"capabilities": ["teleportation"]}}}),
    ("/enterprise_numbers/0", {"enterprise_numbers": ["0403.227.516"]}),
    ("/enterprise_numbers/0", {"enterprise_numbers": ["0403227500"]}),
    ("/enterprise_numbers/0", {"enterprise_numbers": [403227515]}),
    ("/enterprise_numbers", {"enterprise_numbers": [NUMBERS[0], f"BE{NUMBERS[0]}"]}),
    ("/establishments/0/number", {"establishments": [{"number": NUMBERS[0], "address": {}}]}),
    ("/establishments/0/address/nis_code", {"establishments": [{"address": {"nis_code": "92999"}}]}),
    ("/establishments/0/address/nis_code", {"establishments": [{"address": {"nis_code": "82003"}}]}),
    ("/establishments/0/address/nis_code", {"establishments": [{"address": {"country": "FR", "nis_code": "92094"}}]}),
    (
        "/establishments/0/address/postal_code",
        {"establishments": [{"address": {"nis_code": "92094", "postal_code": "4000"}}]},
    ),
    (
        "/establishments/0/address/point",
        {"establishments": [{"address": {"nis_code": "92094", "point": {"longitude": 5.57, "latitude": 50.63}}}]},
    ),
    (
        "/establishments/0/address/point/latitude",
        {"establishments": [{"address": {"point": {"longitude": 5.57, "latitude": 500.0}}}]},
    ),
    ("/establishments/0/address/country", {"establishments": [{"address": {"country": "XX"}}]}),
    ("/nace/0/code", {"nace": [{"version": "2025", "code": "99999"}]}),
    ("/nace/0/version", {"nace": [{"version": "2030", "code": "62100"}]}),
    ("/nace/0/version", {"nace": [{"code": "62100"}]}),
    ("/size_class", {"size_class": "huge"}),
    ("/axes/0", {"axes": ["5.9.9"]}),
    ("/websites/0", {"websites": ["example.com"]}),
    ("/email", {"email": "nobody"}),
    ("/phone", {"phone": "12"}),
    ("/relations/0/target", {"relations": [{"kind": "partner", "target": "org-aaaaaaaaaaaaaaaa"}]}),
    ("/relations/0", {"relations": [{"kind": "partner"}]}),
    ("/export/markets/0/country", {"export": {"markets": [{"country": "France", "status": "active"}]}}),
    ("/export/share/percent", {"export": {"share": {"percent": 120.0, "year": 2025, "source": "declared"}}}),
    ("/export", {"export": {"exports": "no", "markets": [{"country": "FR", "status": "active"}]}}),
    ("/provenance/0/path", {"provenance": [{"path": "/logo", "origin": "organisation", "on": "2026-01-01"}]}),
    ("/provenance/0/on", {"provenance": [{"path": "/title", "origin": "organisation", "on": "yesterday"}]}),
    ("/restricted/turnover/eur", {"restricted": {"turnover": {"eur": -1.0, "year": 2025}}}),
    ("/private/platform_contact/email", {"private": {"platform_contact": {"name": "A", "email": "nobody"}}}),
    ("/private/headcount/count", {"private": {"headcount": {"count": "about 20", "unit": "fte", "year": 2025}}}),
    ("/private/shoe_size", {"private": {"shoe_size": 42}}),
    ("/official", {"official": {"legal_form": "014"}}),
    ("/slug", {"slug": "Not A Slug"}),
    ("/state", {"state": "published"}),
    ("/labels", {"labels": []}),
]


def test_wrong_content_is_refused_by_field_on_registration_and_on_change(world: World) -> None:
    known = world.publish(company("Maison mère", NUMBERS[3]))
    before = world.everything()
    for pointer, wrong in CONTENT:
        refusal = Refusal(f"POST {pointer} {wrong}", 422, pointer, {})
        answer = world.client.post(BASE, json=COWORKING | {"establishments": []} | wrong, headers=world.owner)
        _check(world, refusal, answer, before)
        answer = known.patch(wrong)
        _check(world, refusal._replace(case=f"PATCH {wrong}"), answer, before)


REGISTRATION = [
    Refusal("anonymous", 401, None, {"headers": {}}),
    Refusal("submit and publish", 400, "query:publish", {"params": {"submit": "true", "publish": "true"}}),
    Refusal("unknown parameter", 400, "query:publsh", {"params": {"publsh": "true"}}),
    Refusal("no flag", 400, "query:submit", {"params": {"submit": "perhaps"}}),
    Refusal("long token", 400, "header:Dwr-Confirmation-Token", {"headers": {"DWR-Confirmation-Token": "x" * 201}}),
    Refusal("long key", 400, "header:Idempotency-Key", {"headers": {"Idempotency-Key": "x" * 256}}),
    Refusal("publish", 403, None, {"params": {"publish": "true"}}),
    Refusal("not JSON", 400, "", {"content": b"{", "json": None, "headers": {"Content-Type": "application/json"}}),
    Refusal("no body", 415, None, {"json": None}),
    Refusal("empty", 422, "/title", {"json": {}}),
    Refusal("a list", 422, "", {"json": []}),
    Refusal("too large", 413, None, {"json": {"title": {"fr": "x" * 1_100_000}}}),
    Refusal("NaN", 400, "", {"content": b'{"a": NaN}', "json": None, "headers": {"Content-Type": "application/json"}}),
]


def test_a_bad_registration_is_refused_and_nothing_is_written(world: World) -> None:
    before = world.everything()
    for refusal in REGISTRATION:
        options = {"json": COMPANY, **refusal.options}
        owner = {} if refusal.case == "anonymous" else world.owner
        options["headers"] = {**owner, **options.get("headers", {})}
        if options["json"] is None:
            del options["json"]
        _check(world, refusal, world.client.post(BASE, **options), before)


READS = [
    ("/?limit=0", 400, "query:limit"),
    ("/?limit=101", 400, "query:limit"),
    ("/?limit=ten", 400, "query:limit"),
    ("/?state=open", 400, "query:state"),
    ("/?mine=perhaps", 400, "query:mine"),
    ("/?after=org-1", 400, "query:after"),
    ("/?after=&after=", 400, "query:after"),
    ("/?stat=draft", 400, "query:stat"),
    ("/nobody", 404, None),
    ("/org-aaaaaaaaaaaaaaaa", 404, None),
    ("/org-aaaaaaaaaaaaaaaa/members", 404, None),
    ("/org-1/members", 400, "path:organisation_id"),
    (f"/{'x' * 81}", 400, "path:reference"),
    ("/a?full=1", 400, "query:full"),
    ("/%00", 404, None),
    ("/a/b/c", 404, None),
]


def test_a_bad_read_is_refused(world: World) -> None:
    before = world.everything()
    for path, status, pointer in READS:
        address = f"{BASE}{path}".replace(f"{BASE}/?", f"{BASE}?")
        answer = world.client.get(address, headers=world.moderator)
        _check(world, Refusal(path, status, pointer, {}), answer, before)
    for method in ("PUT", "DELETE"):
        answer = world.client.request(method, f"{BASE}/a", headers=world.moderator)
        _check(world, Refusal(method, 405, None, {}), answer, before)


def test_members_are_listed_to_owners_and_moderators_only(world: World) -> None:
    known = world.publish(company())
    address = f"{known.address}/members"

    assert world.client.get(address).status_code == 401
    assert world.client.get(address, headers=world.token("stranger")).status_code == 403
    assert world.client.get(address, headers=world.owner).status_code == 200
