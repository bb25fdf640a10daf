"""Results are shared among those who ask the same, and among nobody else."""

from tests.graphql_api.subscriptions.stage import Stage

FIGURES = """subscription ($after: Position, $language: Language = fr) {
  changes(after: $after) {
    position
    organisation { title(language: $language) { text } restricted { turnover { eur } } }
  }
}"""
TITLES = """subscription ($after: Position, $language: Language = fr, $filter: OrganisationFilter) {
  changes(after: $after, filter: $filter) { position transition organisation { title(language: $language) { text } } }
}"""
TITLE = {"fr": "Le Hangar", "nl": "De Loods"}


def test_callers_with_other_rights_get_their_own(world: Stage) -> None:
    with world.client("awex") as awex, world.client("member") as member, world.client("awex") as second:
        for client in (awex, member, second):
            client.subscribe(FIGURES, after="1-0")
        world.ecosystem.publish(1, {"turnover": {"eur": 5.0, "year": 2025}})
        answers = [client.receive()["payload"] for client in (awex, member, second)]
    assert answers[0] == answers[2]
    assert answers[0]["data"]["changes"]["organisation"]["restricted"] == {"turnover": {"eur": 5.0}}
    assert answers[1]["data"]["changes"]["organisation"]["restricted"] is None
    assert answers[1]["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_variables_that_show_in_the_result_tell_results_apart(world: Stage) -> None:
    with world.client() as client:
        client.subscribe(TITLES, "french", after="1-0")
        client.subscribe(TITLES, "dutch", language="nl")
        client.subscribe(TITLES, "french again", after="1-0", language="fr")
        world.ecosystem.publish(1, title=TITLE)
        shown = {(found := client.receive())["id"]: found["payload"]["data"]["changes"] for _ in range(3)}
    texts = {name: change["organisation"]["title"]["text"] for name, change in shown.items()}
    assert texts == {"french": "Le Hangar", "dutch": "De Loods", "french again": "Le Hangar"}


def test_filters_that_see_the_change_differently_are_told_apart(world: Stage) -> None:
    world.ecosystem.publish(1, title=TITLE, size_class="small")
    world.caught_up()
    with world.client() as client:
        client.subscribe(TITLES, "all")
        client.subscribe(TITLES, "micro", filter={"sizeClasses": ["micro"]})
        client.subscribe(TITLES, "small", filter={"sizeClasses": ["small"]})
        world.ecosystem.publish(1, title=TITLE, size_class="micro")
        shown = {(found := client.receive())["id"]: found["payload"]["data"]["changes"] for _ in range(3)}
    assert {name: change["transition"] for name, change in shown.items()} == {
        "all": "changed",
        "micro": "entered",
        "small": "left",
    }
