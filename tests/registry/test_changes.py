"""Changing organisations by JSON merge patch over HTTP."""

from tests.registry.bodies import NUMBERS, at_namur, company, coworking, draft
from tests.registry.world import BASE, Known, World


class TestChange:
    def test_a_patch_changes_what_it_names_and_leaves_the_rest(self, world: World) -> None:
        known = world.publish(company())

        answer = known.patch({"short_description": {"nl": "Kort"}, "size_class": None, "phone": "081 77 80 80"})

        assert answer.status_code == 200
        organisation = answer.json()["organisation"]
        assert organisation["short_description"]["nl"] == "Kort"
        assert organisation["short_description"]["fr"] == company()["short_description"]["fr"]
        assert "size_class" not in organisation
        assert organisation["phone"] == "+3281778080"
        assert (answer.headers["ETag"], answer.json()["version"]) == ('"3"', 3)
        entry = world.entries()[-1]
        assert (entry.event, entry.version, answer.headers["DWR-Position"]) == ("profile-changed", 3, "1-3")
        assert {change["path"] for change in entry.changes} == {"/short_description/nl", "/size_class", "/phone"}

    def test_a_patch_that_changes_nothing_makes_no_entry(self, world: World) -> None:
        known = world.publish(company())
        before = world.everything()

        answer = known.patch({"size_class": "small", "short_description": {}, "phone": None})

        assert answer.status_code == 200
        assert (answer.headers["ETag"], answer.headers["DWR-Position"]) == ('"2"', "1-2")
        assert world.everything() == before

    def test_a_private_change_is_an_entry_without_changes(self, world: World) -> None:
        known = world.publish(company())

        answer = known.patch({"private": {"headcount": {"count": 12, "unit": "fte", "year": 2025}}})

        assert answer.json()["version"] == 3
        entry = world.entries()[-1]
        assert (list(entry.changes), list(entry.restricted_changes)) == ([], [])
        assert "headcount" not in str(entry)

    def test_a_restricted_change_is_told_in_the_restricted_part_only(self, world: World) -> None:
        known = world.publish(company())

        known.patch({"restricted": {"turnover": {"eur": 1_200_000.0, "year": 2025}}})

        entry = world.entries()[-1]
        assert list(entry.changes) == []
        assert entry.restricted == {"turnover": {"eur": 1_200_000.0, "year": 2025}}

    def test_managed_fields_are_refused_by_name(self, world: World) -> None:
        known = world.publish(company())

        answer = known.patch({"state": "archived", "id": "org-aaaaaaaaaaaaaaaa", "labels": [], "phone": None})

        assert answer.status_code == 422
        errors = answer.json()["errors"]
        assert [(error["pointer"], error["code"]) for error in errors] == [
            ("/state", "managed"),
            ("/id", "managed"),
            ("/labels", "managed"),
        ]

    def test_the_result_is_checked_as_a_whole(self, world: World) -> None:
        known = world.publish(company())

        answer = known.patch({"export": {"exports": "no"}})

        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/export"

    def test_a_shown_profile_stays_complete(self, world: World) -> None:
        known = world.publish(coworking())

        answer = known.patch({"profiles": {"coworking": {"desks": None}}, "private": {"platform_contact": None}})

        assert answer.status_code == 422
        assert {error["pointer"] for error in answer.json()["errors"]} == {
            "/profiles/coworking/desks",
            "/private/platform_contact",
        }

    def test_a_draft_may_become_less_complete(self, world: World) -> None:
        known = Known(world, world.register(coworking())["organisation"]["id"])

        assert known.patch({"profiles": {"coworking": {"desks": None}}}).status_code == 200

    def test_an_old_fault_does_not_stop_a_change_elsewhere(self, world: World) -> None:
        target = world.publish(company("La cible", NUMBERS[1]))
        into = world.publish(coworking())
        body = company(relations=[{"kind": "partner", "target": target.id}])
        known = world.publish(body)
        assert target.do("merge", {"into": into.id}).status_code == 200

        assert known.patch({"phone": "081778080"}).status_code == 200
        answer = known.patch({"relations": [{"kind": "investor", "target": target.id}, *body["relations"]]})
        assert answer.status_code == 200, "the same fault in another place is the old one"
        other = world.publish(coworking("Autres bureaux", establishments=[{"address": at_namur()}]))
        answer = other.patch({"relations": [{"kind": "partner", "target": target.id}]})
        assert answer.status_code == 422
        assert into.id in answer.json()["errors"][0]["detail"]

    def test_a_new_slug_redirects_from_the_old_one_which_stays_the_organisations(self, world: World) -> None:
        known = world.publish(company("Ancien nom"))

        answer = known.patch({"slug": "nouveau-nom"})

        assert answer.json()["organisation"]["former_slugs"] == ["ancien-nom"]
        moved = world.client.get(f"{BASE}/ancien-nom")
        assert (moved.status_code, moved.headers["Location"]) == (308, f"{BASE}/nouveau-nom")
        assert moved.headers["DWR-Position"] == "1-3"
        assert world.client.get(f"{BASE}/nouveau-nom").json()["organisation"]["id"] == known.id
        taken = world.client.post(BASE, json=draft(slug="ancien-nom"), headers=world.owner)
        assert taken.status_code == 409
        assert {"path": "/slug", "before": "ancien-nom", "after": "nouveau-nom"} in world.entries()[-1].changes

    def test_a_former_slug_may_be_taken_back(self, world: World) -> None:
        known = world.publish(company("Ancien nom"))
        known.patch({"slug": "nouveau-nom"})

        answer = known.patch({"slug": "ancien-nom"})

        assert answer.json()["organisation"]["former_slugs"] == ["nouveau-nom"]
        assert world.client.get(f"{BASE}/ancien-nom").status_code == 200
        assert world.client.get(f"{BASE}/nouveau-nom").status_code == 308

    def test_numbers_are_freed_and_taken_by_changes(self, world: World) -> None:
        first = world.publish(company("Le premier", NUMBERS[0]))
        second = world.publish(company("Un autre", NUMBERS[1]))
        wanted = {"enterprise_numbers": [NUMBERS[0]]}

        assert second.patch(wanted).status_code == 409
        assert first.patch({"enterprise_numbers": [NUMBERS[2]]}).status_code == 200
        assert second.patch(wanted).status_code == 200

    def test_two_changes_of_the_same_version_are_one_change_and_one_refusal(self, world: World) -> None:
        known = world.publish(company())
        headers = {**world.owner, "If-Match": '"2"'}
        requests = [
            ("PATCH", known.address, {"json": {"phone": f"08177808{n}"}, "headers": headers}) for n in range(10)
        ]

        statuses = sorted(answer.status_code for answer in world.client.together(requests))

        assert statuses == [200, *([412] * 9)]
        assert known.version == 3
