"""Registering organisations over HTTP."""

import re

from services.events.contracts.vocabulary import Actor, Origin, Visibility
from tests.registry.bodies import company, draft
from tests.registry.world import BASE, World


class TestRegister:
    def test_an_organisation_begins_as_a_draft_of_its_caller(self, world: World) -> None:
        answer = world.client.post(BASE, json=draft("Le Cluster"), headers=world.owner)

        assert answer.status_code == 201
        body = answer.json()
        organisation = body["organisation"]
        assert re.fullmatch(r"org-[a-z2-7]{16}", organisation["id"])
        assert (organisation["state"], organisation["slug"], body["version"]) == ("draft", "le-cluster", 1)
        assert (body["generation"], body["position"]) == (1, 1)
        assert answer.headers["DWR-Position"] == "1-1"
        assert answer.headers["ETag"] == '"1"'
        assert answer.headers["Location"] == f"{BASE}/{organisation['id']}"
        mine = world.client.get(BASE, params={"mine": "true"}, headers=world.owner).json()["organisations"]
        assert [found["id"] for found in mine] == [organisation["id"]]

    def test_a_draft_is_an_entry_that_tells_nothing_of_it(self, world: World) -> None:
        world.register(company())

        (entry,) = world.entries()
        assert entry.event == "organisation-registered"
        assert (entry.visibility, entry.document, entry.restricted) == (Visibility.HIDDEN, None, None)
        assert (entry.actor, entry.origin, entry.version) == (Actor.ORGANISATION, Origin.ORGANISATION, 1)

    def test_the_request_id_is_the_entrys_correlation_id(self, world: World) -> None:
        answer = world.client.post(BASE, json=draft(), headers={**world.owner, "X-Request-Id": "request-of-mine"})

        assert answer.headers["X-Request-Id"] == "request-of-mine"
        assert world.entries()[0].correlation_id == "request-of-mine"

    def test_a_moderator_publishes_at_once(self, world: World) -> None:
        body = world.register(company(), world.moderator, publish="true")

        assert body["organisation"]["state"] == "published"
        (entry,) = world.entries()
        assert entry.visibility is Visibility.ENTERED
        assert entry.actor is Actor.MODERATOR

    def test_an_organisation_does_not_publish_itself(self, world: World) -> None:
        answer = world.client.post(BASE, json=company(), headers=world.owner, params={"publish": "true"})

        assert answer.status_code == 403
        assert world.entries() == []

    def test_an_incomplete_profile_is_told_all_that_it_lacks_at_once(self, world: World) -> None:
        answer = world.client.post(BASE, json=draft(), headers=world.owner, params={"submit": "true"})

        assert answer.status_code == 422
        assert {error["pointer"] for error in answer.json()["errors"]} == {
            "/short_description/fr",
            "/categories",
            "/private/platform_contact",
        }
        assert world.entries() == []

    def test_slugs_are_made_from_the_title_and_numbered(self, world: World) -> None:
        titles = ["Café Numérique", "Café Numérique", "cafe numerique", "Œuvre & Cie", "株式会社"]
        slugs = []
        for number, title in enumerate(titles):
            establishments = [{"address": {"nis_code": code}} for code in (("92094", "62063", "53053")[number % 3],)]
            slugs.append(world.register(draft(title, establishments=establishments))["organisation"]["slug"])

        assert slugs == ["cafe-numerique", "cafe-numerique-2", "cafe-numerique-3", "oeuvre-cie", "organisation"]

    def test_a_slug_of_ones_own_is_taken_once(self, world: World) -> None:
        world.register(draft("Un", slug="le-mien"))

        answer = world.client.post(BASE, json=draft("Deux", slug="le-mien"), headers=world.owner)

        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/slug-taken"
        assert answer.json()["errors"][0]["pointer"] == "/slug"

    def test_a_slug_that_looks_like_an_id_is_refused(self, world: World) -> None:
        answer = world.client.post(BASE, json=draft(slug="org-aaaabbbbccccdddd"), headers=world.owner)

        assert answer.status_code == 409

    def test_a_number_belongs_to_one_organisation_which_is_named_when_public(self, world: World) -> None:
        known = world.publish(company())

        answer = world.client.post(BASE, json=company("Tout autre chose"), headers=world.token("stranger"))

        assert answer.status_code == 409
        problem = answer.json()
        assert problem["type"] == "/problems/number-taken"
        assert problem["errors"][0]["pointer"] == "/enterprise_numbers/0"
        assert problem["organisation"]["id"] == known.id
        assert answer.headers["DWR-Position"] == "1-2"

    def test_who_holds_a_number_as_a_draft_is_not_told(self, world: World) -> None:
        world.register(company())

        answer = world.client.post(BASE, json=company("Tout autre chose"), headers=world.token("stranger"))

        assert answer.status_code == 409
        assert "organisation" not in answer.json()
        assert "org-" not in answer.text

    def test_official_data_is_not_an_organisations_to_say(self, world: World) -> None:
        body = draft(
            official={"legal_form": "014"},
            nace=[{"version": "2025", "code": "62100", "source": "kbo"}],
            phone="081777777",
            provenance=[{"path": "/phone", "origin": "kbo", "on": "2026-01-01"}],
        )

        answer = world.client.post(BASE, json=body, headers=world.owner)

        assert answer.status_code == 422
        pointers = [error["pointer"] for error in answer.json()["errors"]]
        assert pointers == ["/official", "/provenance/0/origin", "/nace/0/source"]
        assert world.client.post(BASE, json=body, headers=world.moderator).status_code == 201
