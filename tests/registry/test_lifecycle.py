"""Moving profiles through their life over HTTP."""

import pytest

from services.access.roles import Role
from services.registry.staleness import mark_stale_profiles
from tests.registry.bodies import NUMBERS, company, coworking, draft
from tests.registry.world import BASE, Known, World


class TestMoves:
    def test_a_profile_goes_from_draft_to_archive(self, world: World) -> None:
        known = Known(world, world.register(company())["organisation"]["id"])
        moves = [
            ("submit", None, "submitted", "profile-submitted"),
            ("reject", {"reason": "Incomplet"}, "rejected", "profile-rejected"),
            ("submit", None, "submitted", "profile-submitted"),
            ("publish", None, "published", "profile-published"),
            ("request-information", {"reason": "Précisez"}, "needs_information", "information-requested"),
            ("publish", None, "published", "profile-published"),
            ("confirm", None, "published", "profile-confirmed"),
            ("archive", {"reason": "Cessation"}, "archived", "organisation-archived"),
        ]

        for number, (move, body, state, event) in enumerate(moves, start=2):
            answer = known.do(move, body)
            assert answer.status_code == 200, answer.text
            assert (answer.json()["organisation"]["state"], answer.json()["version"]) == (state, number)
            assert world.entries()[-1].event == event
        visibilities = [entry.visibility.value for entry in world.entries()]
        assert visibilities == ["hidden"] * 4 + ["entered"] + ["stayed"] * 3 + ["left"]

    def test_an_illegal_move_names_the_state_and_what_it_allows(self, world: World) -> None:
        known = Known(world, world.register(company())["organisation"]["id"])

        answer = known.do("publish")

        assert answer.status_code == 409
        problem = answer.json()
        assert problem["type"] == "/problems/illegal-transition"
        assert (problem["state"], problem["tried"]) == ("draft", "publish")
        assert problem["legal"] == ["change", "submit", "archive"]

    @pytest.mark.parametrize("move", ["publish", "reject", "request-information", "merge"])
    def test_decisions_are_the_agencys(self, world: World, move: str) -> None:
        known = Known(world, world.register(company())["organisation"]["id"])
        known.do("submit")
        body = {"reason": "x", "into": known.id}
        sent = {name: body[name] for name in {"publish": (), "merge": ("into",)}.get(move, ("reason",))}

        answer = known.do(move, sent or None, headers=world.owner)

        assert answer.status_code == 403
        assert len(world.entries()) == 2

    def test_an_editor_submits_and_confirms_and_does_not_archive(self, world: World) -> None:
        known = world.publish(company())
        editor = world.token("editor")
        put = world.client.put(
            f"{known.address}/members/editor", json={"relation": "editor"}, headers={**world.owner, "If-Match": '"2"'}
        )
        assert put.status_code == 200

        assert known.do("confirm", headers=editor).status_code == 200
        assert known.do("archive", headers=editor).status_code == 403
        assert known.do("archive", headers=world.owner).status_code == 200

    def test_reasons_are_told_to_the_organisation_and_to_nobody_else(self, world: World) -> None:
        known = world.publish(company())
        known.do("request-information", {"reason": "Précisez le secret"})

        notes = known.read(world.owner).json()["notes"]

        assert [(note["version"], note["move"], note["reason"]) for note in notes] == [
            (3, "request-information", "Précisez le secret")
        ]
        assert "secret" not in known.read().text
        assert "secret" not in str(world.entries())

    def test_archiving_frees_number_and_leaves_slug(self, world: World) -> None:
        known = world.publish(company("Une maison"))
        assert known.do("archive").status_code == 200

        again = world.register(company("Une maison"))

        assert again["organisation"]["slug"] == "une-maison-2"
        assert known.read().status_code == 404
        assert known.patch({"phone": None}, world.moderator).status_code == 409


class TestStaleness:
    def test_profiles_become_stale_after_the_months_and_a_confirmation_publishes_them(self, world: World) -> None:
        old = world.publish(company("Vieille maison", NUMBERS[0]))
        world.clock.go_on(days=200)
        young = world.publish(company("Jeune pousse", NUMBERS[1]))
        world.register(draft())
        world.clock.go_on(days=200)

        assert mark_stale_profiles(world.writer, 12) == 1
        assert mark_stale_profiles(world.writer, 12) == 0

        assert old.read().json()["organisation"]["state"] == "stale"
        assert young.read().json()["organisation"]["state"] == "published"
        assert world.entries()[-1].event == "profile-went-stale"
        assert world.entries()[-1].actor.value == "system"
        confirmed = old.do("confirm", headers=world.owner).json()["organisation"]
        assert (confirmed["state"], confirmed["last_validated_on"]) == ("published", "2027-10-26")

    def test_more_profiles_than_one_transaction_takes_are_all_marked(self, world: World) -> None:
        for number in range(3):
            world.publish(coworking(f"Bureaux {'xyz'[number] * 9}"))
        world.clock.go_on(days=400)

        assert mark_stale_profiles(world.writer, 12) == 3
        (run,) = {entry.correlation_id for entry in world.entries()[-3:]}
        assert str(run).startswith("staleness-")


class TestMerge:
    def test_the_survivor_takes_over_what_leads_to_the_other(self, world: World) -> None:
        loser = world.publish(company("Le perdant", NUMBERS[0]))
        loser.patch({"slug": "perdant"})
        survivor = world.publish(company("Le survivant", NUMBERS[1]))
        third = world.publish(coworking(relations=[{"kind": "partner", "target": loser.id}]))

        answer = loser.do("merge", {"into": survivor.id, "into_version": 2})

        assert answer.status_code == 200
        assert answer.json()["organisation"]["merged_into"] == survivor.id
        merged, absorbed = world.entries()[-2:]
        assert (merged.event, merged.redirect, merged.visibility.value) == ("organisation-merged", survivor.id, "left")
        assert (absorbed.event, absorbed.subject.id) == ("organisation-absorbed", survivor.id)
        assert (merged.causation_id, absorbed.causation_id) == (None, merged.event_id)
        assert absorbed.correlation_id == merged.correlation_id == answer.headers["X-Request-Id"]
        shown = survivor.read().json()["organisation"]
        assert shown["merged_from"] == [loser.id]
        assert shown["former_slugs"] == ["perdant", "le-perdant"]
        assert shown["enterprise_numbers"] == [NUMBERS[1], NUMBERS[0]]
        for reference in (loser.id, "perdant", "le-perdant"):
            moved = world.client.get(f"{BASE}/{reference}")
            assert (moved.status_code, moved.json()["reason"]) == (
                308,
                "merged" if "le-" not in reference else "renamed",
            )
            assert moved.json()["organisation"] == {"id": survivor.id, "slug": "le-survivant"}
        assert third.read().json()["organisation"]["relations"][0]["target"] == loser.id

    def test_merges_lead_on_through_several(self, world: World) -> None:
        first, second, third = (world.publish(company(f"Maison {NUMBERS[n]}", NUMBERS[n])) for n in range(3))
        first.do("merge", {"into": second.id})
        second.do("merge", {"into": third.id})

        assert world.client.get(first.address).headers["Location"] == third.address
        assert set(third.read().json()["organisation"]["merged_from"]) == {first.id, second.id}
        assert third.patch({"enterprise_numbers": list(NUMBERS[:3])}).status_code == 200

    def test_a_merge_into_what_changed_meanwhile_is_refused(self, world: World) -> None:
        loser, survivor = (world.publish(company(f"Maison {NUMBERS[n]}", NUMBERS[n])) for n in range(2))
        survivor.patch({"phone": "081778080"})

        answer = loser.do("merge", {"into": survivor.id, "into_version": 2})

        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (412, "/into_version")
        assert loser.read().status_code == 200

    @pytest.mark.parametrize("case", ["itself", "unknown", "draft", "archived"])
    def test_it_merges_into_a_public_organisation_only(self, world: World, case: str) -> None:
        loser = world.publish(company())
        other = Known(world, world.register(company("Autre maison", NUMBERS[1]))["organisation"]["id"])
        if case == "archived":
            other.do("archive")
        into = {"itself": loser.id, "unknown": "org-aaaaaaaaaaaaaaaa"}.get(case, other.id)

        answer = loser.do("merge", {"into": into})

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/into"

    def test_an_analyst_merges_nothing(self, world: World) -> None:
        loser, survivor = (world.publish(company(f"Maison {NUMBERS[n]}", NUMBERS[n])) for n in range(2))

        assert loser.do("merge", {"into": survivor.id}, headers=world.token("a", Role.AWEX)).status_code == 403
