"""Addresses, methods, parameters, defects: what is answered to requests that no endpoint takes."""

import httpx
import pytest

from services.access.local_issuer import issue
from services.settings import Settings
from services.telemetry.metrics import REGISTRY
from tests.http.conftest import Log
from tests.http.sample import PRIVATE
from tests.http.test_bodies import PLACES, refused
from tests.support.waiting import eventually


class TestHeaders:
    @pytest.mark.parametrize("name", ["If-Match", "Idempotency-Key", "Authorization", "Content-Type"])
    def test_one_that_is_sent_twice_is_refused_and_none_of_the_two_chosen(
        self, client: httpx.Client, name: str
    ) -> None:
        document = refused(client.get(PLACES, headers=[(name, '"1"'), (name, '"2"')]), 400, "invalid-input")
        assert name in document["detail"]


class TestParameters:
    def test_an_unknown_one_is_refused_with_the_one_that_was_meant(self, client: httpx.Client) -> None:
        document = refused(client.get(PLACES, params={"limt": 5}), 400, "invalid-input")
        assert document["errors"] == [
            {
                "pointer": "query:limt",
                "code": "unknown_parameter",
                "detail": "There is no parameter of this name; did you mean limit?",
            }
        ]

    def test_where_nothing_is_like_it_all_are_listed(self, client: httpx.Client) -> None:
        document = refused(client.get(PLACES, params={"colour": 5}), 400, "invalid-input")
        assert document["detail"].endswith("there are: limit, kind.")
        document = refused(client.get(f"{PLACES}/known", params={"colour": 5}), 400, "invalid-input")
        assert document["detail"].endswith("there are: none.")

    def test_one_that_is_given_twice_is_refused(self, client: httpx.Client) -> None:
        document = refused(client.get(f"{PLACES}?limit=5&limit=6"), 400, "invalid-input")
        assert document["errors"][0]["code"] == "repeated"

    def test_a_list_may_be_given_several_times(self, client: httpx.Client) -> None:
        answer = client.get(f"{PLACES}?kind=coworking&kind=fab_lab")
        assert answer.json() == {"limit": 10, "kind": ["coworking", "fab_lab"]}

    def test_those_of_a_model_are_known_too(self, client: httpx.Client) -> None:
        assert client.get(f"{PLACES}/pages/all?after=x&word=a&word=b").json() == {"after": "x", "word": ["a", "b"]}
        refused(client.get(f"{PLACES}/pages/all?before=x"), 400, "invalid-input")

    def test_a_route_outside_of_any_router_is_held_to_it_too(self, client: httpx.Client) -> None:
        assert client.get("/sample/direct?number=7").json() == 7
        refused(client.get("/sample/direct?number=7&nmber=8"), 400, "invalid-input")

    @pytest.mark.parametrize(
        ("sent", "code", "words"),
        [
            ("many", "wrong_type", "whole number"),
            ("0", "too_small", "1 or more"),
            ("1000", "too_large", "100 or less"),
            ("", "wrong_type", "whole number"),
        ],
    )
    def test_a_wrong_value_is_an_error_and_never_clamped(
        self, client: httpx.Client, sent: str, code: str, words: str
    ) -> None:
        document = refused(client.get(PLACES, params={"limit": sent}), 400, "invalid-input")
        error = document["errors"][0]
        assert (error["pointer"], error["code"]) == ("query:limit", code)
        assert words in error["detail"]
        assert document["detail"] == f"query:limit: {error['detail']}"

    def test_a_wrong_header_is_named_as_people_write_it(self, client: httpx.Client) -> None:
        headers = {"Content-Type": "application/json"}
        document = refused(client.patch(f"{PLACES}/x", content="{}", headers=headers), 400, "invalid-input")
        assert document["errors"][0]["pointer"] == "header:If-Match"
        document = refused(
            client.patch(f"{PLACES}/x", content="{}", headers={**headers, "If-Match": '"too long"'}),
            400,
            "invalid-input",
        )
        assert document["errors"][0]["code"] == "too_long"


class TestAddresses:
    def test_an_unknown_one(self, client: httpx.Client) -> None:
        refused(client.get("/sample/v1/nowhere"), 404, "not-found")

    def test_a_slash_too_many_is_not_redirected(self, client: httpx.Client) -> None:
        refused(client.get(f"{PLACES}/"), 404, "not-found")

    def test_a_method_that_the_address_does_not_take(self, client: httpx.Client) -> None:
        answer = client.put(f"{PLACES}/known")
        assert refused(answer, 405, "method-not-allowed")["detail"] == "This address takes GET, HEAD, PATCH."
        assert answer.headers["allow"] == "GET, HEAD, PATCH"

    @pytest.mark.parametrize("path", [PLACES, f"{PLACES}/known", "/sample/docs", "/sample/openapi.json"])
    def test_head_is_answered_like_get_without_the_body(self, client: httpx.Client, path: str) -> None:
        whole, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert _steady(head) == _steady(whole)

    def test_head_is_refused_where_get_is(self, client: httpx.Client) -> None:
        for path, status in ((f"{PLACES}/unknown", 404), (f"{PLACES}?limit=0", 400), (f"{PLACES}/search/both", 405)):
            head = client.head(path)
            assert (head.status_code, head.content) == (status, b"")
            assert head.headers["content-type"] == "application/problem+json"

    def test_a_problem_of_the_service_has_its_own_members(self, client: httpx.Client) -> None:
        document = refused(client.get(f"{PLACES}/unknown"), 404, "not-found")
        assert (document["detail"], document["place"]) == ("There is no such place.", "unknown")

    def test_a_caller_is_known_by_its_token(self, client: httpx.Client, settings: Settings, log: Log) -> None:
        token = issue(settings, "marie")
        answer = client.get(f"{PLACES}/known", headers={"Authorization": f"Bearer {token}"})
        assert answer.json()["for"].startswith("caller-")
        line = eventually(lambda: log.events("request_answered"))[0]
        assert line["caller"] == answer.json()["for"]
        assert token not in log.text
        assert "marie" not in log.text

    def test_two_tokens_are_no_token(self, client: httpx.Client) -> None:
        headers = [("Authorization", "Bearer a"), ("Authorization", "Bearer b")]
        refused(client.get(f"{PLACES}/known", headers=headers), 400, "invalid-input")


def _steady(answer: httpx.Response) -> dict[str, str]:
    """The headers that do not differ from request to request."""
    return {name: value for name, value in answer.headers.items() if name not in {"date", "x-request-id"}}


class TestDefects:
    @pytest.mark.parametrize("how", ["value", "validation", "group"])
    def test_the_answer_tells_nothing_and_the_log_has_the_cause(self, client: httpx.Client, log: Log, how: str) -> None:
        answer = client.get(f"{PLACES}/broken/{how}")
        document = refused(answer, 500, "internal-error")
        assert set(document) == {"type", "title", "status", "detail", "request_id"}
        failure = log.events("request_failed")[0]
        assert failure["request_id"] == document["request_id"]
        assert "sample.py" in failure["exception"]
        assert "Error" in failure["exception"]
        assert "475 12 34 56" not in log.text
        assert PRIVATE not in answer.text

    def test_half_an_answer_is_broken_off(self, client: httpx.Client, log: Log) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(f"{PLACES}/stream/broken")
        assert log.events("request_failed")
        assert PRIVATE not in log.text


class TestObservation:
    @pytest.mark.parametrize("sent", ["0123abcd", "a.b_c-d-e-f", "x" * 64])
    def test_the_callers_request_id_is_kept(self, client: httpx.Client, log: Log, sent: str) -> None:
        answer = client.get(PLACES, headers={"X-Request-Id": sent})
        assert answer.headers["x-request-id"] == sent
        assert eventually(lambda: log.events("request_answered"))[0]["request_id"] == sent

    @pytest.mark.parametrize("sent", ["", "short", "x" * 65, "spaces in it", "é-0123456", '"0123456"'])
    def test_another_one_is_replaced(self, client: httpx.Client, sent: str) -> None:
        answer = client.get(PLACES, headers=[(b"X-Request-Id", sent.encode())])
        assert answer.headers["x-request-id"] != sent
        assert len(answer.headers["x-request-id"]) == 32

    def test_a_request_without_one_is_named_after_the_trace_that_it_is_part_of(self, client: httpx.Client) -> None:
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
        assert client.get(PLACES, headers=headers).headers["x-request-id"] == trace
        assert client.get(PLACES, headers=headers | {"X-Request-Id": "0123abcd"}).headers["x-request-id"] == "0123abcd"

    @pytest.mark.parametrize("trace", ["0" * 32, "4BF92F3577B34DA6A3CE929D0E0E4736", "4bf92f35"])
    def test_what_is_no_trace_names_nothing(self, client: httpx.Client, trace: str) -> None:
        answer = client.get(PLACES, headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        assert answer.headers["x-request-id"] != trace

    def test_every_answer_has_another_one(self, client: httpx.Client) -> None:
        assert len({client.get(PLACES).headers["x-request-id"] for _ in range(5)}) == 5

    def test_lines_of_an_endpoint_carry_the_request_id(self, client: httpx.Client, log: Log) -> None:
        client.get("/sample/direct?number=7", headers={"X-Request-Id": "0123abcd"})
        assert log.events("direct_asked")[0]["request_id"] == "0123abcd"

    def test_the_line_of_a_request_has_template_and_status_and_no_address(self, client: httpx.Client, log: Log) -> None:
        client.get(f"{PLACES}/0403227515")
        line = eventually(lambda: log.events("request_answered"))[0]
        assert (line["service"], line["method"], line["status"]) == ("sample", "GET", 404)
        assert line["route"] == f"{PLACES}/{{place_id}}"
        assert line["milliseconds"] >= 0
        assert "0403227515" not in log.text

    def test_the_line_has_the_position_that_the_answer_was_given_from(self, client: httpx.Client, log: Log) -> None:
        client.get(f"{PLACES}/stream/whole")
        assert eventually(lambda: log.events("request_answered"))[0]["position"] == "1-57"

    def test_the_line_of_head_has_its_own_method_and_the_template_of_get(self, client: httpx.Client, log: Log) -> None:
        client.head(f"{PLACES}/known")
        line = eventually(lambda: log.events("request_answered"))[0]
        assert (line["method"], line["route"]) == ("HEAD", f"{PLACES}/{{place_id}}")

    def test_requests_are_counted_by_template(self, client: httpx.Client) -> None:
        labels = {"service": "sample", "method": "GET", "route": f"{PLACES}/{{place_id}}", "status": "404"}

        def counted() -> float:
            return REGISTRY.get_sample_value("dwr_http_requests_total", labels) or 0.0

        before = counted()
        for name in "abc":
            client.get(f"{PLACES}/{name}")
        eventually(lambda: counted() == before + 3)

    def test_what_callers_invent_makes_no_new_series(self, client: httpx.Client) -> None:
        client.request("PROPFIND", "/sample/v1/invented")
        labels = {"service": "sample", "method": "other", "route": "unmatched", "status": "404"}
        eventually(lambda: REGISTRY.get_sample_value("dwr_http_requests_total", labels))


class TestDocumentation:
    def test_problems_are_documented_with_their_media_type(self, client: httpx.Client) -> None:
        document = client.get("/sample/openapi.json").json()
        responses = document["paths"][f"{PLACES}/{{place_id}}"]["get"]["responses"]
        assert set(responses) == {"200", "404", "default"}
        content = responses["404"]["content"]["application/problem+json"]
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
        assert content["examples"]["not-found"]["value"]["type"] == "/problems/not-found"
        assert "Problem" in document["components"]["schemas"]
        assert "HTTPValidationError" not in document["components"]["schemas"]

    def test_endpoints_that_know_callers_name_the_scheme(self, client: httpx.Client) -> None:
        document = client.get("/sample/openapi.json").json()
        assert document["paths"][f"{PLACES}/{{place_id}}"]["get"]["security"] == [{"AccessToken": []}]
        assert document["components"]["securitySchemes"]["AccessToken"]["scheme"] == "bearer"

    def test_a_merge_patch_is_documented(self, client: httpx.Client) -> None:
        document = client.get("/sample/openapi.json").json()
        content = document["paths"][f"{PLACES}/{{place_id}}"]["patch"]["requestBody"]["content"]
        assert set(content) == {"application/merge-patch+json", "application/json"}

    def test_head_is_no_operation_of_its_own(self, client: httpx.Client) -> None:
        paths = client.get("/sample/openapi.json").json()["paths"]
        assert not any("head" in operations for operations in paths.values())

    def test_the_pages_are_below_the_services_name(self, client: httpx.Client) -> None:
        assert client.get("/sample/docs").status_code == 200
