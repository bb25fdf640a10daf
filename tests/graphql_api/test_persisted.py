"""Operations that are sent by an id instead of their text."""

from hashlib import sha256

import pytest

from graphql_api.examples import Example, examples
from graphql_api.export import GUIDE, guide
from graphql_api.persisted import ADDRESS
from tests.graphql_api.documents import organisation
from tests.graphql_api.door import Door

pytestmark = pytest.mark.anyio

PAGE = next(example for example in examples() if example.name == "OrganisationPage")
RESPONSE = {"Accept": "application/graphql-response+json"}


def _digest(example: Example) -> str:
    return "sha256:" + sha256(example.document.encode()).hexdigest()


@pytest.mark.parametrize("identifier", [_digest(PAGE), PAGE.name])
async def test_a_persisted_operation_is_sent_by_its_digest_or_its_name_over_post_and_get(
    door: Door, identifier: str
) -> None:
    slug = organisation(3).document["slug"]
    expected = await door.data(PAGE.document, {"slug": slug})
    async with door.client() as client:
        posted = await client.post("/graphql", json={"documentId": identifier, "variables": {"slug": slug}})
        got = await client.get("/graphql", params={"documentId": identifier, "variables": f'{{"slug": "{slug}"}}'})
    assert posted.json()["data"] == got.json()["data"] == expected


@pytest.mark.parametrize("identifier", ["sha256:" + "0" * 64, "organisationpage", "", "../schema"])
async def test_an_unknown_id_is_a_typed_error(door: Door, identifier: str) -> None:
    async with door.client() as client:
        for answer in (
            await client.post("/graphql", json={"documentId": identifier}),
            await client.get("/graphql", params={"documentId": identifier}),
        ):
            assert answer.status_code == 400
            (error,) = answer.json()["errors"]
            assert error["extensions"]["code"] == "UNKNOWN_DOCUMENT"
            assert ADDRESS in error["message"]


@pytest.mark.parametrize("body", [{"documentId": 5}, {"documentId": PAGE.name, "query": "{ viewer { roles } }"}, {}])
async def test_an_id_is_text_and_stands_alone(door: Door, body: dict[str, object]) -> None:
    async with door.client() as client:
        answer = await client.post("/graphql", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "INVALID_REQUEST"


async def test_mutations_are_persisted_too_and_are_not_sent_by_get(door: Door) -> None:
    async with door.client() as client:
        answer = await client.get("/graphql", params={"documentId": "PublishProfile"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_they_are_listed_with_their_ids_and_texts(door: Door) -> None:
    async with door.client() as client:
        listed = (await client.get(ADDRESS)).json()["operations"]
        refused = await client.post(ADDRESS)
    assert {one["documentId"]: one["document"] for one in listed} == {_digest(one): one.document for one in examples()}
    assert [one["name"] for one in listed] == [one.name for one in examples()]
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


def test_the_table_in_the_guide_is_the_present_one() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert text == guide(text), "run: python -m graphql_api.export, and commit the file"
    assert all(_digest(example) in text for example in examples())


async def test_head_is_answered_like_get(door: Door) -> None:
    parameters = {"documentId": "Status"}
    async with door.client() as client:
        whole = await client.get("/graphql", params=parameters, headers=RESPONSE)
        head = await client.head("/graphql", params=parameters, headers=RESPONSE)
    assert head.status_code == whole.status_code == 200
    assert head.headers["content-type"] == whole.headers["content-type"]
