"""Writes whose arguments no HTTP request could carry: refused with a type, and never sent on as something else."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.graphql_api.door import Door

pytestmark = pytest.mark.anyio

ID = "org-aaaaaaaaaaaaaaaa"
CHANGE = """mutation ($id: ID!, $key: String) {
  changeOrganisation(id: $id, version: 1, patch: {}, idempotencyKey: $key) {
    __typename ... on Problem { code detail errors { pointer } } } }"""
REGISTER = """mutation ($token: String) { registerOrganisation(content: {}, confirmationToken: $token) {
  __typename ... on Problem { code detail errors { pointer } } } }"""


@pytest.mark.parametrize(
    "identifier", ["", "..", "../../searches", f"{ID}/members/me", f"{ID}?x=1", "😀", "\0", "x" * 70_000]
)
async def test_an_id_that_is_none_leads_to_no_other_address(door: Door, identifier: str) -> None:
    (result,) = (await door.data(CHANGE, {"id": identifier}, as_="member")).values()
    assert (result["__typename"], result["code"]) == ("NotFound", "NOT_FOUND")


@pytest.mark.parametrize("text", ["", "é", "😀", "a b", "a\r\nX-Evil: 1", "k" * 256])
@pytest.mark.parametrize(
    ("document", "variables", "argument"),
    [
        (CHANGE, lambda text: {"id": ID, "key": text}, "idempotencyKey"),
        (REGISTER, lambda text: {"token": text}, "confirmationToken"),
    ],
    ids=["key", "token"],
)
async def test_text_that_no_header_can_carry_is_refused_by_the_argument(
    door: Door, text: str, document: str, variables: Callable[[str], dict[str, Any]], argument: str
) -> None:
    (result,) = (await door.data(document, variables(text), as_="member")).values()
    assert (result["code"], result["errors"]) == ("INVALID_INPUT", [{"pointer": f"argument:{argument}"}])


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 30])
@pytest.mark.parametrize("form", ["{{size_class: {}}}", "{{a: [{{b: {}}}]}}"])
async def test_a_number_that_json_cannot_hold_is_refused_and_not_taken_for_null(
    door: Door, number: str, form: str
) -> None:
    patch = form.format(number)
    answer = await door.ask(
        f'mutation {{ changeOrganisation(id: "{ID}", version: 1, patch: {patch}) {{ __typename }} }}', as_="member"
    )
    _assert_refused(answer.json(), "too large")


async def test_a_day_is_text(door: Door) -> None:
    grant = f'{{label: "x", issuer: "x", criteriaVersion: "1", validFrom: {"9" * 30}}}'
    answer = await door.ask(
        f'mutation {{ grantLabel(id: "{ID}", version: 1, grant: {grant}) {{ __typename }} }}', as_="member"
    )
    _assert_refused(answer.json(), "2026-11-24")


@pytest.mark.parametrize("position", ["x", "1-1\\n", "0-1", "1-٥"])
async def test_a_position_written_into_the_document_is_checked_like_a_variable(door: Door, position: str) -> None:
    answer = await door.ask(f'query @atLeast(position: "{position}") {{ viewer {{ authenticated }} }}')
    _assert_refused(answer.json(), "1-57")


async def test_two_tokens_are_refused_and_none_is_chosen(door: Door) -> None:
    headers = [("Authorization", "Bearer member"), ("Authorization", "Bearer moderator")]
    async with door.client() as client:
        answer = await client.post("/graphql", json={"query": "{ viewer { roles } }"}, headers=headers)
    assert answer.status_code == 400
    assert "Authorization" in answer.json()["errors"][0]["message"]


async def test_below_the_address_there_is_nothing(door: Door) -> None:
    async with door.client() as client:
        answer = await client.post("/graphql/v2", json={"query": "{ viewer { roles } }"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (404, "NOT_FOUND")


def _assert_refused(body: dict[str, Any], remedy: str) -> None:
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", body
    assert remedy in error["message"]
    assert body.get("data") is None
