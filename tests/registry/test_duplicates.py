"""Likely duplicates: who is found, who is not, and how to go on."""

from typing import Any

import httpx
import pytest

from services.registry.confirmation import VALID_MS
from tests.registry.bodies import at_namur, company, draft
from tests.registry.world import BASE, World

LIEGE = {"postal_code": "4000", "nis_code": "62063"}


def _place(**address: Any) -> list[dict[str, Any]]:
    return [{"address": address}]


def _register(world: World, body: dict[str, Any], **headers: str | bytes) -> httpx.Response:
    return world.client.post(BASE, json=body, headers={**world.token("newcomer"), **headers})


LOOK_ALIKE = [
    ("Café Numérique", {"nis_code": "92094"}, True),
    ("CAFE NUMERIQUE", {"nis_code": "92094"}, True),
    ("Café Numérique SRL", {"nis_code": "92094"}, True),
    ("Café Numérique Namur", {"nis_code": "92094"}, True),
    ("Cafe Nummérique", {"nis_code": "92094"}, True),
    ("Kafé Numérique", {"nis_code": "92094"}, True),
    ("Café Numérique", {}, True),
    ("Café Numérique", {"nis_code": "62063"}, False),
    ("Café des Sports", {"nis_code": "92094"}, False),
    ("Numérique", {"nis_code": "92094"}, False),
]


@pytest.mark.parametrize(("title", "address", "found"), LOOK_ALIKE)
def test_similar_names_in_one_commune_look_alike(
    world: World, title: str, address: dict[str, str], *, found: bool
) -> None:
    known = world.publish(company("Café Numérique", establishments=_place(**at_namur())))

    answer = _register(world, draft(title, establishments=_place(**address)))

    assert answer.status_code == (409 if found else 201), answer.text
    if found:
        (candidate,) = answer.json()["candidates"]
        assert (candidate["id"], candidate["slug"]) == (known.id, "cafe-numerique")
        assert candidate["why"] == ["similar name in the same commune"]
        assert candidate["score"] >= 0.85


def test_an_organisation_of_which_no_commune_is_known_is_found_from_every_commune(world: World) -> None:
    world.publish(company("Café Numérique", establishments=[]))

    assert _register(world, draft("Café Numérique", establishments=_place(**LIEGE))).status_code == 409


def test_the_same_website_or_telephone_is_a_reason(world: World) -> None:
    known = world.publish(company("Un", websites=["https://www.un.example/accueil"], phone="081778080"))

    answer = _register(world, draft("Tout autre chose", websites=["http://un.example"], phone="+32 81 77 80 80"))

    (candidate,) = answer.json()["candidates"]
    assert candidate["id"] == known.id
    assert candidate["why"] == ["same telephone number", "same website"]
    assert candidate["score"] == 1.0


def test_a_shared_platform_is_no_reason(world: World) -> None:
    world.publish(company("Un", websites=["https://www.facebook.com/un"]))

    assert _register(world, draft("Deux", websites=["https://facebook.com/deux"])).status_code == 201


def test_drafts_of_others_are_not_told(world: World) -> None:
    world.register(company("Café Numérique"))

    body = draft("Café Numérique", establishments=_place(**at_namur()))

    assert _register(world, body).status_code == 201
    assert _register(world, body, **world.moderator).status_code == 409


def test_an_archived_organisation_is_nobodys_duplicate(world: World) -> None:
    world.publish(company("Café Numérique")).do("archive")

    assert _register(world, draft("Café Numérique")).status_code == 201


class TestConfirmation:
    def test_the_same_body_with_the_token_goes_on(self, world: World) -> None:
        world.publish(company("Café Numérique"))
        token = _register(world, draft("Café Numérique")).json()["confirmation_token"]

        answer = _register(world, draft("Café Numérique"), **{"DWR-Confirmation-Token": token})

        assert answer.status_code == 201
        assert answer.json()["organisation"]["slug"] == "cafe-numerique-2"

    def test_another_body_is_refused(self, world: World) -> None:
        world.publish(company("Café Numérique"))
        token = _register(world, draft("Café Numérique")).json()["confirmation_token"]
        before = world.everything()

        for other in (
            draft("Café Numériques"),
            draft("Café Numérique", slug="x"),
            draft("Café Numérique", logo="https://a.be/b"),
        ):
            answer = _register(world, other, **{"DWR-Confirmation-Token": token})
            assert answer.status_code == 409
            assert "not for this body" in answer.json()["detail"]
        assert world.everything() == before

    @pytest.mark.parametrize("token", ["", "x", "9999999999999.0000", "\xb2\xb3.00", "-1.ab", f"1.{'0' * 64}"])
    def test_a_made_up_token_is_refused(self, world: World, token: str) -> None:
        world.publish(company("Café Numérique"))
        sent = {"DWR-Confirmation-Token": token.encode("latin-1")}

        assert _register(world, draft("Café Numérique"), **sent).status_code == 409

    def test_a_token_expires(self, world: World) -> None:
        world.publish(company("Café Numérique"))
        token = _register(world, draft("Café Numérique")).json()["confirmation_token"]
        world.clock.go_on(milliseconds=VALID_MS + 1)

        assert _register(world, draft("Café Numérique"), **{"DWR-Confirmation-Token": token}).status_code == 409

    def test_a_candidate_that_came_since_is_shown_first(self, world: World) -> None:
        world.publish(company("Café Numérique"))
        body = draft("Café Numérique", websites=["https://cafe.example"])
        token = _register(world, body).json()["confirmation_token"]
        world.publish(company("Le Café", "0202239951", websites=["https://cafe.example"]))

        answer = _register(world, body, **{"DWR-Confirmation-Token": token})

        assert answer.status_code == 409
        assert len(answer.json()["candidates"]) == 2

    def test_a_token_where_nothing_looks_alike_is_not_needed(self, world: World) -> None:
        assert _register(world, draft(), **{"DWR-Confirmation-Token": "x"}).status_code == 201
