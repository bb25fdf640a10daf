"""Repeating requests with an Idempotency-Key."""

from services.registry.idempotency import KEPT_MS
from tests.registry.bodies import company, draft
from tests.registry.world import BASE, World


def _keyed(headers: dict[str, str], key: str = "key-1") -> dict[str, str]:
    return {**headers, "Idempotency-Key": key}


class TestRepeat:
    def test_a_repeat_gets_the_first_answer_and_changes_nothing(self, world: World) -> None:
        first = world.client.post(BASE, json=company(), headers=_keyed(world.owner))
        before = world.everything()

        again = world.client.post(BASE, json=company(), headers=_keyed(world.owner))

        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["Idempotency-Replayed"] == "true"
        assert "Idempotency-Replayed" not in first.headers
        for name in ("ETag", "Location", "DWR-Position"):
            assert again.headers[name] == first.headers[name]
        assert world.everything() == before

    def test_a_repeat_is_answered_although_the_version_went_on(self, world: World) -> None:
        known = world.publish(company())
        headers = _keyed({**world.owner, "If-Match": '"2"'})
        first = world.client.patch(known.address, json={"phone": "081778080"}, headers=headers)
        known.patch({"phone": None})

        again = world.client.patch(known.address, json={"phone": "081778080"}, headers=headers)

        assert (again.status_code, again.content) == (200, first.content)
        assert "phone" not in known.read().json()["organisation"]

    def test_the_same_key_with_another_request_is_refused(self, world: World) -> None:
        world.client.post(BASE, json=draft("Un"), headers=_keyed(world.owner))

        for answer in (
            world.client.post(BASE, json=draft("Deux"), headers=_keyed(world.owner)),
            world.client.post(BASE, json=draft("Un"), headers=_keyed(world.owner), params={"submit": "false"}),
        ):
            assert answer.status_code == 422
            assert answer.json()["type"] == "/problems/idempotency-key-reused"
        assert len(world.entries()) == 1

    def test_a_key_is_its_callers_own(self, world: World) -> None:
        first = world.client.post(BASE, json=company(), headers=_keyed(world.owner))

        other = world.client.post(BASE, json=draft("Deux"), headers=_keyed(world.token("stranger")))

        assert other.status_code == 201
        assert other.json()["organisation"]["id"] != first.json()["organisation"]["id"]

    def test_a_refused_request_keeps_nothing(self, world: World) -> None:
        assert world.client.post(BASE, json={}, headers=_keyed(world.owner)).status_code == 422
        assert (
            world.client.post(BASE, json=draft(slug="org-aaaabbbbccccdddd"), headers=_keyed(world.owner)).status_code
            == 409
        )

        assert world.client.post(BASE, json=draft(), headers=_keyed(world.owner)).status_code == 201

    def test_after_a_day_the_key_is_new(self, world: World) -> None:
        world.client.post(BASE, json=draft("Premier cluster"), headers=_keyed(world.owner))
        world.clock.go_on(milliseconds=KEPT_MS)

        answer = world.client.post(BASE, json=draft("Deuxième groupe"), headers=_keyed(world.owner))

        assert answer.status_code == 201
        assert world.rows()["idempotency"] == 1

    def test_requests_at_the_same_time_are_carried_out_once(self, world: World) -> None:
        request = ("POST", BASE, {"json": company(), "headers": _keyed(world.owner)})

        answers = world.client.together([request] * 8)

        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 1
        assert len(world.entries()) == 1

    def test_deletions_are_repeated_too(self, world: World) -> None:
        known = world.publish(company())
        add = {**world.owner, "If-Match": '"2"'}
        world.client.put(f"{known.address}/members/a", json={"relation": "editor"}, headers=add)

        answers = [world.client.delete(f"{known.address}/members/a", headers=_keyed(add)) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].content == answers[1].content
