"""Labels and members over HTTP."""

from services.registry.routes.examples import GRANT
from tests.registry.bodies import company
from tests.registry.world import World


class TestLabels:
    def test_a_label_is_granted_and_revoked_with_dates(self, world: World) -> None:
        known = world.publish(company())

        granted = known.do("labels", GRANT)

        assert granted.status_code == 201
        (label,) = granted.json()["organisation"]["labels"]
        assert {name: label[name] for name in GRANT} == GRANT
        assert world.entries()[-1].event == "label-granted"
        headers = {**world.moderator, "If-Match": granted.headers["ETag"]}
        revoked = world.client.delete(f"{known.address}/labels/{label['id']}", headers=headers)
        assert revoked.json()["organisation"]["labels"][0]["revoked_on"] == "2026-09-21"
        assert world.entries()[-1].event == "label-revoked"
        headers["If-Match"] = revoked.headers["ETag"]
        again = world.client.delete(f"{known.address}/labels/{label['id']}", headers=headers)
        assert again.status_code == 409

    def test_an_unknown_grant_is_not_found(self, world: World) -> None:
        known = world.publish(company())
        headers = {**world.moderator, "If-Match": '"2"'}

        answer = world.client.delete(f"{known.address}/labels/grant-aaaaaaaaaaaaaaaa", headers=headers)

        assert answer.status_code == 404

    def test_a_label_does_not_end_before_it_begins(self, world: World) -> None:
        known = world.publish(company())

        answer = known.do("labels", {**GRANT, "valid_until": "2026-01-01"})

        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/valid_until")

    def test_a_draft_gets_no_label(self, world: World) -> None:
        identifier = world.register(company())["organisation"]["id"]
        headers = {**world.moderator, "If-Match": '"1"'}

        answer = world.client.post(f"/registry/v1/organisations/{identifier}/labels", json=GRANT, headers=headers)

        assert (answer.status_code, answer.json()["tried"]) == (409, "grant-label")


class TestMembers:
    def test_an_owner_makes_an_editor_who_may_then_change_the_profile(self, world: World) -> None:
        known = world.publish(company())
        colleague = world.token("colleague")
        assert known.patch({"phone": "081778080"}, colleague).status_code == 403
        headers = {**world.owner, "If-Match": '"2"'}
        before = world.entries()

        answer = world.client.put(f"{known.address}/members/colleague", json={"relation": "editor"}, headers=headers)

        assert answer.json()["members"] == [
            {"subject": "colleague", "relation": "editor"},
            {"subject": "owner", "relation": "owner"},
        ]
        assert answer.headers["ETag"] == '"2"'
        assert world.entries() == before, "no entry tells of people"
        assert known.patch({"phone": "081778080"}, colleague).status_code == 200

    def test_an_editor_manages_no_members(self, world: World) -> None:
        known = world.publish(company())
        headers = {**world.owner, "If-Match": '"2"'}
        world.client.put(f"{known.address}/members/editor", json={"relation": "editor"}, headers=headers)

        answer = world.client.put(
            f"{known.address}/members/editor",
            json={"relation": "owner"},
            headers={**world.token("editor"), "If-Match": '"2"'},
        )

        assert answer.status_code == 403

    def test_one_owner_stays(self, world: World) -> None:
        known = world.publish(company())
        headers = {**world.owner, "If-Match": '"2"'}
        address = f"{known.address}/members"

        assert world.client.delete(f"{address}/owner", headers=headers).status_code == 409
        assert world.client.put(f"{address}/owner", json={"relation": "editor"}, headers=headers).status_code == 409
        assert world.client.put(f"{address}/second", json={"relation": "owner"}, headers=headers).status_code == 200
        assert world.client.delete(f"{address}/owner", headers=headers).status_code == 200
        assert world.client.get(address, headers=world.owner).status_code == 403
        assert (
            world.client.delete(f"{address}/nobody", headers={**world.moderator, "If-Match": '"2"'}).status_code == 404
        )
