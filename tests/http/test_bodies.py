"""Bodies that cannot be read, and bodies whose fields are wrong: each is refused with the place and the remedy."""

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.http.conftest import Log
from tests.support.waiting import eventually

JSON = {"Content-Type": "application/json"}
PLACES = "/sample/v1/places"


def post(client: httpx.Client, content: bytes | str, headers: dict[str, str] = JSON) -> httpx.Response:
    return client.post(PLACES, content=content, headers=headers)


def refused(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    """The problem document, after what holds for each."""
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert (answer.status_code, document["status"], document["type"]) == (status, status, f"/problems/{kind}")
    assert document["request_id"] == answer.headers["x-request-id"]
    return document


def begun(url: str, header: str, body: bytes = b"") -> socket.socket:
    """A connection on which a request is sent, as far as `body` goes."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port), timeout=10)
    lines = (f"POST {PLACES} HTTP/1.1", "Host: sample", "Content-Type: application/json", header, "", "")
    connection.sendall("\r\n".join(lines).encode() + body)
    return connection


class TestBodiesThatNobodyAskedFor:
    @pytest.mark.parametrize("content", [b"{}", b'{"why": "moved"}', b"null", b" ", b"{", b"\xff"])
    @pytest.mark.parametrize("headers", [JSON, {"Content-Type": "text/plain"}, {}])
    def test_it_is_refused_and_not_ignored(self, client: httpx.Client, content: bytes, headers: dict[str, str]) -> None:
        document = refused(client.post(f"{PLACES}/known/close", content=content, headers=headers), 400, "invalid-input")
        assert document["errors"][0]["code"] == "unexpected_body"
        assert "without" in document["detail"]

    def test_in_chunks_it_is_refused_too(self, client: httpx.Client) -> None:
        refused(client.post(f"{PLACES}/known/close", content=iter([b"{", b"}"])), 400, "invalid-input")

    def test_of_a_read_it_is_refused_too(self, client: httpx.Client) -> None:
        refused(client.request("GET", f"{PLACES}/known", content=b'{"limit": 5}'), 400, "invalid-input")

    @pytest.mark.parametrize("content", [None, b"", iter([b""])], ids=["none", "empty", "empty in chunks"])
    @pytest.mark.parametrize("headers", [JSON, {}])
    def test_an_empty_one_is_no_body(
        self, client: httpx.Client, content: bytes | None, headers: dict[str, str]
    ) -> None:
        answer = client.post(f"{PLACES}/known/close", content=content, headers=headers)
        assert answer.json() == {"closed": "known"}


class TestUnreadableBodies:
    @pytest.mark.parametrize(
        ("body", "code", "words"),
        [
            (b"", "empty", "send JSON"),
            (b"  \n", "empty", "send JSON"),
            (b'{"title": ', "malformed", "line 1, column 11"),
            (b"{'title': 1}", "malformed", "double quotes"),
            (b'{"title": "a"} x', "malformed", "extra data"),
            (b'{"title": "\xe9"}', "encoding", "not UTF-8 at byte 11"),
            (b'{"title": "\\ud83d"}', "encoding", "surrogate pair"),
            (b'{"\\udc00": 1}', "encoding", "surrogate pair"),
            (b'{"rating": NaN}', "malformed", "NaN is not JSON"),
            (b'{"rating": -Infinity}', "malformed", "-Infinity is not JSON"),
            (b'{"rating": 1e999}', "number_too_large", "too large"),
            (b'{"rating": ' + b"9" * 4_900 + b"}", "number_too_large", "too large"),
            (b'{"rating": 9223372036854775808}', "number_too_large", "too large"),
            (b'{"title": "a", "title": "b"}', "duplicate_member", "'title' stands twice"),
            (b'{"title": "a", "profiles": {"x": 1, "y": 2, "x": 3}}', "duplicate_member", "'x' stands twice"),
            (b"[" * 4_900, "too_deep", "100 levels"),
            (b"[" * 101 + b"]" * 101, "too_deep", "100 levels"),
            (b'{"a":' * 101 + b"1" + b"}" * 101, "too_deep", "100 levels"),
        ],
    )
    def test_the_fault_is_named(self, client: httpx.Client, body: bytes, code: str, words: str) -> None:
        document = refused(post(client, body), 400, "invalid-input")
        assert document["errors"][0]["code"] == code
        assert words in document["errors"][0]["detail"]

    def test_a_mark_of_byte_order_is_passed_over(self, client: httpx.Client) -> None:
        assert post(client, b'\xef\xbb\xbf{"title": "Atelier"}').status_code == 201

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Content-Type": "text/plain"},
            {"Content-Type": "application/x-www-form-urlencoded"},
            {"Content-Type": "application/merge-patch+json"},
            {"Content-Type": "application/json; charset=latin-1"},
            {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        ],
    )
    def test_another_media_type_is_refused(self, client: httpx.Client, headers: dict[str, str]) -> None:
        document = refused(post(client, '{"title": "Atelier"}', headers), 415, "unsupported-media-type")
        assert "application/json" in document["detail"]

    @pytest.mark.parametrize("sent", ['application/json; charset="UTF-8"', "Application/JSON"])
    def test_the_media_type_may_be_written_in_any_usual_way(self, client: httpx.Client, sent: str) -> None:
        assert post(client, '{"title": "Atelier"}', {"Content-Type": sent}).status_code == 201


class TestTooLargeBodies:
    def test_a_told_length_over_the_limit_is_refused_before_the_body_comes(self, url: str) -> None:
        with begun(url, "Content-Length: 5001") as connection:
            answer = connection.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"5000 bytes at most" in answer

    @pytest.mark.parametrize("sizes", [(2_000, 2_000, 2_000), (5_001,)], ids=["in the last", "in the first"])
    def test_a_body_in_chunks_is_refused_where_it_passes_the_limit(
        self, client: httpx.Client, sizes: tuple[int, ...]
    ) -> None:
        answer = client.post(PLACES, content=iter([b" " * size for size in sizes]), headers=JSON)
        refused(answer, 413, "body-too-large")

    def test_a_body_without_end_is_refused_before_it_ends(self, url: str) -> None:
        with begun(url, "Transfer-Encoding: chunked", b"1400\r\n" + b" " * 0x1400 + b"\r\n") as connection:
            assert connection.recv(65_536).startswith(b"HTTP/1.1 413 ")

    def test_a_merge_patch_in_chunks_is_held_to_the_limit_too(self, client: httpx.Client) -> None:
        headers = {"Content-Type": "application/merge-patch+json", "If-Match": '"1"'}
        answer = client.patch(f"{PLACES}/x", content=iter([b"{}", b" " * 5_000]), headers=headers)
        refused(answer, 413, "body-too-large")

    def test_a_body_of_the_limit_is_read(self, client: httpx.Client) -> None:
        assert post(client, json.dumps({"title": "Atelier"}).ljust(5_000)).status_code == 201


class TestInterruptedBodies:
    def test_a_client_that_goes_away_leaves_no_defect_in_the_log(self, url: str, log: Log) -> None:
        with begun(url, "Content-Length: 50", b'{"title": '):
            pass
        assert eventually(lambda: log.events("request_answered"))[0]["status"] == 0
        assert not log.events("request_failed")


class TestWrongFields:
    @pytest.mark.parametrize(
        ("body", "pointer", "code", "words"),
        [
            ({}, "/title", "missing", "required"),
            ({"title": 7}, "/title", "wrong_type", "text in double quotes"),
            ({"title": ""}, "/title", "too_short", "some text"),
            ({"title": "Atelier numérique"}, "/title", "too_long", "to 10 characters; it has 17"),
            ({"title": "Atelier 3"}, "/title", "invalid", "Write the number in words."),
            ({"titel": "Atelier"}, "/titel", "unknown_field", "did you mean title?"),
            ({"title": "A", "colour": 1}, "/colour", "unknown_field", "take it out"),
            ({"title": "A", "kinds": ["coworkin"]}, "/kinds/0", "unknown_code", "'coworking' or 'fab_lab'"),
            ({"title": "A", "kinds": []}, "/kinds", "too_few", "one entry at least"),
            ({"title": "A", "kinds": ["fab_lab"] * 3}, "/kinds", "too_many", "2 entries at most; there are 3"),
            ({"title": "A", "kinds": "fab_lab"}, "/kinds", "wrong_type", "Write a list"),
            ({"title": "A", "profiles": []}, "/profiles", "wrong_type", "Write an object"),
            ({"title": "A", "profiles": {"a/b": {"desks": 0}}}, "/profiles/a~1b/desks", "too_small", "1 or more"),
            ({"title": "A", "profiles": {"x": {"desks": "4"}}}, "/profiles/x/desks", "wrong_type", "without quotes"),
            ({"title": "A", "profiles": {"x": {"desks": 1.5}}}, "/profiles/x/desks", "wrong_type", "whole number"),
            ({"title": "A", "profiles": {"x": {"desks": True}}}, "/profiles/x/desks", "wrong_type", "whole number"),
            (
                {"title": "A", "profiles": {"x": {"desks": 1, "openinghours": ""}}},
                "/profiles/x/openinghours",
                "unknown_field",
                "did you mean opening_hours?",
            ),
            ({"title": "A", "open": "perhaps"}, "/open", "wrong_type", "true or false"),
            ({"title": "A", "rating": "good"}, "/rating", "wrong_type", "Write a number"),
            ({"title": "A", "pet": {"kind": "cow"}}, "/pet", "unknown_code", "'cat', 'dog'"),
            ({"title": "A", "pet": {"lives": 9}}, "/pet", "missing", "Give the field 'kind'"),
            ({"title": "A", "pet": {"kind": "cat", "lives": -1}}, "/pet/lives", "too_small", "0 or more"),
            ({"title": "A", "pet": {"kind": "cat"}}, "/pet/lives", "missing", "required"),
            ({"title": "A", "size": {"desks": 0}}, "/size/desks", "too_small", "1 or more"),
            ([], "", "wrong_type", "Write an object"),
            (None, "", "wrong_type", "object"),
        ],
    )
    def test_each_is_named_with_its_remedy(
        self, client: httpx.Client, body: object, pointer: str, code: str, words: str
    ) -> None:
        document = refused(post(client, json.dumps(body)), 422, "invalid-content")
        found = [error for error in document["errors"] if error["pointer"] == pointer and error["code"] == code]
        assert found, document["errors"]
        assert words in found[0]["detail"]

    def test_all_are_told_at_once(self, client: httpx.Client) -> None:
        document = refused(post(client, '{"title": 1, "open": 2, "x": 3}'), 422, "invalid-content")
        assert [error["pointer"] for error in document["errors"]] == ["/title", "/open", "/x"]
        assert document["detail"].startswith("3 fields are wrong. The first one, /title: Write text")

    def test_a_hundred_are_enough(self, client: httpx.Client) -> None:
        document = refused(post(client, json.dumps({f"x{number}": 1 for number in range(300)})), 422, "invalid-content")
        assert len(document["errors"]) == 100
        assert "301 fields are wrong; the first 100 are listed" in document["detail"]

    def test_a_name_is_pointed_at_as_it_was_written(self, client: httpx.Client) -> None:
        for name in ("max_size", "maxSize"):
            answer = client.post(f"{PLACES}/search/both", json={name: "7"})
            assert [error["pointer"] for error in refused(answer, 422, "invalid-content")["errors"]] == [f"/{name}"]

    def test_fields_and_parameters_are_told_together(self, client: httpx.Client) -> None:
        answer = client.post(f"{PLACES}/search/both?limit=x", json={"max_siz": 7})
        errors = refused(answer, 422, "invalid-content")["errors"]
        assert {error["pointer"] for error in errors} == {"/max_siz", "query:limit"}
        assert any("did you mean max_size?" in error["detail"] for error in errors)


class TestMergePatches:
    @pytest.mark.parametrize("media_type", ["application/merge-patch+json", "application/json"])
    def test_one_is_read_as_it_stands(self, client: httpx.Client, media_type: str) -> None:
        headers = {"Content-Type": media_type, "If-Match": '"1"', "X-Request-Id": "0123456789"}
        answer = client.patch(f"{PLACES}/x", content='{"title": null}', headers=headers)
        expected = {"id": "x", "patch": {"title": None}, "if_match": '"1"', "request_id": "0123456789"}
        assert answer.json() == expected

    @pytest.mark.parametrize("body", ["[]", "null", '"text"', "7"])
    def test_one_is_an_object(self, client: httpx.Client, body: str) -> None:
        headers = {"Content-Type": "application/merge-patch+json", "If-Match": '"1"'}
        document = refused(client.patch(f"{PLACES}/x", content=body, headers=headers), 422, "invalid-content")
        assert document["errors"][0] == {
            "pointer": "",
            "code": "wrong_type",
            "detail": "Write an object with the fields to change; null removes a field.",
        }

    def test_one_that_says_a_thing_twice_is_refused(self, client: httpx.Client) -> None:
        headers = {"Content-Type": "application/merge-patch+json", "If-Match": '"1"'}
        answer = client.patch(f"{PLACES}/x", content='{"a": 1, "a": 2}', headers=headers)
        refused(answer, 400, "invalid-input")

    def test_one_of_another_type_is_refused(self, client: httpx.Client) -> None:
        answer = client.patch(f"{PLACES}/x", content="{}", headers={"Content-Type": "text/xml", "If-Match": '"1"'})
        assert (
            "application/merge-patch+json or application/json"
            in refused(answer, 415, "unsupported-media-type")["detail"]
        )
