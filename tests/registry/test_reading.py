"""Reading organisations: who sees what, where former references lead, what is not sent twice."""

import pytest

from services.access.roles import Role
from tests.registry.bodies import NUMBERS, company, draft
from tests.registry.world import BASE, Known, World

FIGURES = {"turnover": {"eur": 5.0, "year": 2025}, "seeking": {"min_eur": 1e6, "stage": "growth"}}


class TestRead:
    def test_everybody_reads_the_public_part(self, world: World) -> None:
        known = world.publish(company(restricted=FIGURES))

        answer = known.read()

        assert answer.status_code == 200
        body = answer.json()
        assert set(body) == {"organisation", "version", "generation", "position"}
        assert body["organisation"] == world.entries()[-1].document
        assert "platform_contact" not in answer.text
        assert "restricted" not in answer.text
        assert (answer.headers["ETag"], answer.headers["DWR-Position"]) == ('"2"', "1-2")
        assert answer.headers["Vary"] == "Authorization"

    @pytest.mark.parametrize("who", ["owner", "moderator"])
    def test_owner_and_moderator_read_all_of_it(self, world: World, who: str) -> None:
        known = world.publish(company(restricted=FIGURES))

        answer = known.read(getattr(world, who))

        assert answer.json()["organisation"]["private"]["platform_contact"]["name"] == "Camille Exemple"
        assert answer.json()["organisation"]["restricted"] == FIGURES
        assert answer.headers["Cache-Control"].startswith("private")

    @pytest.mark.parametrize(
        ("role", "front", "seen"),
        [
            (Role.AWEX, None, {"turnover", "seeking"}),
            (Role.FRONT, "awex", {"turnover", "seeking"}),
            (Role.FRONT, "coworking", {"seeking"}),
            (Role.MEMBER, None, set()),
            (Role.OPERATOR, None, set()),
        ],
    )
    def test_restricted_figures_are_shown_by_role(
        self, world: World, role: Role, front: str | None, seen: set[str]
    ) -> None:
        known = world.publish(company(restricted=FIGURES))

        answer = known.read(world.token("reader", role, front=front))

        assert set(answer.json()["organisation"].get("restricted", {})) == seen
        assert "private" not in answer.json()["organisation"]

    def test_a_draft_is_there_for_its_members_only(self, world: World) -> None:
        known = Known(world, world.register(draft())["organisation"]["id"])

        assert known.read(world.owner).status_code == 200
        for headers in (None, world.token("stranger"), world.token("a", Role.AWEX)):
            answer = known.read(headers)
            assert answer.status_code == 404
            assert answer.headers["DWR-Position"] == "1-1"

    def test_what_the_caller_has_is_not_sent_again(self, world: World) -> None:
        known = world.publish(company())

        answer = world.client.get(known.address, headers={"If-None-Match": 'W/"2", "1"'})

        assert (answer.status_code, answer.content) == (304, b"")
        assert (answer.headers["ETag"], answer.headers["DWR-Position"]) == ('"2"', "1-2")
        assert world.client.get(known.address, headers={"If-None-Match": '"1"'}).status_code == 200

    def test_it_is_found_by_slug(self, world: World) -> None:
        known = world.publish(company("Le Nom"))

        assert world.client.get(f"{BASE}/le-nom").json()["organisation"]["id"] == known.id

    def test_a_former_slug_of_a_hidden_organisation_leads_nowhere(self, world: World) -> None:
        known = world.publish(company("Le Nom"))
        known.patch({"slug": "autre"})
        known.do("archive")

        assert world.client.get(f"{BASE}/le-nom").status_code == 404
        assert world.client.get(f"{BASE}/le-nom", headers=world.owner).status_code == 308

    def test_a_person_who_does_not_want_to_be_shown_is_shown_without_numbers(self, world: World) -> None:
        person = {**company()["private"], "natural_person": True}
        known = world.publish(company(private=person, restricted=FIGURES))

        shown = known.read(world.token("a", Role.AWEX)).json()["organisation"]

        assert "enterprise_numbers" not in shown
        assert "restricted" not in shown
        assert NUMBERS[0] not in str(world.entries())

    def test_a_refused_token_is_told(self, world: World) -> None:
        answer = world.client.get(BASE, headers={"Authorization": "Bearer nonsense"})

        assert answer.status_code == 401
        assert "WWW-Authenticate" in answer.headers


class TestList:
    def test_moderators_page_through_every_state(self, world: World) -> None:
        drafts = {world.register(draft(f"Cluster {letter * 8}"))["organisation"]["id"] for letter in "abcde"}
        world.publish(company())
        seen: list[str] = []
        after = ""
        while True:
            query = {"state": "draft", "limit": "2", "after": after}
            page = world.client.get(BASE, params=query, headers=world.moderator).json()
            seen += [found["id"] for found in page["organisations"]]
            after = page["next_after"]
            if after is None:
                break
        assert seen == sorted(drafts)

    def test_others_list_their_own(self, world: World) -> None:
        world.register(draft())

        assert world.client.get(BASE, headers=world.token("stranger")).status_code == 403
        mine = world.client.get(BASE, params={"mine": "true"}, headers=world.token("stranger"))
        assert mine.json()["organisations"] == []
        assert mine.headers["DWR-Position"] == "1-1"


def test_vocabularies_name_every_kind_in_french(world: World) -> None:
    answer = world.client.get("/registry/v1/vocabularies")

    terms = {term["code"]: term["label_fr"] for term in answer.json()["vocabularies"]["kinds"]}
    assert terms["epn"] == "Espace Public Numérique"
    assert len(answer.json()["vocabularies"]["axes"]) == 23
    assert answer.headers["DWR-Position"] == "1-0"
